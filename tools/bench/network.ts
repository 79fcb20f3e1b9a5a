import { parseResource, type Resource, type ResourceSet, resourceSetOf } from '@berth/api';
import {
  type Chassis,
  compile,
  compiledTables,
  type Fabric,
  type IntentResult,
  intentOf,
  operations,
  plan,
  type Settings,
  statusWrites,
  withWrites,
} from '@berth/core';
import { nbSchema } from '@berth/ovn';
import { applyTransaction } from '@berth/ovsdb/check';
import { emptySnapshot, type Operation, type Snapshot, type Uuid } from '@berth/ovsdb/value';

/** A network with everything stored and programmed: a pass over it has nothing to do. */
export type Network = {
  readonly resources: ResourceSet;
  readonly fabric: Fabric;
  readonly result: IntentResult;
  readonly nb: Snapshot;
};

export const settings: Settings = { instance: 'default', defaultExternalSubnet: 'external' };
export const now = '2026-01-01T00:00:00Z';

const nodeNames = Array.from({ length: 10 }, (_, place) => `node-${place}`);
const floatingIpsPerVpc = 50;

/** VPCs of 50 floating IPs each, on two subnets each, every floating IP with an EIP and an IP of its own. */
export function networkOf(floatingIps: number): Network {
  const fabric = fabricOf(floatingIps);
  let resources = resourceSetOf(objectsOf(floatingIps));
  let result = intentOf(resources, fabric, settings);
  while (result.writes.length > 0) {
    resources = withWrites(resources, result.writes);
    result = intentOf(resources, fabric, settings);
  }
  const nb = programmed(result);
  const told = { resources, intent: result.intent, findings: result.findings, fabric, now };
  resources = withWrites(resources, statusWrites({ ...told, ...settings }));
  return { resources, fabric, nb, result: intentOf(resources, fabric, settings) };
}

/** The plan of the intent against NB. */
export function planOf({ intent }: Pick<IntentResult, 'intent'>, observed: Snapshot) {
  return plan({ db: 'NB', desired: compile(intent), observed, tables: compiledTables, instance: 'default' });
}

/** NB after operations. */
export function carriedOut(observed: Snapshot, list: readonly Operation[]): Snapshot {
  const newUuid = (): Uuid => {
    throw new Error('every row has its UUID');
  };
  const outcome = applyTransaction(observed, list, { newUuid });
  if (outcome.kind !== 'committed') throw new Error(`the transaction is ${outcome.kind}`);
  return outcome.snapshot;
}

function programmed(result: IntentResult): Snapshot {
  const empty = emptySnapshot(nbSchema, [...compiledTables]);
  return carriedOut(empty, operations(planOf(result, empty).changes));
}

function fabricOf(floatingIps: number): Fabric {
  const chassis = nodeNames.map((hostname): [string, Chassis] => {
    const name = `chassis-${hostname}`;
    return [name, { name, hostname, mappings: new Set(['external']) }];
  });
  const claims = Array.from({ length: floatingIps }, (_, place): [string, string] => [
    `pod-${place}`,
    `chassis-${nodeOf(place)}`,
  ]);
  const gateways = Array.from({ length: vpcsOf(floatingIps) }, (_, vpc): [string, string] => [
    `cr-vpc-${vpc}-external`,
    'chassis-node-0',
  ]);
  return {
    chassis: new Map(chassis),
    claims: new Map([...claims, ...gateways]),
    gateways: new Map(),
    bfdRows: new Set(),
  };
}

function vpcsOf(floatingIps: number): number {
  return Math.ceil(floatingIps / floatingIpsPerVpc);
}

function nodeOf(place: number): string {
  return nodeNames[place % nodeNames.length] ?? '';
}

function objectsOf(floatingIps: number): readonly Resource[] {
  const external = { externalSubnet: 'external' };
  return [
    ...nodeNames.map((name) =>
      object('Node', name, {}, { labels: { 'ovn.kubernetes.io/external-gw': 'true' } }),
    ),
    object('ProviderNetwork', 'external', { defaultInterface: 'eth1' }),
    object('Vlan', 'external', { provider: 'external' }),
    object('Subnet', 'external', { vlan: 'external', cidrBlock: '10.0.0.0/8', gateway: '10.0.0.1' }),
    ...Array.from({ length: vpcsOf(floatingIps) }, (_, vpc) => [
      object('Vpc', `vpc-${vpc}`, { enableExternal: true }),
      ...[0, 1].map((half) =>
        object('Subnet', `vpc-${vpc}-${half}`, {
          vpc: `vpc-${vpc}`,
          cidrBlock: `192.168.${half}.0/24`,
          gateway: `192.168.${half}.1`,
        }),
      ),
    ]).flat(),
    ...Array.from({ length: floatingIps }, (_, place) => [
      object('OvnEip', `eip-${place}`, external),
      object('IP', `pod-${place}`, {
        subnet: `vpc-${Math.floor(place / floatingIpsPerVpc)}-${place % 2}`,
        nodeName: nodeOf(place),
      }),
      object('OvnFip', `fip-${place}`, { ovnEip: `eip-${place}`, ipName: `pod-${place}` }),
    ]).flat(),
  ];
}

function object(kind: string, name: string, spec: object, metadata: object = {}): Resource {
  const parsed = parseResource({
    apiVersion: kind === 'Node' ? 'v1' : 'kubeovn.io/v1',
    kind,
    metadata: { name, uid: `uid-${kind}-${name}`, creationTimestamp: now, ...metadata },
    spec,
  });
  if (parsed.ok) return parsed.resource;
  throw new Error(parsed.problems.map(({ message }) => message).join());
}
