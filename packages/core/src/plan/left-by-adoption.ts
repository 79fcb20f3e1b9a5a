import type { Uuid } from '@berth/ovsdb/value';
import { givenBackRows } from '../fabric/given-back.ts';
import type { Change } from './change.ts';
import { withInterruptions } from './interrupt.ts';
import { type Left, type Matching, nothingLeft, type PlanInput } from './match.ts';
import { type Observed, ownerOf } from './observed.ts';
import { writing } from './row-change.ts';

/**
 * The rows in the way of ours that an adoption would leave, as taking them over would interrupt traffic. Who does not adopt tells the same of them as
 * an adoption does, and never offers to remove them.
 */
export function leftByAdoption(input: PlanInput, { matched, inPlace }: Matching, { byUuid }: Observed): Left {
  if (input.db !== 'NB' || inPlace.size === 0) return nothingLeft;
  const given = givenBackRows(input.observed);
  const taken = [...inPlace].flatMap(([uuid, desired]) => {
    const found = byUuid.get(uuid);
    const isNobodys = found !== undefined && ownerOf(found.row) === undefined && !given.has(uuid);
    return isNobodys ? [{ desired, uuid, found, foreign: true }] : [];
  });
  const places = new Map(taken.map(({ desired, uuid }) => [desired.uuid, uuid]));
  const uuidOf = (uuid: Uuid): Uuid | undefined =>
    matched.get(uuid)?.uuid ?? places.get(uuid) ?? byUuid.get(uuid)?.row._uuid;
  const changes = taken.flatMap((each) => writing(input, each, uuidOf) ?? []);
  const loud = withInterruptions(changes, input.observed, input).filter(mayStay);
  return new Map(loud.map(({ uuid, interrupts }) => [uuid, interrupts?.flows ?? []]));
}

/** Whether a row interrupts somebody by being taken over, and could be left alone. What moves a gateway would come later all the same. */
export function mayStay({ verb, table, interrupts }: Change): boolean {
  return verb === 'adopt' && interrupts !== null && table !== 'Gateway_Chassis';
}
