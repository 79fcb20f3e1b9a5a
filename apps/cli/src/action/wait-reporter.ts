import type { Lab } from '@berth/lab';
import type { Terminal } from '../context/terminal.ts';

/**
 * Says once who leads, while we wait. On a lab the `berth run` that leads plays agents and kubelets, and a `berth-controller` plays none. A
 * Lease does not tell which of the two holds it, so what stays undone beside the latter is said as well.
 */
export function waitReporter(
  err: Pick<Terminal['err'], 'write'>,
  lab: Pick<Lab, 'name'> | undefined,
): (holder: string) => void {
  const undone = lab
    ? `; if it is a berth-controller, pods of lab/${lab.name} stay unattached, and deleted ones Terminating, until it has ended and this one leads`
    : '';
  let known = '';
  return (holder) => {
    if (holder !== known) err.write(`waiting: ${holder} leads the cluster${undone}\n`);
    known = holder;
  };
}
