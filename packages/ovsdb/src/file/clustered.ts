import { parseSchema } from '../schema/parse.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../value/json.ts';
import { FileContents } from './contents.ts';
import { fileFault } from './file-fault.ts';
import type { FileRecord } from './records.ts';

/** What a clustered file says of the member whose it is. */
export type ClusterMember = {
  readonly clusterId: string;
  readonly serverId: string;
  /** Where it listens for the other members. */
  readonly localAddress: string;
  /** Where every member of the cluster does, this one too, as its log says last; sorted. */
  readonly memberAddresses: readonly string[];
  /** The end of its log (RAFT). */
  readonly index: number;
};

type Entry = { readonly index: number; readonly data: Json };

/**
 * The contents of a clustered file (ovsdb(5), "Clustered Format"): the snapshot at the beginning of its log, and the log. As with `ovsdb-tool
 * cluster-to-standalone`, entries count that the cluster may not have agreed on; those that were overwritten do not.
 */
export function readClustered(records: readonly FileRecord[]): {
  readonly contents: FileContents;
  readonly member: ClusterMember;
  readonly transactions: number;
} {
  const [first, ...rest] = records.map(({ json }) => json);
  if (first === undefined || first['prev_data'] === undefined) {
    throw fileFault('not-a-database', 'the file holds no data: its server has not joined the cluster yet');
  }
  const begin = Number(first['prev_index']);
  const log = logOf(rest);
  let contents: FileContents | undefined;
  let transactions = 0;
  for (const data of [first['prev_data'], ...log.map((entry) => entry.data)]) {
    if (!isJsonArray(data)) throw fileFault('corrupt-file', 'an entry of the log holds no data');
    const [schema, transaction] = data;
    if (isJsonObject(schema)) contents = new FileContents(parseSchema(schema));
    if (contents === undefined) throw fileFault('corrupt-file', 'the log begins without a schema');
    if (!isJsonObject(transaction)) continue;
    contents.apply(transaction);
    transactions++;
  }
  if (contents === undefined) throw fileFault('corrupt-file', 'the log begins without a schema');
  return { contents, member: memberOf(first, rest, log.at(-1)?.index ?? begin), transactions };
}

/** The entries with data. One that comes again takes the place of the earlier one and of all that followed it. */
function logOf(records: readonly JsonObject[]): readonly Entry[] {
  const log: Entry[] = [];
  for (const { index, data } of records) {
    if (typeof index !== 'number') continue;
    while ((log.at(-1)?.index ?? -1) >= index) log.pop();
    if (data !== undefined) log.push({ index, data });
  }
  return log;
}

function memberOf(first: JsonObject, rest: readonly JsonObject[], index: number): ClusterMember {
  const servers =
    rest.findLast((record) => isJsonObject(record['servers']))?.['servers'] ?? first['prev_servers'];
  const addresses = servers !== undefined && isJsonObject(servers) ? Object.values(servers).map(String) : [];
  return {
    memberAddresses: addresses.sort(),
    clusterId: String(first['cluster_id']),
    serverId: String(first['server_id']),
    localAddress: String(first['local_address']),
    index,
  };
}
