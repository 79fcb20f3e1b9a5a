import { OvsdbFault } from '../value/fault.ts';

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Cuts a byte stream into the JSON objects that follow one another on it (RFC 7047 section 4: no separator, no length). */
export type Framer = {
  /**
   * Takes the next bytes and returns the text of each object that they complete. Bytes seen once are not looked at again.
   * Throws `OvsdbFault` `message-too-large` or `protocol-error`; the framer is of no use after that.
   */
  push(chunk: Uint8Array): readonly string[];
};

/** A framer that refuses any object of more than `maxMessageBytes` bytes. */
export function createFramer(maxMessageBytes: number): Framer {
  const decoder = new TextDecoder();
  let parts: Uint8Array[] = [];
  let partsSize = 0;
  let depth = 0;
  let inString = false;
  let escaped = false;

  /** The place after the string that is open at `from`, or the chunk's end when it goes on in the next chunk. */
  const skipString = (chunk: Uint8Array, from: number): number => {
    for (let index = from; index < chunk.length; index++) {
      if (escaped) escaped = false;
      else if (chunk[index] === backslash) escaped = true;
      else if (chunk[index] === quote) {
        inString = false;
        return index + 1;
      }
    }
    return chunk.length;
  };

  /** The place after the object that is open at `start`, or -1 when it goes on in the next chunk. */
  const endOf = (chunk: Uint8Array, start: number): number => {
    let index = start;
    while (index < chunk.length) {
      if (inString) index = skipString(chunk, index);
      const byte = chunk[index++];
      if (byte === quote) inString = true;
      else if (byte === openBrace) depth++;
      else if (byte === closeBrace && --depth === 0) return index;
    }
    return -1;
  };

  const keep = (part: Uint8Array): void => {
    partsSize += part.length;
    if (partsSize > maxMessageBytes) {
      throw new OvsdbFault('message-too-large', `a message is larger than ${maxMessageBytes} bytes`, {
        outcome: 'unknown',
      });
    }
    parts.push(part);
  };

  const take = (): string => {
    const text = decoder.decode(joined(parts, partsSize));
    parts = [];
    partsSize = 0;
    return text;
  };

  return {
    push(chunk) {
      const messages: string[] = [];
      let start = depth > 0 ? 0 : objectStart(chunk, 0);
      while (start < chunk.length) {
        const end = endOf(chunk, start);
        keep(chunk.subarray(start, end === -1 ? undefined : end));
        if (end === -1) break;
        messages.push(take());
        start = objectStart(chunk, end);
      }
      return messages;
    },
  };
}

/** The place of the next `{` after white space; the chunk's length when there is none. */
function objectStart(chunk: Uint8Array, from: number): number {
  for (let index = from; index < chunk.length; index++) {
    const byte = chunk[index];
    if (byte === openBrace) return index;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) {
      throw new OvsdbFault('protocol-error', 'the peer does not speak JSON-RPC: bytes between objects', {
        retry: 'backoff',
      });
    }
  }
  return chunk.length;
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
