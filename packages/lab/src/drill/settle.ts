import type { Lab } from '../lab/lab.ts';
import { plainBash } from '../script/bash.ts';

/** Lets every vswitchd that runs work out its datapath's flows anew. */
export async function forgetFlows(lab: Lab): Promise<void> {
  const script = 'timeout 5 ovs-appctl -t ovs-vswitchd revalidator/purge';
  await Promise.all(lab.nodeNames.map((node) => lab.exec(node, [...plainBash, '-c', script])));
}

/** Lets every ovn-controller work through what it must before it deletes patch ports: twenty rounds after its start. */
export async function ripen(lab: Lab): Promise<void> {
  const script =
    'for i in {1..25}; do ovs-vsctl --no-wait set Open_vSwitch . external_ids:berth-round=$i; sleep 0.03; done; ovs-vsctl --no-wait remove Open_vSwitch . external_ids berth-round';
  await Promise.all(lab.nodeNames.map((node) => lab.exec(node, [...plainBash, '-c', script])));
}

/** Waits; not at all for less than a moment. Throws the signal's reason when it was aborted before. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}
