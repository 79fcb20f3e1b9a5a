import { chassisAnnotation, type Keep, keepAnnotation, keepText, type ResourceSet } from '@berth/api';
import { isUnicastMac, type Mac, parseMac, prefixLengthOf } from '@berth/net';
import { isMap, isSet, isUuid, type Row, type Snapshot, type Value } from '@berth/ovsdb/value';
import { chassisOfNode, type Fabric } from '../fabric/fabric.ts';
import { keeperChassis } from '../fabric/keeper.ts';
import { faultOf } from '../intent/gateway/keep-finding.ts';
import type { AttachmentIntent, FloatingIpIntent, Intent, VpcIntent } from '../intent/intent.ts';
import { routerPortName } from '../intent/object/router-port-name.ts';
import type { ResourceWrite } from '../intent/object/write.ts';
import { ownerOf } from './observed.ts';
import { sameMeaning } from './spelling.ts';

/** What is to be taken over: objects, what they mean, and the databases as somebody else left them. */
export type FoundInput = {
  readonly resources: ResourceSet;
  readonly intent: Intent;
  readonly fabric: Fabric;
  readonly observed: Snapshot;
};

/** An object that may keep something. */
type Keeping = ResourceSet['OvnFip' | 'Vpc' | 'Subnet'][number];

/**
 * What is to be stored before rows of somebody else are taken over, so that nothing moves: on each floating IP where it runs,
 * with which MAC, and whether without conntrack; on each Vpc the order of its gateways, and whether its default route is another one
 * than ours would be; on each Subnet the MAC of the router. Rows of a
 * Berth, and objects that keep something already, are passed over.
 */
export function keepWrites({ resources, intent, fabric, observed }: FoundInput): readonly ResourceWrite[] {
  const routers = new Map([...observed.table('Logical_Router')].map((row) => [row['name'], row]));
  const ports = new Map([...observed.table('Logical_Router_Port')].map((row) => [row['name'], row]));
  const nodeOf = nodesByChassis(resources, fabric);
  const keeps = new Map<string, Keep>();
  for (const vpc of intent.vpcs) {
    const nats = rowsIn(observed, 'NAT', routers.get(vpc.name)?.['nat']).filter(isFound);
    for (const fip of vpc.floatingIps) note(keeps, `OvnFip ${fip.name}`, keepOfFip(fip, nats));
    const portOf = ({ subnet }: Pick<AttachmentIntent, 'subnet'>): Row | undefined =>
      ports.get(routerPortName(vpc.name, subnet));
    const gateways = vpc.attachments.flatMap((attachment) => {
      const port = portOf(attachment);
      const members = port && isFound(port) ? membersOf(observed, port) : [];
      const nodes = members.flatMap((chassis) => nodeOf.get(chassis) ?? []);
      return nodes.length > 0 ? [[attachment.subnet, nodes] as const] : [];
    });
    const hasDefault = hasOtherDefault(
      vpc,
      rowsIn(observed, routeTable, routers.get(vpc.name)?.['static_routes']),
    );
    if (gateways.length > 0 || hasDefault)
      keeps.set(`Vpc ${vpc.name}`, {
        gateways: Object.fromEntries(gateways),
        ...(hasDefault && { defaultRoute: 'found' as const }),
      });
    for (const subnet of vpc.subnets)
      note(keeps, `Subnet ${subnet.name}`, keepOfSubnet(portOf({ subnet: subnet.name })));
  }
  const all: readonly Keeping[] = [...resources.Vpc, ...resources.Subnet, ...resources.OvnFip];
  return all.flatMap((object) => {
    const keep = keeps.get(`${object.kind} ${object.metadata.name}`);
    // What cannot be read keeps nothing, so that it would move: it is written anew.
    const isSaid = object.metadata.annotations[keepAnnotation] !== undefined && faultOf(object) === undefined;
    if (!keep || isSaid) return [];
    return [{ verb: 'upsert', object: withAnnotation(object, keepText(keep)) }];
  });
}

/** An object with the annotation, or without it. */
export function withAnnotation(object: Keeping, text: string | undefined): Keeping {
  const { [keepAnnotation]: _, ...others } = object.metadata.annotations;
  const annotations = text === undefined ? others : { ...others, [keepAnnotation]: text };
  return { ...object, metadata: { ...object.metadata, annotations } } as Keeping;
}

