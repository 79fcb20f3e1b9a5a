import type { IP, NodeOrder, Subnet } from '@berth/api';
import { type Lab, labUp } from '@berth/lab';
import { type NodeAgent, nodeAgent } from '@berth/node';
import { testMetadata, testNetwork, testNode, testVlan } from '../../packages/node/src/testing/resources.ts';

/** Addresses of the lab that the tests of gateways play on. */
export const gatewayLab = {
  nodes: ['n1', 'n2', 'n3'],
  /** Where the pods are: none is on n3. */
  podNode: { db: 'n1', web: 'n2' },
  vlanId: 7,
  upstream: ['10.9.101.1', '2001:db8:9::1'],
  routerMac: '0a:00:00:00:01:01',
  /** To `web`, by the active gateway: n1. */
  central: { ip: '10.9.101.9', ip6: '2001:db8:9::9' },
  /** To `db`, on its own node. */
  distributed: { ip: '10.9.101.8', mac: '0a:00:00:00:02:08' },
} as const;

const { nodes, podNode, vlanId, upstream, routerMac, central, distributed } = gatewayLab;

const subnet: Subnet = {
  apiVersion: 'kubeovn.io/v1',
  kind: 'Subnet',
  metadata: testMetadata('blue'),
  spec: { cidrBlock: '192.168.0.0/24,fd00::/64' },
};

function addressOf(pod: keyof typeof podNode, last: number): IP {
  return {
    apiVersion: 'kubeovn.io/v1',
    kind: 'IP',
    metadata: testMetadata(`${pod}.default`),
    spec: {
      podName: pod,
      namespace: 'default',
      subnet: 'blue',
      nodeName: podNode[pod],
      ipAddress: `192.168.0.${last},fd00::${last}`,
      macAddress: `0a:00:00:00:00:0${last}`,
    },
  };
}

const northbound = `
ovn-nbctl --timeout=60 --wait=sb -- ls-add blue \\
  -- lsp-add blue web.default -- lsp-set-addresses web.default '0a:00:00:00:00:04 192.168.0.4 fd00::4' \\
  -- lsp-add blue db.default -- lsp-set-addresses db.default '0a:00:00:00:00:05 192.168.0.5 fd00::5' \\
  -- lr-add vpc1 -- lrp-add vpc1 vpc1-blue 0a:00:00:00:01:00 192.168.0.1/24 fd00::1/64 \\
  -- lsp-add blue blue-vpc1 -- lsp-set-type blue-vpc1 router -- lsp-set-addresses blue-vpc1 router \\
  -- lsp-set-options blue-vpc1 router-port=vpc1-blue \\
  -- ls-add ext -- lsp-add ext localnet.ext '' ${vlanId} -- lsp-set-type localnet.ext localnet \\
  -- lsp-set-addresses localnet.ext unknown -- lsp-set-options localnet.ext network_name=ext \\
  -- lsp-add ext witness \\
  -- lrp-add vpc1 vpc1-ext ${routerMac} 10.9.101.2/24 2001:db8:9::2/64 \\
  -- lsp-add ext ext-vpc1 -- lsp-set-type ext-vpc1 router -- lsp-set-addresses ext-vpc1 router \\
  -- lsp-set-options ext-vpc1 router-port=vpc1-ext nat-addresses=router \\
  -- lr-nat-add vpc1 dnat_and_snat ${central.ip} 192.168.0.4 \\
  -- lr-nat-add vpc1 dnat_and_snat ${central.ip6} fd00::4 \\
  -- lr-nat-add vpc1 dnat_and_snat ${distributed.ip} 192.168.0.5 db.default ${distributed.mac}`;

/** A lab of three nodes, its gateways n1 and n2, with a centralized and a distributed floating IP on a tagged external network. */
export type GatewayLab = AsyncDisposable & {
  readonly lab: Lab;
  /** What a program prints; throws when it exits other than 0. */
  run(where: string, script: string): Promise<string>;
  /** Gives the members of the gateway group their priorities. */
  prefer(first: 'n1' | 'n2'): Promise<void>;
  /** The chassis of a node. */
  chassis(node: string): string;
};

/** Starts the lab; resolves when both pods answer from outside. */
export async function startGatewayLab(name: string): Promise<GatewayLab> {
  await using stack = new AsyncDisposableStack();
  const lab = stack.use(await labUp({ name, nodes, wires: ['ext0'], attached: true }));
  const run = async (where: string, script: string): Promise<string> => {
    const { stdout, stderr, exitCode } = await lab.exec(where, ['bash', '-ec', script], {
      timeoutMs: 90_000,
    });
    if (exitCode !== 0) throw new Error(`${where}: ${script}: ${stderr}`);
    return stdout.trim();
  };
  const chassis = (node: string): string =>
    lab.plan.nodes.find((each) => each.name === node)?.systemId ?? `no node ${node}`;
  const prefer = async (first: 'n1' | 'n2'): Promise<void> => {
    const second = first === 'n1' ? 'n2' : 'n1';
    const members = [`${chassis(first)} 100`, `${chassis(second)} 90`];
    await run(
      'central',
      `ovn-nbctl --timeout=60 --wait=sb ${members.map((each) => `-- lrp-set-gateway-chassis vpc1-ext ${each}`).join(' ')}`,
    );
  };
  await lab.outside.configure([outsideNetwork]);
  for (const pod of ['web', 'db']) await lab.createPod({ namespace: 'default', name: pod });
  await run('central', northbound);
  const agents = await Promise.all(
    nodes.map((node) => nodeAgent({ host: lab.host(node), instance: 'default' })),
  );
  for (const agent of agents) stack.use(agent);
  await Promise.all(agents.map(play));
  await prefer('n1');
  const held = stack.move();
  return { lab, run, prefer, chassis, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** The upstream router's addresses. */
export const outsideNetwork = {
  wire: 'ext0',
  vlanId,
  addresses: [`${upstream[0]}/24`, `${upstream[1]}/64`],
} as const;

/** An order for a node with everything the lab has, and what a test changes of it. */
export function gatewayOrder(node: string, spec: Partial<NodeOrder['spec']> = {}): NodeOrder {
  const place = { network: 'ext', vlanId };
  const gateway = { ...place, mac: routerMac, port: 'cr-vpc1-ext' };
  return {
    apiVersion: 'gateway.berth.dev/v1alpha1',
    kind: 'NodeOrder',
    metadata: testMetadata(node),
    spec: {
      epoch: 1,
      revision: 'first',
      probes: [
        { ...place, targets: [upstream[0]], intervalMs: 200, failureThreshold: 3, successThreshold: 2 },
      ],
      addresses: [
        { ...gateway, pairs: `${central.ip} 192.168.0.4\n${central.ip6} fd00::4\n10.9.101.2` },
        { ...place, mac: distributed.mac, port: 'db.default', pairs: `${distributed.ip} 192.168.0.5` },
      ],
      witnesses: [],
      fences: [],
      ...spec,
    },
  };
}

async function play(agent: NodeAgent): Promise<void> {
  const resources = {
    ProviderNetwork: [testNetwork('ext')],
    Vlan: [testVlan('v7', 'ext', vlanId)],
    Node: nodes.map((name) => testNode(name)),
    IP: [addressOf('web', 4), addressOf('db', 5)],
    Subnet: [subnet],
  };
  const netnsByPod = new Map(['web', 'db'].map((pod) => [`default/${pod}`, `pod.default.${pod}`]));
  const { faults } = await agent.reconcile({ resources, netnsByPod });
  const [fault] = faults;
  if (fault) throw fault;
  await agent.installed(60_000);
}
