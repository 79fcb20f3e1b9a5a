import type { NbTables } from '@berth/ovn';
import type { Snapshot, Uuid } from '@berth/ovsdb/value';
import type { DataPlane, Fabric, Release } from '../../fabric/fabric.ts';
import { isSince } from '../../fabric/globals.ts';
import { type NodeName, nodeNamer } from '../../fabric/node-name.ts';
import { compareText, finderOf, heldRows, rowsOf } from '../../fabric/tables.ts';
import type { NamedSets } from '../../match/named-sets.ts';
import { aclsOf, type SwitchAcls } from '../filter/acls.ts';
import { canonicalIp } from './address-text.ts';

export type SwitchPort = NbTables['Logical_Switch_Port'];
export type RouterPort = NbTables['Logical_Router_Port'];
export type Router = NbTables['Logical_Router'];
export type Nat = NbTables['NAT'];

/** Finds a row by UUID. */
type Finder<Table extends keyof NbTables> = (uuid: Uuid | undefined) => NbTables[Table] | undefined;

/** NB, indexed once for everything that looks something up in it. */
export type North = {
  readonly dataPlane: DataPlane | undefined;
  readonly release: Release | undefined;
  /** What people call a chassis. */
  readonly nodeName: NodeName;
  /** By name, sorted. */
  readonly routers: readonly Router[];
  readonly routerPort: Finder<'Logical_Router_Port'>;
  readonly routerPortNamed: (name: string) => RouterPort | undefined;
  readonly nat: Finder<'NAT'>;
  readonly addressSet: Finder<'Address_Set'>;
  readonly loadBalancer: Finder<'Load_Balancer'>;
  readonly loadBalancerGroup: Finder<'Load_Balancer_Group'>;
  readonly staticRoute: Finder<'Logical_Router_Static_Route'>;
  readonly policy: Finder<'Logical_Router_Policy'>;
  /** The switch that a router port is on, by the port's name. */
  readonly switchOf: ReadonlyMap<string, Uuid>;
  /** The switch port through which a router port is on its switch. */
  readonly switchPortOf: ReadonlyMap<string, SwitchPort>;
  /** Ports of workloads on a switch. */
  readonly workloads: ReadonlyMap<Uuid, readonly SwitchPort[]>;
  /** Every switch port, by name. */
  readonly ports: ReadonlyMap<string, { readonly port: SwitchPort; readonly on: Uuid }>;
  /** Switches with a port of type vtep. */
  readonly vtepSwitches: ReadonlySet<Uuid>;
  /** Ports of a switch to physical networks. */
  readonly localnets: ReadonlyMap<Uuid, readonly SwitchPort[]>;
  /** The ACLs of a switch; undefined where none can take a packet. */
  readonly aclsOf: (on: Uuid | undefined) => SwitchAcls | undefined;
  /** What matches of ACLs and policies name. */
  readonly sets: NamedSets;
};

/** Indexes NB. */
export function northOf(nb: Snapshot<NbTables>, fabric: Fabric): North {
  const switchPort = finderOf(nb, 'Logical_Switch_Port');
  const switchOf = new Map<string, Uuid>();
  const switchPortOf = new Map<string, SwitchPort>();
  const workloads = new Map<Uuid, SwitchPort[]>();
  const ports = new Map<string, { port: SwitchPort; on: Uuid }>();
  const vtepSwitches = new Set<Uuid>();
  const localnets = new Map<Uuid, readonly SwitchPort[]>();
  for (const { _uuid: on, ports: held } of rowsOf(nb, 'Logical_Switch')) {
    const [here, outside]: [SwitchPort[], SwitchPort[]] = [[], []];
    for (const port of heldRows(held, switchPort)) {
      ports.set(port.name, { port, on });
      const router = peerOf(port);
      if (router !== undefined) {
        switchOf.set(router, on);
        switchPortOf.set(router, port);
      }
      if (port.type === 'vtep') vtepSwitches.add(on);
      if (port.type === 'localnet') outside.push(port);
      if (!notWorkloads.has(port.type)) here.push(port);
    }
    workloads.set(on, here);
    localnets.set(on, outside);
  }
  const release = fabric.dataPlane?.release;
  const sets = { ...namedSets(nb), isNewer: isSince(release, 23, 6) };
  return {
    dataPlane: fabric.dataPlane,
    release,
    nodeName: nodeNamer(fabric),
    routers: [...rowsOf(nb, 'Logical_Router')].sort((left, right) => compareText(left.name, right.name)),
    routerPort: finderOf(nb, 'Logical_Router_Port'),
    routerPortNamed: routerPortsByName(nb),
    nat: finderOf(nb, 'NAT'),
    addressSet: finderOf(nb, 'Address_Set'),
    loadBalancer: finderOf(nb, 'Load_Balancer'),
    loadBalancerGroup: finderOf(nb, 'Load_Balancer_Group'),
    staticRoute: finderOf(nb, 'Logical_Router_Static_Route'),
    policy: finderOf(nb, 'Logical_Router_Policy'),
    switchOf,
    switchPortOf,
    workloads,
    ports,
    vtepSwitches,
    localnets,
    aclsOf: aclsOf(nb, sets),
    sets,
  };
}

/** The sets that matches on routers may name. */
function namedSets(nb: Snapshot<NbTables>): NamedSets {
  const switchPort = finderOf(nb, 'Logical_Switch_Port');
  const present = new Set(nb.tableNames);
  const sets = present.has('Address_Set') ? nb.table('Address_Set') : undefined;
  const groups = present.has('Port_Group') ? nb.table('Port_Group') : undefined;
  // northd makes two sets of each port group (ovn-nb(5), Port_Group name).
  const ofGroup = (name: string): readonly string[] | undefined => {
    const [, of, family] = /^(.+)_ip([46])$/.exec(name) ?? [];
    const group = of === undefined ? undefined : groups?.find({ name: of })[0];
    return (
      group &&
      heldRows(group.ports, switchPort)
        .flatMap(addressesOf)
        .filter((ip) => ip.includes(':') === (family === '6'))
    );
  };
  return {
    addresses(name) {
      const set = sets?.find({ name })[0];
      return set ? [...set.addresses] : ofGroup(name);
    },
    // No port group has a port of a router.
    ports: () => undefined,
  };
}

/** The router port that a switch port leads to. */
function peerOf({ type, options }: SwitchPort): string | undefined {
  return type === 'router' ? options?.get('router-port') : undefined;
}

const notWorkloads: ReadonlySet<string> = new Set(['router', 'localnet', 'vtep', 'l2gateway', 'remote']);

/** The addresses that NB gives a switch port, those it has assigned itself included (ovn-nb(5), addresses). */
export function addressesOf({ addresses, dynamic_addresses }: SwitchPort): readonly string[] {
  const found: string[] = [];
  for (const text of addresses ?? []) {
    const words = text === 'dynamic' ? (dynamic_addresses ?? '') : text;
    for (const word of words.split(' ')) {
      if (word.includes('.') || (word.includes(':') && !isMac(word))) found.push(canonicalIp(word));
    }
  }
  return found;
}

function isMac(word: string): boolean {
  return word.length === 17 && word[2] === ':' && word[14] === ':' && !word.includes('::');
}

/** Finds router ports by name, indexed when the first is asked for. */
function routerPortsByName(nb: Snapshot<NbTables>): North['routerPortNamed'] {
  let byName: ReadonlyMap<string, RouterPort> | undefined;
  return (name) => {
    byName ??= new Map([...rowsOf(nb, 'Logical_Router_Port')].map((row) => [row.name, row]));
    return byName.get(name);
  };
}
