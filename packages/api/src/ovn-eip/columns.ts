import { age, type Column, ready, reason } from '../resource/column.ts';
import type { OvnEip } from './schema.ts';

/** Kube-OVN's columns, then ours. */
export const ovnEipColumns: readonly Column<OvnEip>[] = [
  { heading: 'V4IP', type: 'string', jsonPath: '.status.v4Ip' },
  { heading: 'V6IP', type: 'string', jsonPath: '.status.v6Ip' },
  { heading: 'Mac', type: 'string', jsonPath: '.status.macAddress' },
  { heading: 'Type', type: 'string', jsonPath: '.status.type' },
  { heading: 'Nat', type: 'string', jsonPath: '.status.nat' },
  ready,
  { heading: 'ExternalSubnet', type: 'string', jsonPath: '.spec.externalSubnet' },
  reason,
  age,
];
