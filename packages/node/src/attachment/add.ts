import { formatInterfaceAddress } from '@berth/net';
import { CniFault } from '../cni/cni-fault.ts';
import type { CniResult } from '../cni/result.ts';
import type { AddRequest } from '../cni/wire.ts';
import { readLinks } from '../host/link.ts';
import { attach, whenInstalled } from '../workload/attach.ts';
import { hostInterfaceName, type Workload } from '../workload/workload.ts';
import type { SandboxPlace } from './place.ts';
import { whenFound } from './when-found.ts';

/**
 * Attaches a sandbox: waits for its pod's address, wires it, and waits until OVN forwards its packets. Saying it again changes nothing, or
 * what is not right. A sandbox that follows another one of the same pod takes the port over. Where a live migration is to come to it, it is
 * only made ready: the guest comes when its pod runs, and the port with the guest.
 */
export async function add(place: SandboxPlace, request: AddRequest, signal: AbortSignal): Promise<CniResult> {
  const { workload, isArriving } = await whenFound(place, request, signal);
  const { portName } = workload;
  await place.locks.run(portName, async () => {
    signal.throwIfAborted();
    const { findings } = await attach({ ...place, workload, installTimeoutMs: 0 });
    const [finding] = findings;
    if (finding) throw new CniFault('interface-taken', finding.message, finding.cure);
  });
  if (!isArriving) await whenInstalled(place, [portName], place.times.installMs, signal);
  return resultOf(place, workload, request.netns);
}

async function resultOf({ host }: SandboxPlace, workload: Workload, sandbox: string): Promise<CniResult> {
  const { netns, interfaceName, portName, addresses, gateways, routes = [] } = workload;
  const [outside, inside] = await Promise.all([readLinks(host), readLinks(host, { netns })]);
  const hostName = hostInterfaceName(portName);
  const outer = outside.find(({ name }) => name === hostName);
  const inner = inside.find(({ name }) => name === interfaceName);
  if (!outer || !inner) {
    throw new CniFault('try-again-later', `${interfaceName} of ${sandbox} went away while it was attached`);
  }
  return {
    interfaces: [
      { name: hostName, mac: outer.mac ?? '', mtu: outer.mtu },
      { name: interfaceName, mac: inner.mac ?? '', mtu: inner.mtu, sandbox },
    ],
    ips: addresses.map((address) => {
      const gateway = gateways.find((ip) => ip.includes(':') === address.ip.includes(':'));
      return {
        address: formatInterfaceAddress(address),
        ...(gateway !== undefined && { gateway }),
        interface: 1,
      };
    }),
    routes: [...gateways.map((gw) => ({ dst: gw.includes(':') ? '::/0' : '0.0.0.0/0', gw })), ...routes],
  };
}
