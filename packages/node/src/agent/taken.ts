import { type Finding, finding } from '@berth/core';
import { InterfaceTakenFault } from '../fault.ts';

/** What there is to say about a pod whose interface somebody else made; undefined for every other fault. */
export function takenFinding(fault: Error): Finding | undefined {
  if (!(fault instanceof InterfaceTakenFault)) return undefined;
  const { namespace, name } = fault.pod;
  return finding('nic-in-use', {
    object: { kind: 'Pod', namespace, name },
    message: fault.message,
    cure: 'one pod belongs to one set of objects: take it out of this one, or delete it in the other first',
  });
}
