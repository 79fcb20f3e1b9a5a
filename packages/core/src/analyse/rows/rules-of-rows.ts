import type { OvnDnatRule, OvnEip, OvnFip, OvnSnatRule, Rule } from '@berth/api';
import { answererOf } from '../answerer.ts';
import type { ExternalFlow } from '../flow.ts';
import type { Verdict } from '../verdict.ts';
import { type Works, worksOf } from '../works.ts';
import { byFamily, known, metadataOf, readinessOf } from './made.ts';
import type { RowsNetwork } from './network-of-rows.ts';

/** What rules are read from: NB with every flow of it. */
export type RowsRules = RowsNetwork & {
  readonly flows: readonly ExternalFlow[];
  /** What becomes of these now; none where nothing can be said of packets. */
  readonly verdicts: readonly Verdict[];
};

/** One rule as its rows have it: in each family the same target, kind and port. */
type Told = {
  readonly name: string;
  readonly flows: readonly ExternalFlow[];
  readonly first: ExternalFlow;
  readonly works: Works | undefined;
  readonly berth: string | undefined;
  readonly eip: string;
};

/**
 * NAT rows and load-balancers of routers, as rules and the EIPs these use. Rows of Berth's say the names of their objects; a rule of somebody
 * else's has the name by which it is asked for, `nat/ROUTER/TYPE/EXTERNAL-IP`. An EIP of a router port is called as the port is, another
 * one, whose name stands in no row, by its address.
 */
