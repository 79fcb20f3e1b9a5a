import { isJsonObject, type Json, type JsonObject } from '../value/json.ts';
import { fileFault } from './file-fault.ts';
import { sha1 } from './sha1.ts';

/** What kind of file the records make (ovsdb(5)). */
export type FileKind = 'standalone' | 'clustered';

export type RecordOptions = {
  /** True to leave out a last record that is not whole, as ovsdb-server does after a crash; default false. */
  readonly allowTruncated?: boolean;
};

/** One record, and the place in the file where it begins. */
export type FileRecord = { readonly kind: FileKind; readonly offset: number; readonly json: JsonObject };

const newline = 0x0a;

/**
 * The records of a database file, checked against their lengths and checksums.
 * Throws `OvsdbFault` `not-a-database`, `truncated-file` or `corrupt-file`.
 */
export function* readRecords(
  bytes: Uint8Array,
  { allowTruncated = false }: RecordOptions,
): Generator<FileRecord, undefined, unknown> {
  let offset = 0;
  while (offset < bytes.length) {
    const headEnd = bytes.indexOf(newline, offset);
    const head = headOf(bytes, offset, headEnd);
    const start = headEnd + 1;
    const end = start + (head?.length ?? 0);
    if (head === undefined || end > bytes.length) {
      if (allowTruncated && offset > 0) return;
      throw fileFault('truncated-file', `the file ends within the record at byte ${offset}`);
    }
    const body = bytes.subarray(start, end);
    if (sha1(body) !== head.hash) {
      throw fileFault('corrupt-file', `the record at byte ${offset} does not match its checksum`);
    }
    yield { kind: head.kind, offset, json: parse(body, offset) };
    offset = end;
  }
}

type Head = { readonly kind: FileKind; readonly length: number; readonly hash: string };

/** The first line of a record; `undefined` when the file ends before it does. */
function headOf(bytes: Uint8Array, offset: number, end: number): Head | undefined {
  const line = new TextDecoder('latin1').decode(bytes.subarray(offset, end === -1 ? offset + 80 : end));
  const [, magic, length, hash] = /^OVSDB (JSON|CLUSTER) ([1-9]\d{0,9}) ([0-9a-f]{40})$/.exec(line) ?? [];
  if (magic !== undefined && length !== undefined && hash !== undefined && end !== -1) {
    return { kind: magic === 'JSON' ? 'standalone' : 'clustered', length: Number(length), hash };
  }
  const begins = 'OVSDB '.startsWith(line.slice(0, 6)) && line !== '';
  if (end === -1 && begins) return undefined;
  if (offset > 0) throw fileFault('corrupt-file', `there is no record at byte ${offset}`);
  throw fileFault(
    'not-a-database',
    'this is not an OVSDB file: it does not begin with "OVSDB JSON" or "OVSDB CLUSTER"',
  );
}

function parse(body: Uint8Array, offset: number): JsonObject {
  let json: Json;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (cause) {
    throw fileFault('corrupt-file', `the record at byte ${offset} is not JSON`, cause);
  }
  if (isJsonObject(json)) return json;
  throw fileFault('corrupt-file', `the record at byte ${offset} is not an object`);
}
