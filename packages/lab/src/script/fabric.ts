import { centralIp, fabricPort, type LabNode, type LabPlan, wireNic } from '../lab/plan.ts';

/** Sysctls of every namespace: addresses are usable at once, and survive a link that goes down. */
export const quickAddresses = [
  'net.ipv6.conf.all.accept_dad=0',
  'net.ipv6.conf.default.accept_dad=0',
  'net.ipv6.conf.all.accept_ra=0',
  'net.ipv6.conf.default.accept_ra=0',
  'net.ipv6.conf.all.keep_addr_on_down=1',
  'net.ipv6.conf.default.keep_addr_on_down=1',
];

/** `outside` is the upstream router too, and answers on each wire for that wire only. */
const routing = [
  'net.ipv4.ip_forward=1',
  'net.ipv6.conf.all.forwarding=1',
  'net.ipv4.conf.all.send_redirects=0',
  'net.ipv4.conf.default.send_redirects=0',
  'net.ipv4.conf.all.arp_ignore=1',
  'net.ipv4.conf.all.arp_announce=2',
];

/** A node's NICs carry IPv4 management traffic and what the bridges put on them; its kernel stays silent otherwise. */
const silent = [
  'net.ipv6.conf.all.disable_ipv6=1',
  'net.ipv6.conf.default.disable_ipv6=1',
  'net.ipv4.conf.all.arp_ignore=1',
  'net.ipv4.conf.all.arp_announce=2',
];

/** Bridges, namespaces and wires: all that is there before the first daemon. Needs the functions of `library`. */
export function fabricScript(plan: LabPlan): string {
  const bridges = ['mgmt', 'under', ...plan.wires];
  return [
    'set -e',
    'mkdir -p "$dir/central" "$dir/pods" "$dir/outside"',
    `for node in "\${nodes[@]}"; do mkdir -p "$dir/nodes/$node"; ip netns add "$node"; done`,
    'ip netns add outside',
    `sysctl -qw ${quickAddresses.join(' ')}`,
    `in_netns outside sysctl -qw ${[...quickAddresses, ...routing].join(' ')}`,
    `for node in "\${nodes[@]}"; do in_netns "$node" sysctl -qw ${silent.join(' ')}; done`,
    batch('', [
      ...bridges.map(
        (bridge) => `link add ${bridge} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
      ),
      ...bridges.map((bridge) => `link set ${bridge} up`),
      `address add ${centralIp}/24 dev mgmt`,
      ...plan.wires.flatMap((wire) => cable(`${wire}-out`, wire, wire, 'outside')),
      ...plan.nodes.flatMap((node) => nodeCables(plan, node)),
    ]),
    batch(
      'outside',
      ['lo', ...plan.wires].map((nic) => `link set ${nic} up`),
    ),
    ...plan.nodes.map((node) => batch(node.name, nodeLinks(plan, node))),
    `for nic in /sys/class/net/*-*; do plain "\${nic##*/}"; done`,
    `plain "\${wires[@]}"`,
    'export -f plain',
    `in_netns outside bash --noprofile --norc -c 'plain ${plan.wires.join(' ')}'`,
    `for node in "\${nodes[@]}"; do in_netns "$node" bash --noprofile --norc -c 'plain ${nodeNics(plan).join(' ')}' & done`,
    'wait',
  ].join('\n');
}

/** NICs of every node, all there before its first daemon. */
function nodeNics(plan: LabPlan): string[] {
  return ['eth0', ...plan.wires.map((wire) => wireNic(plan, wire)), 'under0'];
}

function nodeCables(plan: LabPlan, node: LabNode): string[] {
  return [
    ...cable(fabricPort('mgmt', node), 'mgmt', 'eth0', node.name),
    ...plan.wires.flatMap((wire) => cable(fabricPort(wire, node), wire, wireNic(plan, wire), node.name)),
    ...cable(fabricPort('under', node), 'under', 'under0', node.name),
  ];
}

function nodeLinks(plan: LabPlan, node: LabNode): string[] {
  return [
    ...['lo', ...nodeNics(plan)].map((nic) => `link set ${nic} up`),
    `address add ${node.managementIp}/24 dev eth0`,
    `route add default via ${centralIp}`,
  ];
}

/** A cable from a port of a fabric bridge to a NIC in a namespace. */
function cable(port: string, bridge: string, nic: string, netns: string): string[] {
  return [
    `link add ${port} type veth peer name ${nic} netns ${netns}`,
    `link set ${port} master ${bridge} up`,
  ];
}

/** One run of ip(8) for all lines, in a namespace or, with '', where the script runs. */
function batch(netns: string, lines: readonly string[]): string {
  return `ip ${netns === '' ? '' : `-n ${netns} `}-batch - <<'END'\n${lines.join('\n')}\nEND`;
}
