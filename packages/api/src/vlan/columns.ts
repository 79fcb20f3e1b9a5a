import { age, type Column, ready, reason } from '../resource/column.ts';
import type { Vlan } from './schema.ts';

/** Kube-OVN's columns, then ours. */
export const vlanColumns: readonly Column<Vlan>[] = [
  { heading: 'ID', type: 'number', cell: ({ spec }) => spec.id },
  { heading: 'Provider', type: 'string', cell: ({ spec }) => spec.provider },
  { heading: 'Conflict', type: 'boolean', cell: ({ status }) => status?.conflict },
  ready,
  reason,
  age,
];
