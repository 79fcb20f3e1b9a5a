import { age, type Column, ready, reason } from '../resource/column.ts';
import type { Vlan } from './schema.ts';

/** Kube-OVN's columns, then ours. */
export const vlanColumns: readonly Column<Vlan>[] = [
  { heading: 'ID', type: 'number', jsonPath: '.spec.id' },
  { heading: 'Provider', type: 'string', jsonPath: '.spec.provider' },
  { heading: 'Conflict', type: 'boolean', jsonPath: '.status.conflict' },
  ready,
  reason,
  age,
];
