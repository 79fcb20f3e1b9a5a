import { witnessPrefix } from '../intent/gateway/witness.ts';
import type { Change } from './change.ts';

/** Whether a change is of a port by which a node witnesses: it has no address, so nobody's packets pass it. */
export function isWitness({ table, key }: Change): boolean {
  return table === 'Logical_Switch_Port' && key[0]?.startsWith(witnessPrefix) === true;
}

/**
 * Whether a change is of a row that comes, goes and changes with nodes while its object stays as it is written: which nodes are gateways, in which
 * order, and which witness.
 */
export function followsNodes(change: Change): boolean {
  return change.table === 'Gateway_Chassis' || isWitness(change);
}
