import { type Lab, labUp } from '@berth/lab';
import { network, type StagePod, type StageVpc, type Topology, upstream, vpcsOf } from './topology.ts';

/** Tunnel BFD: quick, and steady on two processors. */
const bfd = ['bfd-min-rx=300', 'bfd-min-tx=300', 'bfd-mult=3'];

/**
 * A lab with the topology on it, written the way any CMS would: nothing of it is Berth's. It belongs to this process and
 * ends with it.
 */
export async function raise(topology: Topology, labName: string): Promise<Lab> {
  const lab = await labUp({ name: labName, nodes: topology.nodes, wires: ['ext0'], attached: true });
  try {
    await lab.outside.configure([
      { wire: 'ext0', vlanId: 0, addresses: [`${upstream[0]}/24`, `${upstream[1]}/64`] },
    ]);
    const vpcs = vpcsOf(topology);
    const pods = vpcs.flatMap((vpc) => vpc.pods);
    await Promise.all(pods.map((pod) => lab.createPod(pod)));
    const chassis = new Map(lab.plan.nodes.map(({ name, systemId }) => [name, systemId]));
    const rows = [...sharedRows(), ...vpcs.flatMap((vpc) => vpcRows(vpc, chassis))];
    await succeed(lab, 'central', ['ovn-nbctl', '-t', '20', ...rows.flatMap((row) => ['--', ...row])]);
    await Promise.all(
      topology.nodes.map((node) => {
        const here = pods.filter((pod) => pod.node === node);
        return succeed(lab, node, ['bash', '--noprofile', '--norc', '-ec', nodeScript(here)]);
      }),
    );
    await succeed(lab, 'central', ['ovn-nbctl', '-t', '20', '--wait=hv', 'sync']);
    return lab;
  } catch (fault) {
    await lab.down();
    throw fault;
  }
}

async function succeed(lab: Lab, where: string, argv: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await lab.exec(where, argv);
  if (exitCode !== 0) throw new Error(`${where}: ${argv[0]}: ${stderr}`);
}

function sharedRows(): string[][] {
  return [
    ['set', 'NB_Global', '.', ...bfd.map((each) => `options:${each}`)],
    ['ls-add', 'ext'],
    ['lsp-add', 'ext', 'ln'],
    ['lsp-set-type', 'ln', 'localnet'],
    ['lsp-set-addresses', 'ln', 'unknown'],
    ['lsp-set-options', 'ln', `network_name=${network}`],
  ];
}

function vpcRows(vpc: StageVpc, chassis: ReadonlyMap<string, string>): string[][] {
  const { name, routerIps, snatIps, gateways, pods } = vpc;
  const number = name.slice(3);
  const join = (logicalSwitch: string, port: string, mac: string, ...networks: string[]): string[][] => [
    ['lrp-add', name, port, mac, ...networks],
    ['lsp-add', logicalSwitch, `to-${port}`],
    ['lsp-set-type', `to-${port}`, 'router'],
    ['lsp-set-addresses', `to-${port}`, 'router'],
    ['lsp-set-options', `to-${port}`, `router-port=${port}`, 'nat-addresses=router'],
  ];
  return [
    ['lr-add', name],
    ['ls-add', `${name}-net`],
    ...join(
      `${name}-net`,
      `${name}-in`,
      `0c:00:00:00:00:0${number}`,
      `192.168.${number}.1/24`,
      `fd01:${number}::1/64`,
    ),
    ...join('ext', `${name}-ext`, `06:00:00:00:00:0${number}`, `${routerIps[0]}/24`, `${routerIps[1]}/64`),
    ...gateways.map((node, place) => [
      'lrp-set-gateway-chassis',
      `${name}-ext`,
      chassis.get(node) ?? node,
      String(100 - place),
    ]),
    ['lr-route-add', name, '0.0.0.0/0', upstream[0]],
    ['lr-route-add', name, '::/0', upstream[1]],
    ['lr-nat-add', name, 'snat', snatIps[0], `192.168.${number}.0/24`],
    ['lr-nat-add', name, 'snat', snatIps[1], `fd01:${number}::/64`],
    ...pods.flatMap((pod) => [
      ['lsp-add', `${name}-net`, pod.port],
      ['lsp-set-addresses', pod.port, `${pod.mac} ${pod.logicalIps.join(' ')}`],
      ...(pod.sort === 'snat' ? forwardRows(vpc, pod) : [0, 1].map((family) => natRow(pod, family))),
    ]),
  ].map((row) => [...row]);
}

/** A floating IP of one family, with the columns of its sort. */
function natRow(pod: StagePod, family: number): string[] {
  const id = `@${pod.port.replaceAll(/[^a-z0-9]/g, '')}${family}`;
  const columns = [
    'type=dnat_and_snat',
    `external_ip="${pod.externalIps[family]}"`,
    `logical_ip="${pod.logicalIps[family]}"`,
    ...(pod.sort === 'dist' || pod.sort === 'mac' ? [`external_mac="${pod.externalMac}"`] : []),
    ...(pod.sort === 'dist' || pod.sort === 'port' ? [`logical_port="${pod.port}"`] : []),
  ];
  return [`--id=${id}`, 'create', 'NAT', ...columns, '--', 'add', 'Logical_Router', pod.vpc, 'nat', id];
}

function forwardRows({ name, forwardIps }: StageVpc, pod: StagePod): string[][] {
  const address = (ip: string, port: number): string =>
    ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
  return forwardIps.flatMap((ip, family) => {
    const balancer = `${pod.port}-${family}`;
    const backend = address(pod.logicalIps[family] ?? '', 80);
    return [
      ['lb-add', balancer, address(ip, pod.forwardPort), backend, 'tcp'],
      ['lr-lb-add', name, balancer],
    ];
  });
}

/** What a node's agent and kubelet would do: the bridge, and a NIC for each pod. */
function nodeScript(pods: readonly StagePod[]): string {
  const addresses = (pod: StagePod): string => {
    const netns = `pod.${pod.namespace}.${pod.name}`;
    const nic = `p${pod.namespace}${pod.name.replaceAll('-', '')}`;
    const number = pod.vpc.slice(3);
    return `
ip link add ${nic} type veth peer name eth0 netns ${netns} address ${pod.mac}
ethtool -K ${nic} tx off gso off tso off gro off >/dev/null
ip netns exec ${netns} ethtool -K eth0 tx off gso off tso off gro off >/dev/null
ip link set ${nic} up
ip -n ${netns} -batch - <<'END'
link set eth0 mtu 1400 up
address add ${pod.logicalIps[0]}/24 dev eth0
address add ${pod.logicalIps[1]}/64 dev eth0 nodad
route add default via 192.168.${number}.1
route add default via fd01:${number}::1
END
ports="$ports -- add-port br-int ${nic} -- set Interface ${nic} external_ids:iface-id=${pod.port}"`;
  };
  return `
ports=
${pods.map(addresses).join('\n')}
ovs-vsctl --timeout=10 --may-exist add-br br-ext -- set Bridge br-ext datapath_type=netdev other_config:disable-in-band=true -- \\
  --may-exist add-port br-ext eth1 -- set Open_vSwitch . external_ids:ovn-bridge-mappings=${network}:br-ext $ports`;
}
