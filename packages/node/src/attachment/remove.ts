import type { DelRequest, GcRequest } from '../cni/wire.ts';
import { readLinks } from '../host/link.ts';
import { detach } from '../workload/attach.ts';
import { type Attached, listAttached } from '../workload/attached.ts';
import { portNameOf } from './find-workload.ts';
import type { SandboxPlace } from './place.ts';

/**
 * Removes what is left of a sandbox's attachment, if it has one. A port that a later sandbox of the same pod has by now stays; one without a
 * row in the node's database is what an agent that died had begun; that of a virtual machine, whose port has another name, ends with its
 * namespace.
 */
export async function del(place: SandboxPlace, { network, attachment, pod }: DelRequest): Promise<void> {
  const isMeant = ({ sandbox, interfaceName }: Attached): boolean =>
    sandbox?.id === attachment.containerId &&
    sandbox.network === network &&
    interfaceName === attachment.ifname;
  const attached = listAttached(place.db.snapshot(), place.instance);
  const found = attached.find(isMeant);
  if (found) await removeIf(place, found.portName, isMeant);
  else if (pod) await removeIf(place, portNameOf(pod), () => false);
}

/** Removes the attachments of a network that are not among the valid ones. */
export async function collect(place: SandboxPlace, { network, valid }: GcRequest): Promise<void> {
  const isStale = ({ sandbox, interfaceName }: Attached): boolean =>
    sandbox?.network === network &&
    !valid.some(({ containerId, ifname }) => containerId === sandbox.id && ifname === interfaceName);
  for (const { portName } of listAttached(place.db.snapshot(), place.instance).filter(isStale)) {
    await removeIf(place, portName, isStale);
  }
}

/**
 * Removes the ports of sandboxes whose interface is gone with its namespace: after a reboot, or when nobody said DEL. Gives
 * their pods. Runs no program while the switch has every interface.
 */
export async function sweep(place: SandboxPlace): Promise<readonly string[]> {
  const isLost = ({ sandbox, isPresent }: Attached): boolean => sandbox !== undefined && !isPresent;
  const lost = listAttached(place.db.snapshot(), place.instance).filter(isLost);
  if (lost.length === 0) return [];
  const swept: string[] = [];
  for (const { portName, hostInterface, namespace, name } of lost) {
    const isGone = async (attached: Attached): Promise<boolean> =>
      isLost(attached) && !(await readLinks(place.host)).some((link) => link.name === hostInterface);
    if (await removeIf(place, portName, isGone)) swept.push(`pod/${namespace}/${name}`);
  }
  return swept;
}

/** Removes a port, unless it has a row by now of which the test does not hold. Says whether it had one and is removed. */
function removeIf(
  place: SandboxPlace,
  portName: string,
  test: (attached: Attached) => boolean | Promise<boolean>,
): Promise<boolean> {
  return place.locks.run(portName, async () => {
    const row = listAttached(place.db.snapshot(), place.instance).find((each) => each.portName === portName);
    if (row && !(await test(row))) return false;
    await detach({ ...place, portName });
    return row !== undefined;
  });
}
