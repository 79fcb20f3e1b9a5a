import { whoAnswers } from '@berth/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/kube-bench.ts';
import { externalNetwork, gatewayConfig, kubeOvn, nodeObject, podObject } from '../support/kube-objects.ts';
import { type LabCluster, startLabCluster } from '../support/lab-cluster.ts';
import { type NextHop, nextHop } from '../support/next-hop.ts';

/*
 * The phases of Kube-OVN's own end-to-end test of OVN EIPs (test/e2e/ovn-vpc-nat-gw), with the packets that it only logs asserted. Where
 * the two differ it is said. Not re-enacted is what Berth does not do: nodes get no labels, of a provider network or as next hops, and a NIC
 * with addresses is refused and not emptied.
 */

const nodes = ['node-1', 'node-2', 'node-3'];
const gateways = ['node-2', 'node-3'];
const upstream = '10.9.101.1';
const extraUpstream = '10.9.102.1';
const config = {
  'enable-external-gw': 'true',
  type: 'centralized',
  'external-gw-nodes': gateways.join(),
  'external-gw-nic': 'eth1',
  'external-gw-addr': `${upstream}/24`,
};

let cluster: LabCluster;
beforeAll(async () => {
  cluster = await startLabCluster('phases', nodes);
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

const eip = (name: string, externalSubnet: string, v4Ip: string, type = 'nat') =>
  kubeOvn('OvnEip', name, { externalSubnet, v4Ip, type });
const pods = (vpc: string) => nodes.map((node) => `default/${vpc}-${node}`);

/** A VPC of one subnet with a pod on every node, the pod's last number that of its node. */
function vpcWithPods(name: string, network: string, vpc: object, subnet: object = {}) {
  return [
    kubeOvn('Vpc', name, { enableExternal: true, ...vpc }),
    kubeOvn('Subnet', `${name}-subnet`, {
      vpc: name,
      protocol: 'IPv4',
      cidrBlock: `${network}.0/24`,
      gateway: `${network}.1`,
      ...subnet,
    }),
    ...nodes.map((node) =>
      podObject(`${name}-${node}`, node, `${name}-subnet`, `${network}.1${node.at(-1)}`),
    ),
  ];
}

/** A pod holds a further address, as one that shares a Vip does, once it has an interface: a Vip's floating IP waits for no pod. */
async function hold(pod: string, ip: string): Promise<void> {
  await eventually(async () => (await cluster.at(pod, 'ip', '-o', 'link')).includes(' eth0'));
  await cluster.at(pod, 'ip', 'address', 'replace', `${ip}/32`, 'dev', 'eth0');
}

async function reasonOf(object: string): Promise<string> {
  const { status } = await cluster.get(object);
  return status?.conditions?.find(({ type }: { type: string }) => type === 'Ready')?.reason;
}

test('setup: provider networks on every node, with the node’s NIC in the bridge', async () => {
  await cluster.apply(
    ...nodes.map(nodeObject),
    gatewayConfig(config),
    ...externalNetwork('external', 'eth1', {
      protocol: 'Dual',
      cidrBlock: '10.9.101.0/24,fd00:101::/64',
      gateway: `${upstream},fd00:101::1`,
      excludeIps: [`${upstream}..10.9.101.8`, 'fd00:101::1'],
    }),
    ...externalNetwork('extra', 'eth2', {
      protocol: 'IPv4',
      cidrBlock: '10.9.102.0/24',
      gateway: extraUpstream,
      excludeIps: [extraUpstream],
    }),
  );
  await cluster.ready('provider-network/external', 'provider-network/extra');
  for (const network of ['external', 'extra']) {
    const { status } = await cluster.get(`provider-network/${network}`);
    expect(status).toMatchObject({ readyNodes: nodes, notReadyNodes: [], vlans: [network] });
  }
  for (const node of nodes) {
    const ports = await cluster.at(node, 'ovs-vsctl', 'list-ports', 'br-external');
    expect(ports.split('\n')).toContain('eth1');
    const [nic, bridge] = await Promise.all(
      ['eth1', 'br-external'].map((each) => cluster.at(node, 'cat', `/sys/class/net/${each}/mtu`)),
    );
    expect(bridge).toBe(nic);
  }
});

test('0: an EIP counts in its subnet, in both families', async () => {
  const counts = async () => {
    const { v4availableIPs, v4usingIPs, v4usingIPrange, v6usingIPs } = (await cluster.get('subnet/external'))
      .status;
    return { v4availableIPs, v4usingIPs, v4usingIPrange, v6usingIPs };
  };
  await cluster.ready('ovn-eip/ovn-cluster-external');
  await eventually(async () => (await counts()).v4usingIPs === 1);
  const before = await counts();
  await cluster.apply(eip('counting', 'external', '10.9.101.199'));
  await eventually(async () => (await counts()).v4usingIPs === 2);
  expect(await counts()).toEqual({
    v4availableIPs: before.v4availableIPs - 1,
    v4usingIPs: 2,
    v4usingIPrange: `${before.v4usingIPrange},10.9.101.199`,
    v6usingIPs: before.v6usingIPs + 1,
  });
  await cluster.remove('ovn-eip/counting');
  await eventually(async () => (await counts()).v4usingIPs === 1);
  expect(await counts()).toEqual(before);
});

test('1: one address for a router port, a floating IP, a forwarded port and a subnet; packets on all of them', async () => {
  const shared = { ovnEip: 'no-bfd-external' };
  const vip = { ...shared, ipType: 'vip', ipName: 'no-bfd-vip' };
  await cluster.apply(
    eip('no-bfd-external', 'external', '10.9.101.20', 'lrp'),
    ...vpcWithPods('no-bfd', '192.168.0', {}),
    kubeOvn('Vip', 'no-bfd-vip', { subnet: 'no-bfd-subnet', v4ip: '192.168.0.100' }),
    kubeOvn('OvnSnatRule', 'no-bfd', { ...shared, vpcSubnet: 'no-bfd-subnet' }),
    kubeOvn('OvnFip', 'no-bfd-vip', vip),
    kubeOvn('OvnDnatRule', 'no-bfd', { ...vip, protocol: 'tcp', externalPort: '80', internalPort: '8080' }),
    eip('pod', 'external', '10.9.101.21'),
    kubeOvn('OvnFip', 'pod', { ovnEip: 'pod', ipName: 'no-bfd-node-1.default' }),
  );
  const rules = ['ovn-fip/no-bfd-vip', 'ovn-dnat-rule/no-bfd', 'ovn-snat-rule/no-bfd'];
  await cluster.ready('vpc/no-bfd', 'ovn-eip/no-bfd-external', ...rules, 'ovn-fip/pod');
  for (const object of ['ovn-eip/no-bfd-external', ...rules])
    expect((await cluster.get(object)).metadata.labels).toMatchObject({
      'ovn.kubernetes.io/eip_v4_ip': '10.9.101.20',
    });
  expect((await cluster.get('ovn-eip/no-bfd-external')).status.nat).toBe('dnat,fip,snat');
  // Upstream the route is the user's to write.
  const routes = await cluster.nb('lr-route-list', 'no-bfd');
  expect(routes.filter((line) => line.startsWith('0.0.0.0/0'))).toEqual([
    `0.0.0.0/0 ${upstream} dst-ip no-bfd-external`,
  ]);

  await cluster.apply(kubeOvn('OvnFip', 'second', { ...shared, ipName: 'no-bfd-node-2.default' }));
  await eventually(async () => (await reasonOf('ovn-fip/second')) === 'FipDuplicate');
  await cluster.remove('ovn-fip/second');

  await hold('default/no-bfd-node-3', '192.168.0.100');
  const targets = ['10.9.101.20', '10.9.101.21', upstream];
  await cluster.answered([
    'outside 10.9.101.20',
    'outside 10.9.101.21',
    ...pods('no-bfd').flatMap((pod) => targets.map((to) => `${pod} ${to}`)),
  ]);
  const from = 'default/no-bfd-node-2';
  expect(await cluster.peerOf({ from, to: upstream, server: 'outside', port: 7001 })).toBe('10.9.101.20');
  const inward = { from: 'outside', to: '10.9.101.20', server: 'default/no-bfd-node-3' };
  expect(await cluster.peerOf({ ...inward, port: 80, serverPort: 8080 })).toBe(upstream);
});

test('1.3: the same on an extra external subnet, by the user’s own route', async () => {
  const shared = { ovnEip: 'far-extra' };
  const route = { policy: 'policySrc', cidr: '192.168.1.0/24', nextHopIP: extraUpstream };
  await cluster.apply(
    eip('far-extra', 'extra', '10.9.102.20', 'lrp'),
    ...vpcWithPods('far', '192.168.1', { extraExternalSubnets: ['extra'], staticRoutes: [route] }),
    kubeOvn('OvnSnatRule', 'far', { ...shared, vpcSubnet: 'far-subnet' }),
    kubeOvn('OvnFip', 'far', { ...shared, ipName: 'far-node-1.default' }),
    kubeOvn('OvnDnatRule', 'far', {
      ...{
        ...shared,
        ipName: 'far-node-2.default',
        protocol: 'tcp',
        externalPort: '80',
        internalPort: '8080',
      },
    }),
  );
  const rules = ['ovn-fip/far', 'ovn-dnat-rule/far', 'ovn-snat-rule/far'];
  await cluster.ready('vpc/far', 'ovn-eip/far-extra', ...rules);
  for (const object of ['ovn-eip/far-extra', ...rules])
    expect((await cluster.get(object)).metadata.labels).toMatchObject({
      'ovn.kubernetes.io/eip_v4_ip': '10.9.102.20',
    });
  expect(await cluster.nb('lr-route-list', 'far')).toContain(
    `192.168.1.0/24 ${extraUpstream} src-ip far-extra`,
  );
  await cluster.answered([
    'outside 10.9.102.20',
    ...pods('far').flatMap((pod) => ['10.9.102.20', extraUpstream].map((to) => `${pod} ${to}`)),
  ]);
  const from = 'default/far-node-3';
  expect(await cluster.peerOf({ from, to: extraUpstream, server: 'outside', port: 7002 })).toBe(
    '10.9.102.20',
  );
  const inward = { from: 'outside', to: '10.9.102.20', server: 'default/far-node-2' };
  expect(await cluster.peerOf({ ...inward, port: 80, serverPort: 8080 })).toBe(extraUpstream);
});

test('1.5 to 1.7: two external subnets at once, and each rule goes by itself', async () => {
  const vips = { a: '10.0.0.100', b: '10.0.0.101' };
  await cluster.apply(
    ...vpcWithPods('two', '10.0.0', {
      extraExternalSubnets: ['external', 'extra'],
      staticRoutes: [{ cidr: '0.0.0.0/0', nextHopIP: upstream }],
    }),
    ...(['a', 'b'] as const).flatMap((name, index) => {
      const [subnet, first] = index === 0 ? ['external', '10.9.101.3'] : ['extra', '10.9.102.3'];
      return [
        eip(`snat-${name}`, subnet, `${first}0`),
        eip(`fip-${name}`, subnet, `${first}1`),
        kubeOvn('OvnSnatRule', `two-${name}`, {
          ovnEip: `snat-${name}`,
          vpc: 'two',
          v4IpCidr: '10.0.0.0/24',
        }),
        kubeOvn('Vip', `two-${name}`, { subnet: 'two-subnet', v4ip: vips[name] }),
        kubeOvn('OvnFip', `two-${name}`, { ovnEip: `fip-${name}`, vpc: 'two', v4Ip: vips[name] }),
      ];
    }),
  );
  const kinds = ['ovn-snat-rule', 'ovn-fip'];
  await cluster.ready(...kinds.flatMap((kind) => ['a', 'b'].map((name) => `${kind}/two-${name}`)));
  await hold('default/two-node-1', vips.a);
  await hold('default/two-node-2', vips.b);
  const nats = async () =>
    (await cluster.nb('lr-nat-list', 'two')).map((line) => line.split(' ').slice(0, 1)[0]);
  expect((await nats()).slice(1).sort()).toEqual(['dnat_and_snat', 'dnat_and_snat', 'snat', 'snat']);
  await cluster.answered(['outside 10.9.101.31', 'outside 10.9.102.31']);
  const leaving = (to: string, port: number, timeoutMs = 3_000) =>
    cluster.peerOf({ from: 'default/two-node-3', to, server: 'outside', port, timeoutMs });
  expect(await leaving(upstream, 7003)).toBe('10.9.101.30');
  expect(await leaving(extraUpstream, 7004)).toBe('10.9.102.30');

  // Upstream patches OVN for port forwards on such a router; here the rule says why it is none.
  await cluster.apply(
    kubeOvn('OvnDnatRule', 'two', {
      ...{
        ovnEip: 'snat-a',
        vpc: 'two',
        v4Ip: '10.0.0.200',
        protocol: 'tcp',
        externalPort: '8080',
        internalPort: '80',
      },
    }),
  );
  await eventually(async () => (await reasonOf('ovn-dnat-rule/two')) === 'DnatSeveralGateways');
  await cluster.remove('ovn-dnat-rule/two', 'ovn-snat-rule/two-a', 'ovn-fip/two-b');
  await cluster.unanswered(['outside 10.9.102.31']);
  await cluster.answered(['outside 10.9.101.31']);
  expect((await nats()).slice(1).sort()).toEqual(['dnat_and_snat', 'snat']);
  expect(await leaving(extraUpstream, 7005)).toBe('10.9.102.30');
  expect(await leaving(upstream, 7006, 1_000)).not.toBe('10.9.101.30');
  await cluster.remove('ovn-snat-rule/two-b', 'ovn-fip/two-a');
  await eventually(async () => (await nats()).length <= 1);

  const forward = (name: string, ovnEip: string, ipName: string) =>
    kubeOvn('OvnDnatRule', name, {
      ...{ ovnEip, ipName, protocol: 'tcp', externalPort: '8080', internalPort: '80' },
    });
  await cluster.apply(
    eip('forward', 'external', '10.9.101.32'),
    forward('one', 'pod', 'no-bfd-node-1.default'),
    forward('other', 'forward', 'no-bfd-node-2.default'),
  );
  await cluster.ready('ovn-dnat-rule/one', 'ovn-dnat-rule/other');
  expect((await cluster.get('ovn-dnat-rule/other')).status).toMatchObject({
    ...{ vpc: 'no-bfd', v4Eip: '10.9.101.32', v4Ip: '192.168.0.12' },
    ...{ protocol: 'tcp', externalPort: '8080', internalPort: '80' },
  });
  const arriving = (to: string, node: string) =>
    cluster.peerOf({ from: 'outside', to, server: `default/no-bfd-${node}`, port: 8080, serverPort: 80 });
  expect(await arriving('10.9.101.32', 'node-2')).toBe(upstream);
  expect(await arriving('10.9.101.21', 'node-1')).toBe(upstream);
  await cluster.remove('ovn-dnat-rule/other');
  expect((await cluster.nb('lr-lb-list', 'no-bfd')).filter((line) => line.includes(':8080 '))).toEqual([
    expect.stringContaining('10.9.101.21:8080 192.168.0.11:80'),
  ]);
  expect(await arriving('10.9.101.21', 'node-1')).toBe(upstream);
  await cluster.remove('ovn-dnat-rule/one');
});

test('2: a subnet leaves by next hops on every node that are watched', async () => {
  const mac = (node: string) => `02:00:00:00:00:2${node.at(-1)}`;
  const hop = (node: string) => `10.9.101.4${node.at(-1)}`;
  await cluster.apply(
    eip('bfd-external', 'external', '10.9.101.40', 'lrp'),
    ...vpcWithPods('bfd', '192.168.2', { enableBfd: true }, { enableEcmp: true }),
    ...nodes.map((node) =>
      kubeOvn('OvnEip', node, {
        ...{ externalSubnet: 'external', type: 'lsp', v4Ip: hop(node), macAddress: mac(node) },
      }),
    ),
    ...['fip', 'dnat', 'snat', 'one'].map((name, index) =>
      eip(`bfd-${name}`, 'external', `10.9.101.5${index}`),
    ),
    kubeOvn('OvnFip', 'bfd', { ovnEip: 'bfd-fip', ipName: 'bfd-node-1.default' }),
    kubeOvn('OvnDnatRule', 'bfd', {
      ...{
        ovnEip: 'bfd-dnat',
        ipName: 'bfd-node-2.default',
        protocol: 'tcp',
        externalPort: '80',
        internalPort: '8080',
      },
    }),
    kubeOvn('OvnSnatRule', 'bfd', { ovnEip: 'bfd-snat', vpc: 'bfd', v4IpCidr: '192.168.2.0/24' }),
    kubeOvn('OvnSnatRule', 'bfd-one', { ovnEip: 'bfd-one', ipName: 'bfd-node-3.default' }),
  );
  await cluster.ready(
    'vpc/bfd',
    'ovn-fip/bfd',
    'ovn-dnat-rule/bfd',
    'ovn-snat-rule/bfd',
    'ovn-snat-rule/bfd-one',
  );
  const routes = await cluster.nb('lr-route-list', 'bfd');
  expect(routes.filter((line) => line.includes('src-ip')).map((line) => line.split(' ').slice(0, 3))).toEqual(
    nodes.map((node) => ['192.168.2.0/24', hop(node), 'src-ip']),
  );
  const hops: NextHop[] = [];
  try {
    for (const node of nodes)
      hops.push(
        await nextHop(cluster, { node, ip: hop(node), mac: mac(node), router: '10.9.101.40', upstream }),
      );
    await cluster.ready(...nodes.map((node) => `ovn-eip/${node}`));
    const states = () => cluster.nb('--bare', '--columns=status', 'find', 'BFD', 'status=up');
    await eventually(async () => (await states()).length === nodes.length);
    await cluster.at('outside', 'ip', 'address', 'add', '203.0.113.1/32', 'dev', 'lo');
    const leaving = (pod: string, port: number) =>
      cluster.peerOf({ from: `default/bfd-${pod}`, to: '203.0.113.1', server: 'outside', port });
    expect(await leaving('node-2', 7007)).toBe('10.9.101.52');
    expect(await leaving('node-3', 7008)).toBe('10.9.101.53');
    const inward = { from: 'outside', to: '10.9.101.51', server: 'default/bfd-node-2' };
    expect(await cluster.peerOf({ ...inward, port: 80, serverPort: 8080 })).toBe(upstream);
    await cluster.answered(['outside 10.9.101.50', ...pods('bfd').map((pod) => `${pod} 203.0.113.1`)]);
    const forwarded = await Promise.all(hops.map((each) => each.forwarded()));
    expect(forwarded.some((count) => count > 0)).toBe(true);
  } finally {
    for (const each of hops) await each.end();
  }
});

test('3 and 4: distributed from now on, and a floating IP for the pod of every node answers on it', async () => {
  expect((await cluster.get('ovn-fip/pod')).status).toMatchObject({ placement: 'centralized' });
  await eventually(async () => gateways.includes((await whoAnswers(cluster.lab, '10.9.101.21')).node ?? ''));
  // Kube-OVN labels the nodes that the ConfigMap names, and distributed it goes by labels alone.
  await cluster.kubectl('label', 'node', ...gateways, 'ovn.kubernetes.io/external-gw=true');
  await cluster.apply(gatewayConfig({ ...config, type: 'distributed' }));
  await eventually(async () => (await cluster.get('ovn-fip/pod')).status.placement === 'distributed');
  await cluster.apply(
    ...nodes.flatMap((node, index) => [
      eip(`each-${node}`, 'extra', `10.9.102.6${index}`),
      kubeOvn('OvnFip', `each-${node}`, { ovnEip: `each-${node}`, ipName: `far-${node}.default` }),
    ]),
  );
  // Its target has one on the router's own address already.
  await cluster.remove('ovn-fip/far');
  await cluster.ready('ovn-fip/pod', ...nodes.map((node) => `ovn-fip/each-${node}`));
  await cluster.answered(['outside 10.9.101.21', ...nodes.map((_, index) => `outside 10.9.102.6${index}`)]);
  for (const [index, node] of nodes.entries())
    await eventually(async () => (await whoAnswers(cluster.lab, `10.9.102.6${index}`)).node === node);
  await eventually(async () => (await whoAnswers(cluster.lab, '10.9.101.21')).node === 'node-1');
});

test('5 and 6: pods go, then everything else, and OVN is empty', async () => {
  await cluster.kubectl('delete', 'pods', '--all', '--timeout=40s');
  await cluster.unanswered([
    'outside 10.9.101.21',
    'outside 10.9.102.60',
    'outside 10.9.102.61',
    'outside 10.9.102.62',
  ]);
  await cluster.kubectl('-n', 'kube-system', 'delete', 'configmap', 'ovn-external-gw-config');
  const kinds = [
    'ovn-fips',
    'ovn-dnat-rules',
    'ovn-snat-rules',
    'ovn-eips',
    'vips',
    'ips',
    'vpcs',
    'subnets',
  ];
  const all = [...kinds, 'vlans', 'provider-networks'].join();
  await cluster.kubectl('delete', '--wait=false', '--all', all);
  await eventually(async () => (await cluster.kubectl('get', all, '-o', 'name')) === '');
  expect(await cluster.nb('show')).toEqual([]);
  expect(await cluster.nb('--bare', '--columns=_uuid', 'list', 'NAT')).toEqual([]);
  expect(await cluster.nb('lb-list')).toEqual([]);
});
