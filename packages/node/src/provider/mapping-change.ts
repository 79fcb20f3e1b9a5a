import type { Change, DesiredRow, RowId } from '@berth/core';
import type { Snapshot } from '@berth/ovsdb/value';
import { idOf, isOurs, rootOf, rowNamed } from '../ovs/row.ts';
import { bridgeName } from './compile.ts';
import { type BridgeMapping, mergeMappings, parseMappings } from './mappings.ts';

/** Key of the mappings in `external_ids` of the row of Open_vSwitch. */
export const mappingsKey = 'ovn-bridge-mappings';

type Scope = { readonly observed: Snapshot; readonly instance: string };

/** A mapping that is not ours: the row it stands in, and that of the bridge it leads to, where there is one. */
export type ForeignMapping = BridgeMapping & { readonly rows: readonly RowId[] };

/** The mapping that leads a network to a bridge which is not ours; undefined when there is none. */
export function foreignMapping(scope: Scope, network: string): ForeignMapping | undefined {
  const own = bridgeName(network);
  const mapping = parseMappings(presentMappings(scope)).find(
    (entry) => entry.network === network && entry.bridge !== own && !isOurBridge(scope, entry.bridge),
  );
  return mapping && { ...mapping, rows: rowsOf(scope, mapping) };
}

function rowsOf({ observed }: Scope, { bridge }: BridgeMapping): readonly RowId[] {
  const root = rootOf(observed);
  const led = rowNamed(observed, 'Bridge', bridge);
  return [
    ...(root
      ? [{ db: 'OVS', table: 'Open_vSwitch', uuid: root._uuid, columns: ['external_ids'] } as const]
      : []),
    ...(led ? [{ db: 'OVS', table: 'Bridge', uuid: led._uuid } as const] : []),
  ];
}

/** The change of the mappings, which stand in a row that is not ours. Empty when they are right. */
export function mappingChange(
  scope: Scope,
  mappings: readonly BridgeMapping[],
  bridges: readonly DesiredRow[],
): readonly Change[] {
  const root = rootOf(scope.observed);
  // A bridge of that name that someone else made stays theirs.
  const wanted = mappings.filter(
    ({ bridge }) => !rowNamed(scope.observed, 'Bridge', bridge) || isOurBridge(scope, bridge),
  );
  const own = new Set(wanted.map(({ bridge }) => bridge));
  const before = presentMappings(scope);
  const after = mergeMappings(before, wanted, (bridge) => own.has(bridge) || isOurBridge(scope, bridge));
  if (!root || after === before) return [];
  return [
    {
      verb: 'update',
      db: 'OVS',
      table: 'Open_vSwitch',
      uuid: root._uuid,
      key: [mappingsKey],
      unit: 'provider-networks',
      cause: undefined,
      origins: bridges.flatMap((row) => row.origins),
      columns: { external_ids: { old: entry(before), new: entry(after) } },
      interrupts: null,
    },
  ];
}

function presentMappings({ observed }: Scope): string {
  const root = rootOf(observed);
  return (root && idOf(root, mappingsKey)) ?? '';
}

function isOurBridge({ observed, instance }: Scope, name: string): boolean {
  const bridge = rowNamed(observed, 'Bridge', name);
  return bridge !== undefined && isOurs(bridge, instance);
}

function entry(text: string): ReadonlyMap<string, string> {
  return new Map(text === '' ? [] : [[mappingsKey, text]]);
}
