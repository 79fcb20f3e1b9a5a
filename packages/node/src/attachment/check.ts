import { formatInterfaceAddress } from '@berth/net';
import { CniFault } from '../cni/cni-fault.ts';
import type { CheckRequest } from '../cni/wire.ts';
import { readLinks } from '../host/link.ts';
import { readRoutes } from '../host/route.ts';
import { addressCommands, type PodEnd } from '../workload/address-commands.ts';
import { type Attached, listAttached } from '../workload/attached.ts';
import { takenRoutes, withMarks } from '../workload/route-commands.ts';
import { hostInterfaceName, type Workload } from '../workload/workload.ts';
import { findWorkload, netnsName } from './find-workload.ts';
import type { SandboxPlace } from './place.ts';
import { podResources } from './pod-resources.ts';

/**
 * Compares an attachment with what it is to be, and changes nothing. Throws CniFault `unknown-container` when there is none,
 * `not-as-made` with everything that is off.
 */
export async function check(place: SandboxPlace, request: CheckRequest): Promise<void> {
  const { containerId, ifname } = request.attachment;
  const attached = listAttached(place.db.snapshot(), place.instance).find(
    ({ sandbox, interfaceName }) => sandbox?.id === containerId && interfaceName === ifname,
  );
  if (!attached) throw new CniFault('unknown-container', `container ${containerId} has no ${ifname} of ours`);
  const found = findWorkload(await podResources(place.pods, request), place.host.node, request);
  const { workload } = found;
  const wrong = workload
    ? [
        ...resultFlaws(request, workload),
        ...portFlaws(request, attached, found.isArriving),
        ...(await linkFlaws(place, workload, attached.config)),
      ]
    : [found.missing];
  if (wrong.length === 0) return;
  throw new CniFault(
    'not-as-made',
    `${ifname} of container ${containerId}: ${wrong[0]}`,
    wrong.slice(1).join('; '),
  );
}

/** What the runtime believes and is not so. */
function resultFlaws({ addresses: given }: CheckRequest, { addresses }: Workload): readonly string[] {
  return addresses
    .map(formatInterfaceAddress)
    .filter((address) => !given.includes(address))
    .map((address) => `its address is now ${address}, which the result of ADD has not`);
}

/** What is off in the switch. */
function portFlaws({ netns }: CheckRequest, attached: Attached, isArriving: boolean): readonly string[] {
  return [
    ...(attached.netns === netnsName(netns) ? [] : [`it was attached in ${attached.netns}`]),
    ...(attached.isPresent ? [] : [`the switch has lost ${attached.hostInterface}`]),
    ...(attached.isInstalled || isArriving
      ? []
      : ['OVN does not forward its packets: ovn-installed is not set']),
  ];
}

/** What is off in the kernel, on both ends of the pair. */
async function linkFlaws(
  { host }: SandboxPlace,
  workload: Workload,
  recorded: string,
): Promise<readonly string[]> {
  const { netns, interfaceName, portName } = workload;
  const hostName = hostInterfaceName(portName);
  const [outside, inside] = await Promise.all([readLinks(host), readLinks(host, { netns })]);
  const outer = outside.find(({ name }) => name === hostName);
  const inner = inside.find(({ name }) => name === interfaceName);
  if (!inner) return [`there is no ${interfaceName} in ${netns}`];
  if (!outer || inner.peerIndex !== outer.index)
    return [`${interfaceName} leads elsewhere than to ${hostName}`];
  const present = await readRoutes(host, { netns });
  const routes = withMarks({ present, wanted: workload, recorded });
  return [
    ...(outer.isUp ? [] : [`${hostName} is down`]),
    ...podEndFlaws({ link: inner, routes, recorded }, workload, outer.mtu),
    ...takenRoutes({ present: routes, wanted: workload, recorded }).map(
      ({ dst, gw }) => `${dst} leads elsewhere than to ${gw}, by a route that is not ours`,
    ),
  ];
}

function podEndFlaws(present: PodEnd, workload: Workload, mtu: number): readonly string[] {
  const commands = addressCommands(present, workload, workload.mtu ?? mtu);
  return commands.map((argv) => `${workload.interfaceName} would need: ${argv.join(' ')}`);
}
