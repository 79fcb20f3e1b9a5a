import { InterfaceTakenFault } from '../fault.ts';
import type { Host } from '../host/host.ts';
import { type Link, readLinks } from '../host/link.ts';
import { readRoutes } from '../host/route.ts';
import { addressCommands } from './address-commands.ts';
import { hostInterfaceName, type Workload } from './workload.ts';

/** How a pod's interface is to be made on this node. */
export type Wiring = {
  /** The node's links, read once for all workloads. */
  readonly links: readonly Link[];
  readonly mtu: number;
  /** The switch forwards in userspace: nobody fills in checksums or cuts segments that the kernel left undone. */
  readonly isUserspace: boolean;
  /** What the workload was set up with when it was set up to the end last (`configOf`); undefined where it was not yet. */
  readonly recorded: string | undefined;
  /** Called before a pair is made: afterwards the switch must hold nothing of an earlier one of that name. */
  forget(): Promise<void>;
};

/**
 * Makes the pair of a workload's interface, or corrects it: afterwards both ends are up and the pod's has its
 * addresses and routes. Runs nothing that changes something where all is right. Throws `HostFault`, and
 * `InterfaceTakenFault`.
 */
export async function wire(host: Host, workload: Workload, wiring: Wiring): Promise<void> {
  const { netns, interfaceName, portName } = workload;
  const hostName = hostInterfaceName(portName);
  const outer = wiring.links.find(({ name }) => name === hostName);
  const inner = (await readLinks(host, { netns })).find(({ name }) => name === interfaceName);
  const isPair = outer !== undefined && inner !== undefined && inner.peerIndex === outer.index;
  if (inner && !isPair) throw taken(host.node, workload);
  if (!isPair) {
    await wiring.forget();
    if (outer) await removeHostInterface(host, hostName);
    await makePair(host, hostName, workload, wiring.mtu);
  }
  if (!isPair || wiring.recorded === undefined) await prepare(host, hostName, workload, wiring);
  else if (outer.mtu !== wiring.mtu || !outer.isUp) await setUp(host, hostName, wiring.mtu);
  await address(host, workload, wiring);
}

/** Removes the node's end, and with it the pod's. One that is gone already is fine. */
export async function removeHostInterface(host: Host, name: string): Promise<void> {
  try {
    await host.run(['ip', 'link', 'delete', 'dev', name]);
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('Cannot find device'))) throw error;
  }
}

async function makePair(host: Host, hostName: string, workload: Workload, mtu: number): Promise<void> {
  const size = ['mtu', String(mtu)];
  const inner = ['name', workload.interfaceName, ...size, 'address', workload.mac, 'netns', workload.netns];
  await host.run(['ip', 'link', 'add', 'dev', hostName, ...size, 'type', 'veth', 'peer', ...inner]);
}

async function prepare(host: Host, hostName: string, workload: Workload, wiring: Wiring): Promise<void> {
  const { netns, interfaceName, addresses } = workload;
  if (wiring.isUserspace) {
    const off = ['tx', 'off', 'gso', 'off', 'tso', 'off', 'gro', 'off'];
    await host.run(['ethtool', '-K', hostName, ...off]);
    await host.run(['ethtool', '-K', interfaceName, ...off], { netns });
  }
  if (addresses.some(({ ip }) => ip.includes(':'))) {
    const settings = ['disable_ipv6=0', 'accept_dad=0', 'accept_ra=0', 'keep_addr_on_down=1'];
    const words = settings.map((setting) => `net/ipv6/conf/${interfaceName}/${setting}`);
    await host.run(['sysctl', '-qw', ...words], { netns });
  }
  await setUp(host, hostName, wiring.mtu);
}

async function setUp(host: Host, hostName: string, mtu: number): Promise<void> {
  await host.run(['ip', 'link', 'set', 'dev', hostName, 'mtu', String(mtu), 'up']);
}

async function address(host: Host, workload: Workload, { mtu, recorded = '' }: Wiring): Promise<void> {
  const { netns, interfaceName } = workload;
  const [links, routes] = await Promise.all([readLinks(host, { netns }), readRoutes(host, { netns })]);
  const link = links.find(({ name }) => name === interfaceName);
  if (!link) throw taken(host.node, workload);
  for (const argv of addressCommands({ link, routes, recorded }, workload, mtu))
    await host.run(argv, { netns });
}

function taken(node: string, { netns, interfaceName, namespace, name }: Workload): InterfaceTakenFault {
  return new InterfaceTakenFault(
    { namespace, name },
    `on node ${node} pod/${namespace}/${name} has an interface ${interfaceName} in ${netns} that is not ours`,
  );
}