export function rulesOfRows(input: RowsRules): readonly (Rule | OvnEip)[] {
  const keyOf = ({ kind, target, externalPort }: ExternalFlow): string =>
    JSON.stringify([kind, target, externalPort?.port, externalPort?.protocol]);
  const verdicts = Map.groupBy(input.verdicts, ({ flow }) => keyOf(flow));
  const flows = input.flows.filter(({ kind, direction }) => kind !== 'routed' && direction !== 'hairpin');
  const ports = portEips(input);
  const told = [...Map.groupBy(flows, keyOf)].flatMap(([key, group]): readonly Told[] => {
    const [first] = group;
    if (!first) return [];
    const mine = verdicts.get(key) ?? [];
    const answerers = mine.map((verdict) => answererOf(verdict, input.fabric));
    const chassis = answerers.find((each) => each !== undefined);
    return [
      {
        name: first.target.replace(/^(?:fip|snat|dnat)\//, ''),
        flows: group,
        first,
        works: worksOf(mine),
        berth: chassis === undefined ? undefined : input.north.nodeName(chassis),
        eip:
          group.flatMap(({ externalIp }) => ports.get(externalIp ?? '') ?? [])[0] ?? first.externalIp ?? '',
      },
    ];
  });
  return [...told.map((each) => ruleOf(each, input)), ...eipsOf(told, input)];
}

function ruleOf(told: Told, input: RowsRules): Rule {
  const { first } = told;
  if (first.kind === 'floating-ip') return fipOf(told, input);
  return first.kind === 'source-nat' ? snatOf(told, input) : dnatOf(told, input);
}

/** The names of the EIPs of router ports, by address. */
function portEips({ routers }: RowsNetwork): ReadonlyMap<string, string> {
  const ports = routers.flatMap(({ gatewayPorts }) => gatewayPorts);
  return new Map(ports.flatMap(({ name, port }) => hostsOf(port.networks).map((ip) => [ip, name] as const)));
}

function hostsOf(networks: Iterable<string>): readonly string[] {
  return [...networks].map((text) => text.replace(/\/.*$/, ''));
}

/** What the status of every rule says. */
function common({ flows, first, works, berth }: Told) {
  const { v4, v6 } = byFamily(flows.map(({ externalIp }) => externalIp ?? ''));
  return { ...readinessOf(works), ...known({ vpc: first.router, v4Eip: v4, v6Eip: v6, berth }) };
}

function fipOf(told: Told, input: RowsRules): OvnFip {
  const { name, flows, first, eip } = told;
  const { v4, v6 } = byFamily(flows.map(({ logicalIp }) => logicalIp));
  return {
    apiVersion: 'kubeovn.io/v1',
    kind: 'OvnFip',
    metadata: metadataOf(name),
    spec: { ovnEip: eip, ...known({ ipName: first.logicalPort }) },
    status: {
      ...common(told),
      ...known({ v4Ip: v4, v6Ip: v6, macAddress: macOf(first, input), placement: first.placement }),
    },
  };
}

function snatOf(told: Told, { nb }: RowsRules): OvnSnatRule {
  const { name, flows, first, eip } = told;
  // A flow is of one workload, a row of all that have an address in its network.
  const rows = flows.flatMap((flow) => flow.rows.filter(({ table }) => table === 'NAT'));
  const { v4, v6 } = byFamily(rows.map(({ uuid }) => nb.table('NAT').get(uuid)?.logical_ip ?? ''));
  const networks = known({ v4IpCidr: v4, v6IpCidr: v6 });
  return {
    apiVersion: 'kubeovn.io/v1',
    kind: 'OvnSnatRule',
    metadata: metadataOf(name),
    spec: { ovnEip: eip, vpc: first.router, ...networks },
    status: { ...common(told), ...networks },
  };
}

function dnatOf(told: Told, { nb }: RowsRules): OvnDnatRule {
  const { name, flows, first, eip } = told;
  const { v4, v6 } = byFamily(flows.map(({ logicalIp }) => logicalIp));
  const { protocol = 'tcp', port } = first.externalPort ?? {};
  const externalPort = port === undefined ? '' : String(port);
  const row = first.rows.find(({ table }) => table === 'Load_Balancer');
  const vips = row && nb.table('Load_Balancer').get(row.uuid)?.vips;
  const backends = [...(vips ?? [])].find(([vip]) => vip.endsWith(`:${externalPort}`))?.[1];
  const internalPort = /:(\d+)$/.exec(backends?.split(',')[0]?.trim() ?? '')?.[1] ?? '';
  const target = known({ v4Ip: v4, v6Ip: v6, ipName: first.logicalPort });
  return {
    apiVersion: 'kubeovn.io/v1',
    kind: 'OvnDnatRule',
    metadata: metadataOf(name),
    spec: {
      ovnEip: eip,
      ...known({ ipName: first.logicalPort }),
      ...{ externalPort, internalPort },
      // Rows of others may say sctp, for which the kind has no word.
      protocol: protocol === 'udp' ? 'udp' : 'tcp',
    },
    status: {
      ...common(told),
      ...target,
      externalPort,
      internalPort,
      ...(port !== undefined && { protocol }),
    },
  };
}

/** The MAC that an address is answered with: that of its row where it runs at the workload, else that of the router port. */
function macOf({ placement, gatewayPort, rows }: ExternalFlow, { nb, north }: RowsRules): string | undefined {
  const [row] = rows;
  if (placement === 'distributed' && row?.table === 'NAT') return nb.table('NAT').get(row.uuid)?.external_mac;
  return gatewayPort === undefined ? undefined : north.routerPortNamed(gatewayPort)?.mac;
}

const words = { 'floating-ip': 'fip', 'source-nat': 'snat', 'port-forward': 'dnat', routed: '' } as const;

/** The public addresses: those of router ports, and those of rules. */
function eipsOf(told: readonly Told[], input: RowsRules): readonly OvnEip[] {
  const { routers, switchName, north } = input;
  const subnetOf = (port: string | undefined): string | undefined =>
    port === undefined ? undefined : switchName(north.switchOf.get(port));
  const users = Map.groupBy(told, ({ eip }) => eip);
  const ofPorts = routers.flatMap(({ gatewayPorts }) =>
    gatewayPorts.map(({ name, port }) => {
      const parts = { subnet: subnetOf(name), mac: port.mac, ips: hostsOf(port.networks) };
      const eip = eipOf(name, 'lrp', parts, users.get(name) ?? []);
      users.delete(name);
      return eip;
    }),
  );
  const ofRules = [...users].map(([name, rules]) => {
    const ips = rules.flatMap(({ flows }) => flows.flatMap(({ externalIp }) => externalIp ?? []));
    const first = rules[0]?.first;
    const parts = { subnet: subnetOf(first?.gatewayPort), mac: first && macOf(first, input), ips };
    return eipOf(name, 'nat', parts, rules);
  });
  return [...ofPorts, ...ofRules];
}

function eipOf(
  name: string,
  type: 'lrp' | 'nat',
  parts: {
    readonly subnet: string | undefined;
    readonly mac: string | undefined;
    readonly ips: readonly string[];
  },
  rules: readonly Told[],
): OvnEip {
  const { v4, v6 } = byFamily(parts.ips);
  const addresses = known({ v4Ip: v4, v6Ip: v6, macAddress: parts.mac });
  const nat = [...new Set(rules.map(({ first }) => words[first.kind]))].sort().join(',');
  return {
    apiVersion: 'kubeovn.io/v1',
    kind: 'OvnEip',
    metadata: metadataOf(name),
    spec: { ...known({ externalSubnet: parts.subnet }), ...addresses, type },
    status: { ...addresses, type, ...known({ nat: nat || undefined }) },
  };
}
