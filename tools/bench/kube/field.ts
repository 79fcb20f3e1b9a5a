import { join } from 'node:path';
import { type OwnKubeServer, requireKubePrograms, startOwnKubeServer } from '@berth/lab';
import { openDatabase } from '@berth/ovsdb';
import { agentAdmission, agentGrants, controllerGrants } from '@berth/source/kube';
import { type Bench, startBench } from '../../../packages/engine/src/testing/bench.ts';
import { Api } from '../../../packages/source/src/kube/api/api.ts';

/** A real API server and real databases with a VPC that has an external network, and nothing that works on them yet. */
export type Field = AsyncDisposable & {
  readonly kube: OwnKubeServer;
  readonly bench: Bench;
  /** As the administrator, with connections that are kept. */
  readonly api: Api;
};

export const controllerUser = 'berth-controller';
export const agentUserPrefix = 'berth-agent:';
export const kubeOvn = '/apis/kubeovn.io/v1';

const lease = { namespace: 'kube-system', name: 'berth-controller' };
const agentGroup = 'berth:agents';
const example = join(import.meta.dirname, '../../../examples/01-field-story');

/** Of these nodes the first two are gateways, and the first one serves. */
export const nodeNames = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, place) => `node-${place + 1}`);

/** Starts everything, with so many nodes that are chassis and whose agents may report. */
export async function openField(nodeCount: number): Promise<Field> {
  await using stack = new AsyncDisposableStack();
  const nodes = nodeNames(nodeCount);
  const kube = stack.use(
    await startOwnKubeServer({
      programs: requireKubePrograms(process.env),
      users: [
        { name: controllerUser, groups: [] },
        ...nodes.map((node) => ({ name: `${agentUserPrefix}${node}`, groups: [agentGroup] })),
      ],
      manifests: [
        ...controllerGrants(controllerUser, lease),
        ...agentGrants({ kind: 'Group', name: agentGroup }),
        ...agentAdmission({ userPrefix: agentUserPrefix }),
      ],
    }),
  );
  const bench = stack.use(await startBench(example, nodes, 'external0'));
  await claimGateway(bench.sb.remote, 'cr-vpc1-external0', 'chassis-node-1');
  const api = new Api({ kubeconfig: kube.kubeconfig() });
  stack.defer(() => api.close());
  await kube.apply([...nodes.map(node), ...network]);
  const held = stack.move();
  return { kube, bench, api, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** Stands in for ovn-controller, which there is none of here: without a claim no centralized address is ready. */
async function claimGateway(remote: string, port: string, chassis: string): Promise<void> {
  await using south = await openDatabase({ remotes: [remote], database: 'OVN_Southbound' });
  const replica = await south.monitor({ tables: { Chassis: ['name'] } });
  const found = [...replica.snapshot().table('Chassis')].find(({ name }) => name === chassis);
  if (!found) throw new Error(`there is no ${chassis}`);
  await south.transact([
    { op: 'insert', table: 'Datapath_Binding', uuidName: 'datapath', row: { tunnel_key: 1 } },
    {
      op: 'insert',
      table: 'Port_Binding',
      row: {
        ...{ logical_port: port, type: 'chassisredirect', tunnel_key: 1 },
        ...{ datapath: 'datapath', chassis: found._uuid },
      },
    },
  ]);
}

function node(name: string, place: number) {
  const labels = place < 2 ? { 'ovn.kubernetes.io/external-gw': 'true' } : {};
  return {
    collection: '/api/v1/nodes',
    object: { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } },
  };
}

function manifest(plural: string, kind: string, name: string, spec: object) {
  const object = { apiVersion: 'kubeovn.io/v1', kind, metadata: { name }, spec };
  return { collection: `${kubeOvn}/${plural}`, object };
}

const network = [
  manifest('provider-networks', 'ProviderNetwork', 'external0', { defaultInterface: 'eth1' }),
  manifest('vlans', 'Vlan', 'external0', { id: 0, provider: 'external0' }),
  manifest('subnets', 'Subnet', 'external0', {
    ...{ protocol: 'IPv4', cidrBlock: '10.64.0.0/12', gateway: '10.64.0.1', vlan: 'external0' },
  }),
  manifest('vpcs', 'Vpc', 'vpc1', { enableExternal: true, extraExternalSubnets: ['external0'] }),
  manifest('subnets', 'Subnet', 'vpc1-subnet1', {
    ...{ vpc: 'vpc1', protocol: 'IPv4', cidrBlock: '172.16.0.0/12', gateway: '172.16.0.1' },
  }),
];

/** The address inside that a floating IP leads to. */
export function insideIp(index: number): string {
  // The network and its gateway are nobody's.
  const at = index + 2;
  return `172.${16 + (at >> 16)}.${(at >> 8) & 255}.${at & 255}`;
}

/** Creates an EIP and a floating IP to a bare address, the EIP first. Gives the time when the API server had both. */
export async function createFloatingIp(api: Api, name: string, index: number): Promise<number> {
  const of = manifest('ovn-eips', 'OvnEip', name, { externalSubnet: 'external0' });
  const to = manifest('ovn-fips', 'OvnFip', name, {
    ...{ ovnEip: name, vpc: 'vpc1', v4Ip: insideIp(index), type: 'centralized' },
  });
  for (const { collection, object } of [of, to]) {
    await api.call({ method: 'POST', path: collection, body: object });
  }
  return performance.now();
}
