import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { OvsdbFault } from '@berth/ovsdb';
import { CliFault } from '../context/cli-fault.ts';
import { unopened } from '../context/database-file.ts';
import { type Bundle, parseBundle } from './bundle.ts';

const cure = 'make one with berth bundle';

/** Reads a file that `berth bundle` wrote. Throws CliFault `bad-input` for anything else, also for part of one. */
export async function openBundle(file: string): Promise<Bundle> {
  const parsed = parse(file, await jsonIn(file));
  if (parsed.kind === 'bundle') return parsed.bundle;
  throw new CliFault('bad-input', `${file} cannot be used as a bundle: ${parsed.why}`, cure);
}

function parse(file: string, json: unknown): ReturnType<typeof parseBundle> {
  try {
    return parseBundle(json);
  } catch (cause) {
    if (!(cause instanceof OvsdbFault)) throw cause;
    throw new CliFault('bad-input', `${file} is damaged: ${cause.message}`, cure, { cause });
  }
}

async function jsonIn(file: string): Promise<unknown> {
  const bytes = await readFile(file).catch((fault: unknown) => {
    throw unopened(file, fault, cure);
  });
  try {
    const text = isGzip(bytes) ? await promisify(gunzip)(bytes) : bytes;
    return JSON.parse(text.toString('utf8'));
  } catch (cause) {
    const what = isGzip(bytes) ? 'is not whole' : 'is no bundle';
    throw new CliFault('bad-input', `${file} ${what}`, cure, { cause });
  }
}

/** RFC 1952 section 2.3.1: the first two bytes. */
function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
