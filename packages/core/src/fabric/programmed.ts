import { formatRef, originKey, ownerKey, type ResourceRef } from '@berth/api';
import { type Ip, type Mac, parseEndpoint, parseInterfaceAddress, parseIp, parseMac } from '@berth/net';
import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { perObjectWith } from '../memo/per-object.ts';

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
export function programmedOf(nb: Snapshot<NbTables> | undefined, instance: string): Programmed {
  const present = new Set(nb?.tableNames);
  const ports = present.has('Logical_Switch_Port') ? nb?.table('Logical_Switch_Port') : undefined;
  const routerPorts = present.has('Logical_Router_Port') ? nb?.table('Logical_Router_Port') : undefined;
  let rules: RuleRows | undefined;
  let asked = 0;
  const rowsOf = (object: string): readonly RuleRow[] | undefined => {
    if (!nb) return undefined;
    asked += 1;
    if (asked <= fewRules)
      return ruleRows(nb, present).filter((row) => objectOf(row, { instance }) === object);
    rules ??= Map.groupBy(ruleRows(nb, present), (row) => objectOf(row, { instance }));
    return rules.get(object);
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
      const rows = rowsOf(formatRef(object)) ?? [];
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
type RuleRows = ReadonlyMap<string | undefined, readonly RuleRow[]>;

/** Up to so many rules are looked for one by one, since mostly it is about one of thousands; for more an index is made. */
const fewRules = 4;

function ruleRows(nb: Snapshot<NbTables>, present: ReadonlySet<string>): readonly RuleRow[] {
  return [
    ...(present.has('NAT') ? nb.table('NAT') : []),
    ...(present.has('Load_Balancer') ? nb.table('Load_Balancer') : []),
  ];
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
const objectOf = perObjectWith(({ external_ids }: Marked, { instance }: { readonly instance: string }) =>
  external_ids.get(ownerKey) === instance ? external_ids.get(originKey) : undefined,
);

function ipsIn(text: string): readonly Ip[] {
  const ip = parseIp(text);
  return ip ? [ip] : [];
}
