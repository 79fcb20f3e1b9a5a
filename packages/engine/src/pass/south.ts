import { type Intent, staleNeighbours } from '@berth/core';
import type { SbTables } from '@berth/ovn';
import type { Operation } from '@berth/ovsdb';
import type { Snapshot } from '@berth/ovsdb/value';
import type { Suspect } from '../nodes/suspect.ts';

/**
 * What a pass takes away from SB: rows of chassis that are confirmed dead, so that the last gateway left takes over and a
 * half-started node attracts nothing, and what routers have learned of addresses that have moved since.
 */
export function southOperations(
  intent: Intent,
  deadRows: readonly Suspect[],
  sb: Snapshot<SbTables>,
): readonly Operation[] {
  return [
    ...deadRows.flatMap(({ row, name }): Operation[] => [
      { op: 'delete', table: 'Chassis', where: [['_uuid', '==', row]] },
      { op: 'delete', table: 'Chassis_Private', where: [['name', '==', name]] },
    ]),
    ...staleNeighbours(intent, sb).map(
      ({ uuid }): Operation => ({ op: 'delete', table: 'MAC_Binding', where: [['_uuid', '==', uuid]] }),
    ),
  ];
}

/** Asks every chassis for a sign of life (ovn-nb(5), NB_Global `nb_cfg`). */
export const askForLife: Operation = {
  op: 'mutate',
  table: 'NB_Global',
  where: [],
  mutations: [['nb_cfg', '+=', 1]],
};
