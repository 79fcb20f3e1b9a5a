import { age, type Column, reason } from '../resource/column.ts';
import type { OvnEip } from './schema.ts';

/** Kube-OVN's columns, then ours. */
export const ovnEipColumns: readonly Column<OvnEip>[] = [
  { heading: 'V4IP', type: 'string', cell: ({ status }) => status?.v4Ip },
  { heading: 'V6IP', type: 'string', cell: ({ status }) => status?.v6Ip },
  { heading: 'Mac', type: 'string', cell: ({ status }) => status?.macAddress },
  { heading: 'Type', type: 'string', cell: ({ status }) => status?.type },
  { heading: 'Nat', type: 'string', cell: ({ status }) => status?.nat },
  { heading: 'Ready', type: 'boolean', cell: ({ status }) => status?.ready },
  { heading: 'ExternalSubnet', type: 'string', cell: ({ spec }) => spec.externalSubnet },
  reason,
  age,
];
