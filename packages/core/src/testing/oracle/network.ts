import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';

/** A NAT row with what the oracle wants to know around it. */
export type OracleNat = {
  readonly uuid: string;
  readonly type: 'snat' | 'dnat' | 'dnat_and_snat';
  readonly externalIp: string;
  readonly logicalIp: string;
  readonly distributed: boolean;
  readonly logicalPort: string | undefined;
  readonly gatewayPort: string | undefined;
  readonly network: string | undefined;
  /** A distributed row whose address is not where its port is: of nobody, or of a port that is bound elsewhere. */
  readonly astray: boolean;
};

export type OracleGroup = {
  readonly name: string;
  /** All rows, whether the chassis exists or not. */
  readonly members: readonly { readonly chassis: string; readonly priority: number }[];
  /** Names of the ports whose chassis are witnesses. */
  readonly watched: readonly string[];
};

/** Everything of the two databases that the oracle looks at. */
export type OracleNetwork = {
  readonly nats: readonly OracleNat[];
  /** By router port. */
  readonly groupOf: ReadonlyMap<string, string>;
  readonly groups: readonly OracleGroup[];
  /** Where the ports of workloads are bound. */
  readonly claims: ReadonlyMap<string, string>;
  /** Logical ports by address. */
  readonly portOfAddress: (router: string, address: string) => string | undefined;
  readonly chassis: readonly {
    readonly name: string;
    readonly mappings: readonly string[];
    /** It has not carried out what others have, so nobody knows whether it knows a row. */
    readonly lags: boolean;
  }[];
};

/** Reads it row by row. */
export function readNetwork(nb: Snapshot<NbTables>, sb: Snapshot<SbTables>): OracleNetwork {
  const chassisName = new Map([...sb.table('Chassis')].map(({ _uuid, name }) => [String(_uuid), name]));
  const claims = new Map<string, string>();
  const groupOf = new Map<string, string>();
  for (const row of sb.table('Port_Binding')) {
    const at = row.chassis && chassisName.get(row.chassis);
    if (at !== undefined && row.type === '') claims.set(row.logical_port, at);
    const group = row.ha_chassis_group && sb.table('HA_Chassis_Group').get(row.ha_chassis_group);
    if (group) groupOf.set(row.logical_port.replace(/^cr-/, ''), group.name);
  }
  const groups = [...sb.table('HA_Chassis_Group')].map((group): OracleGroup => {
    const members = [...group.ha_chassis].flatMap((uuid) => {
      const row = sb.table('HA_Chassis').get(uuid);
      return row
        ? [{ chassis: row.external_ids.get('chassis-name') ?? String(uuid), priority: row.priority }]
        : [];
    });
    return { name: group.name, members, watched: watchedBy(nb, groupOf, group.name) };
  });
  return {
    nats: readNats(nb, groupOf, claims),
    groupOf,
    groups,
    claims,
    portOfAddress: (router, address) => portOfAddress(nb, router, address),
    chassis: [...sb.table('Chassis')].map((row) => ({
      name: row.name,
      lags: isBehind(sb, row.name),
      mappings: (row.other_config.get('ovn-bridge-mappings') ?? '')
        .split(',')
        .map((pair) => pair.split(':')[0] ?? '')
        .filter((network) => network !== ''),
    })),
  };
}

function isBehind(sb: Snapshot<SbTables>, name: string): boolean {
  const done = [...sb.table('Chassis_Private')].map((row) => ({ name: row.name, number: row.nb_cfg }));
  const own = done.find((each) => each.name === name)?.number ?? 0;
  return done.some(({ number }) => number > own);
}

/** Whose address it is, where that is on the node of the port that the row names; else that port. */
function portOfNat(
  nb: Snapshot<NbTables>,
  router: string,
  row: NbTables['NAT'],
  claims: ReadonlyMap<string, string>,
): string | undefined {
  const owner = portOfAddress(nb, router, row.logical_ip);
  return isAstray(row, claims, owner) ? row.logical_port : (owner ?? row.logical_port);
}

function isAstray(
  { type, logical_port, external_mac }: NbTables['NAT'],
  claims: ReadonlyMap<string, string>,
  owner: string | undefined,
): boolean {
  if (type !== 'dnat_and_snat' || logical_port === undefined || external_mac === undefined) return false;
  if (owner === logical_port) return false;
  return owner === undefined || claims.get(owner) !== claims.get(logical_port);
}

