import { age, type Column, ready, reason } from '../resource/column.ts';
import type { Vip } from './schema.ts';

/** Kube-OVN's columns, then ours. */
export const vipColumns: readonly Column<Vip>[] = [
  { heading: 'Namespace', type: 'string', jsonPath: '.spec.namespace' },
  { heading: 'V4IP', type: 'string', jsonPath: '.status.v4ip' },
  { heading: 'V6IP', type: 'string', jsonPath: '.status.v6ip' },
  { heading: 'Mac', type: 'string', jsonPath: '.status.mac' },
  { heading: 'Subnet', type: 'string', jsonPath: '.spec.subnet' },
  { heading: 'Type', type: 'string', jsonPath: '.status.type' },
  ready,
  reason,
  age,
];
