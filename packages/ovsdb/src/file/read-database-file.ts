import type { DatabaseSchema } from '../schema/database-schema.ts';
import { parseSchema } from '../schema/parse.ts';
import { OvsdbFault } from '../value/fault.ts';
import type { Indexes, Snapshot } from '../value/snapshot.ts';
import type { Tables } from '../value/value.ts';
import { type ClusterMember, readClustered } from './clustered.ts';
import { FileContents } from './contents.ts';
import { fileFault } from './file-fault.ts';
import { type FileKind, type FileRecord, readRecords } from './records.ts';

export type ReadFileOptions<T extends Tables = Tables> = {
  /** Columns to search by with `find`, besides the schema's own indexes. */
  readonly indexes?: Indexes<T>;
  /** True to leave out a last record that is not whole, as in a copy taken while the server wrote; default false. */
  readonly allowTruncated?: boolean;
};

/** What a database file holds. */
export type DatabaseFile<T extends Tables = Tables> = {
  readonly kind: FileKind;
  readonly schema: DatabaseSchema;
  /** The contents at the end of the file. Ephemeral columns are not in files: they have their defaults. */
  readonly snapshot: Snapshot<T>;
  /** How many transactions were read; what the server compacted counts as one. */
  readonly transactions: number;
  /** Of a clustered file. */
  readonly member?: ClusterMember;
};

/**
 * Reads a database file of ovsdb-server, standalone or clustered (ovsdb(5)), from its bytes. Throws `OvsdbFault` `not-a-database` for something else,
 * `truncated-file`, or `corrupt-file` that names the place; `bad-schema`.
 */
export function readDatabaseFile<T extends Tables = Tables>(
  bytes: Uint8Array,
  { indexes = {}, allowTruncated = false }: ReadFileOptions<T> = {},
): DatabaseFile<T> {
  const records = [...readRecords(bytes, { allowTruncated })];
  const kind = records[0]?.kind;
  if (kind === undefined) throw fileFault('not-a-database', 'the file is empty');
  const stray = records.find((record) => record.kind !== kind);
  if (stray !== undefined) {
    throw fileFault('corrupt-file', `the record at byte ${stray.offset} is of another kind of file`);
  }
  const { contents, ...about } = readContents(kind, records);
  return { kind, schema: contents.schema, snapshot: contents.snapshot(indexes), ...about };
}

function readContents(kind: FileKind, records: readonly FileRecord[]) {
  try {
    return kind === 'clustered' ? readClustered(records) : readStandalone(records);
  } catch (cause) {
    if (!(cause instanceof OvsdbFault) || cause.code !== 'protocol-error') throw cause;
    throw fileFault('corrupt-file', `the file does not follow its schema: ${cause.message}`, cause);
  }
}

/** The schema, then transactions (ovsdb(5), "Standalone Format"). */
function readStandalone([first, ...rest]: readonly FileRecord[]) {
  const contents = new FileContents(parseSchema(first?.json ?? null));
  for (const { json } of rest) contents.apply(json);
  return { contents, transactions: rest.length };
}