function readNats(
  nb: Snapshot<NbTables>,
  groupOf: ReadonlyMap<string, string>,
  claims: ReadonlyMap<string, string>,
): readonly OracleNat[] {
  return [...nb.table('Logical_Router')].flatMap((router) => {
    const ports = [...router.ports].flatMap((uuid) => nb.table('Logical_Router_Port').get(uuid) ?? []);
    const gateways = ports.filter(({ name }) => groupOf.has(name));
    return [...router.nat].flatMap((uuid): readonly OracleNat[] => {
      const row = nb.table('NAT').get(uuid);
      if (!row) return [];
      const port = row.gateway_port
        ? gateways.find(({ _uuid }) => _uuid === row.gateway_port)
        : gateways.length === 1
          ? gateways[0]
          : undefined;
      return [
        {
          uuid,
          type: row.type,
          externalIp: row.external_ip,
          logicalIp: row.logical_ip,
          distributed:
            gateways.length > 0 &&
            row.type === 'dnat_and_snat' &&
            row.logical_port !== undefined &&
            row.external_mac !== undefined,
          logicalPort: portOfNat(nb, router.name, row, claims),
          gatewayPort: port?.name,
          network: port && networkBehind(nb, port.name),
          astray: isAstray(row, claims, portOfAddress(nb, router.name, row.logical_ip)),
        },
      ];
    });
  });
}

/** Every switch that has a port towards this router port. */
function switchesAt(nb: Snapshot<NbTables>, routerPort: string) {
  return [...nb.table('Logical_Switch')].filter((row) =>
    [...row.ports].some(
      (uuid) => nb.table('Logical_Switch_Port').get(uuid)?.options.get('router-port') === routerPort,
    ),
  );
}

function networkBehind(nb: Snapshot<NbTables>, routerPort: string): string | undefined {
  for (const row of switchesAt(nb, routerPort)) {
    for (const uuid of row.ports) {
      const port = nb.table('Logical_Switch_Port').get(uuid);
      if (port?.type === 'localnet') return port.options.get('network_name');
    }
  }
  return undefined;
}

function portOfAddress(nb: Snapshot<NbTables>, routerName: string, address: string): string | undefined {
  const router = [...nb.table('Logical_Router')].find(({ name }) => name === routerName);
  for (const uuid of router?.ports ?? []) {
    const routerPort = nb.table('Logical_Router_Port').get(uuid);
    for (const row of routerPort ? switchesAt(nb, routerPort.name) : []) {
      for (const each of row.ports) {
        const port = nb.table('Logical_Switch_Port').get(each);
        const words = [...(port?.addresses ?? [])].flatMap((text) => text.split(' '));
        if (port?.type === '' && words.includes(address)) return port.name;
      }
    }
  }
  return undefined;
}

/** Ports on any switch of the routers that hang together with the one that has the group. */
function watchedBy(
  nb: Snapshot<NbTables>,
  groupOf: ReadonlyMap<string, string>,
  group: string,
): readonly string[] {
  const switches = new Set<string>();
  const routers = new Set<string>();
  const routerPorts = (uuid: string) =>
    [...nb.table('Logical_Router')]
      .filter((row) => row._uuid === uuid)
      .flatMap((row) => [...row.ports].flatMap((each) => nb.table('Logical_Router_Port').get(each) ?? []));
  for (const row of nb.table('Logical_Router')) {
    if (routerPorts(row._uuid).some(({ name }) => groupOf.get(name) === group)) routers.add(row._uuid);
  }
  for (let before = -1; before !== switches.size + routers.size; ) {
    before = switches.size + routers.size;
    for (const uuid of routers) {
      for (const { name } of routerPorts(uuid)) {
        for (const each of switchesAt(nb, name)) switches.add(each._uuid);
      }
    }
    for (const row of nb.table('Logical_Router')) {
      const touches = routerPorts(row._uuid).some(({ name }) =>
        switchesAt(nb, name).some(({ _uuid }) => switches.has(_uuid)),
      );
      if (touches) routers.add(row._uuid);
    }
  }
  return [...nb.table('Logical_Switch')]
    .filter(({ _uuid }) => switches.has(_uuid))
    .flatMap((row) => [...row.ports].flatMap((uuid) => nb.table('Logical_Switch_Port').get(uuid) ?? []))
    .filter(({ type }) => type === '')
    .map(({ name }) => name);
}
