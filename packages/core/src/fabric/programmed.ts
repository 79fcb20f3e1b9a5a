import { formatRef, originKey, ownerKey, type ResourceRef } from '@berth/api';
import { type Ip, type Mac, parseEndpoint, parseInterfaceAddress, parseIp, parseMac } from '@berth/net';
import type { NbTables } from '@berth/ovn';
import type { Snapshot, Uuid } from '@berth/ovsdb/value';
import type { Asker } from '../memo/per-item.ts';
import { changesOf, following } from './following.ts';

/** The addresses of a port, and the chassis it is bound to (ovn-nb(5), `requested-chassis`). */
export type ProgrammedPort = {
  readonly ips: readonly Ip[];
  readonly mac: Mac | undefined;
  readonly chassis?: string | undefined;
};

/** The addresses of a rule: its EIP's, with the MAC where the workload's chassis answers, and its target's. */
export type ProgrammedRule = {
  readonly external: readonly Ip[];
  readonly mac: Mac | undefined;
  readonly logical: readonly Ip[];
};

/** What the rows that one Berth wrote to NB tell of their objects. Rows of others tell nothing. */
export type Programmed = {
  /** The port of an IP, or of an OvnEip of type lsp. */
  portOf(object: ResourceRef): ProgrammedPort | undefined;
  /** The port of a VPC's router, by its name. */
  routerPortOf(vpc: ResourceRef, name: string): ProgrammedPort | undefined;
  /** A floating IP, an SNAT or a DNAT rule. */
  ruleOf(object: ResourceRef): ProgrammedRule | undefined;
};

/** Reads the rows of `instance` when they are asked for, and not before. */
export function programmedOf(
  nb: Snapshot<NbTables> | undefined,
  instance: string,
  asker: Asker = {},
): Programmed {
  const present = new Set(nb?.tableNames);
  const ports = present.has('Logical_Switch_Port') ? nb?.table('Logical_Switch_Port') : undefined;
  const routerPorts = present.has('Logical_Router_Port') ? nb?.table('Logical_Router_Port') : undefined;
  let rules: RuleRows | undefined;
  const rowsOf = (object: string): readonly RuleRow[] => {
    if (!nb) return [];
    rules ??= ruleRowsOf(asker, nb, { instance }).rows;
    return [...(rules.get(object)?.values() ?? [])];
  };
  return {
    portOf(object) {
      const row = ports?.find({ name: object.name }).find((each) => isFor(each, instance, object));
      if (row?.type !== '') return undefined;
      const words = [...row.addresses].flatMap((text) => text.split(' '));
      return {
        ips: words.flatMap((word) => parseIp(word) ?? []),
        mac: words.map(parseMac).find((mac) => mac !== undefined),
        chassis: row.options.get('requested-chassis'),
      };
    },
    routerPortOf(vpc, name) {
      const row = routerPorts?.find({ name }).find((each) => isFor(each, instance, vpc));
      if (!row) return undefined;
      const ips = [...row.networks].flatMap((text) => parseInterfaceAddress(text)?.ip ?? []);
      return { ips, mac: parseMac(row.mac) };
    },
    ruleOf(object) {
      const rows = rowsOf(formatRef(object));
      return rows.length === 0 ? undefined : together(rows.map(read));
    },
  };
}

type Marked = { readonly external_ids: ReadonlyMap<string, string> };

function isFor({ external_ids }: Marked, instance: string, object: ResourceRef): boolean {
  return external_ids.get(ownerKey) === instance && external_ids.get(originKey) === formatRef(object);
}

/** What the rows of one rule tell together. */
function together(rows: readonly ProgrammedRule[]): ProgrammedRule {
  return {
    external: rows.flatMap(({ external }) => external),
    mac: rows.find(({ mac }) => mac !== undefined)?.mac,
    logical: rows.flatMap(({ logical }) => logical),
  };
}

type RuleRow = NbTables['NAT'] | NbTables['Load_Balancer'];
/** By the object, as `formatRef` names it, and by UUID. */
type RuleRows = Map<string, Map<Uuid, RuleRow>>;

/** The rows of the rules of an instance. */
const ruleRowsOf = following(
  ({ instance }: { readonly instance: string }) => ({ instance, rows: new Map() as RuleRows }),
  (made, changed) => {
    const { instance, rows } = made;
    for (const table of ['NAT', 'Load_Balancer'])
      for (const { uuid, before, after } of changesOf(changed, table)) {
        const [was, is] = [before, after] as readonly (RuleRow | undefined)[];
        if (was) take(rows, objectOf(was, instance), uuid);
        if (is) put(rows, objectOf(is, instance), uuid, is);
      }
    return made;
  },
);

function take(rows: RuleRows, object: string | undefined, uuid: Uuid): void {
  const own = object === undefined ? undefined : rows.get(object);
  if (object === undefined || !own) return;
  own.delete(uuid);
  if (own.size === 0) rows.delete(object);
}

function put(rows: RuleRows, object: string | undefined, uuid: Uuid, row: RuleRow): void {
  if (object === undefined) return;
  const own = rows.get(object);
  if (own) own.set(uuid, row);
  else rows.set(object, new Map([[uuid, row]]));
}

function read(row: RuleRow): ProgrammedRule {
  if ('vips' in row)
    return {
      external: [...row.vips.keys()].flatMap((text) => parseEndpoint(text)?.ip ?? []),
      mac: undefined,
      logical: [...row.vips.values()].flatMap((text) => parseEndpoint(text)?.ip ?? []),
    };
  return {
    external: ipsIn(row.external_ip),
    mac: parseMac(row.external_mac ?? ''),
    logical: ipsIn(row.logical_ip),
  };
}

/** The object that a row of an instance is for, as `formatRef` names it; undefined for rows of others. */
function objectOf({ external_ids }: Marked, instance: string): string | undefined {
  return external_ids.get(ownerKey) === instance ? external_ids.get(originKey) : undefined;
}

function ipsIn(text: string): readonly Ip[] {
  const ip = parseIp(text);
  return ip ? [ip] : [];
}