/** The objects that keep something. */
export function keepingObjects({ Vpc, Subnet, OvnFip }: ResourceSet): readonly Keeping[] {
  return [...Vpc, ...Subnet, ...OvnFip].filter(({ metadata }) => metadata.annotations[keepAnnotation]);
}

/** Members of a group that are no nodes any more are nobody's to keep. */
function nodesByChassis({ Node }: ResourceSet, fabric: Fabric): ReadonlyMap<string, string> {
  return new Map(
    Node.flatMap(({ metadata: { name, annotations } }) => {
      const chassis = chassisOfNode(fabric, name, annotations[chassisAnnotation]);
      return chassis ? [[chassis.name, name] as const] : [];
    }),
  );
}

function note(keeps: Map<string, Keep>, key: string, keep: Keep | undefined): void {
  if (keep) keeps.set(key, keep);
}

/** With both columns OVN runs the row at the workload, else at the gateway (ovn-nb(5), NAT). */
function keepOfFip({ pairs, mac: own, target }: FloatingIpIntent, nats: readonly Row[]): Keep | undefined {
  const row = nats.find(
    (nat) =>
      nat['type'] === 'dnat_and_snat' &&
      pairs.some(({ external }) => sameMeaning('external_ip', external, nat['external_ip'])),
  );
  if (!row) return undefined;
  const [port, mac] = [row['logical_port'], macIn(row['external_mac'])];
  const isStateless = isMap(row['options']) && row['options'].get('stateless') === 'true';
  const stateless = isStateless ? { stateless: true } : {};
  if (typeof port !== 'string' || mac === undefined) return { placement: 'centralized', ...stateless };
  const isOther = mac !== own && port === target.port;
  return { placement: 'distributed', ...(isOther && { mac, port }), ...stateless };
}

const routeTable = 'Logical_Router_Static_Route';

/** Whether a default route was found that leads elsewhere than the one that no field of the Vpc asks for. */
function hasOtherDefault({ routes }: VpcIntent, rows: readonly Row[]): boolean {
  return routes.some(
    ({ prefix, nextHop, table, policy, origin: { field } }) =>
      prefixLengthOf(prefix) === 0 &&
      field?.startsWith('spec.staticRoutes') !== true &&
      rows.some(
        (row) =>
          isFound(row) &&
          sameMeaning('ip_prefix', row['ip_prefix'], prefix) &&
          !sameMeaning('nexthop', row['nexthop'], nextHop) &&
          (row['route_table'] ?? '') === table &&
          (row['policy'] ?? 'dst-ip') === policy,
      ),
  );
}

function keepOfSubnet(port: Row | undefined): Keep | undefined {
  const mac = port && isFound(port) ? macIn(port['mac']) : undefined;
  return mac && { routerMac: mac };
}

/** The chassis of a port's group, most preferred first; of equals OVN takes the one that is last by name. */
function membersOf(observed: Snapshot, port: Row): readonly string[] {
  return rowsIn(observed, 'Gateway_Chassis', port['gateway_chassis'])
    .map((row) => ({ chassis: String(row['chassis_name']), priority: Number(row['priority']) }))
    .filter(({ chassis }) => chassis !== keeperChassis)
    .sort((left, right) => right.priority - left.priority || (left.chassis < right.chassis ? 1 : -1))
    .map(({ chassis }) => chassis);
}

/** The MAC of one host; another one reaches nobody and is not kept. */
function macIn(value: Value): Mac | undefined {
  const mac = typeof value === 'string' ? parseMac(value.toLowerCase()) : undefined;
  return mac !== undefined && isUnicastMac(mac) ? mac : undefined;
}

/** Whether no Berth has made or taken over the row. */
function isFound(row: Row): boolean {
  return ownerOf(row) === undefined;
}

function rowsIn(observed: Snapshot, table: string, references: Value): readonly Row[] {
  const atoms = isSet(references) ? [...references] : [references];
  return atoms.flatMap((atom) =>
    typeof atom === 'string' && isUuid(atom) ? (observed.table(table).get(atom) ?? []) : [],
  );
}
