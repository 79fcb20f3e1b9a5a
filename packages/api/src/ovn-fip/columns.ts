import { age, type Column, reason } from '../resource/column.ts';
import type { OvnFip } from './schema.ts';

/** Kube-OVN's columns, then ours. */
export const ovnFipColumns: readonly Column<OvnFip>[] = [
  { heading: 'Vpc', type: 'string', cell: ({ status }) => status?.vpc },
  { heading: 'Type', type: 'string', cell: ({ spec }) => spec.type },
  { heading: 'V4Eip', type: 'string', cell: ({ status }) => status?.v4Eip },
  { heading: 'V6Eip', type: 'string', cell: ({ status }) => status?.v6Eip },
  { heading: 'V4Ip', type: 'string', cell: ({ status }) => status?.v4Ip },
  { heading: 'V6Ip', type: 'string', cell: ({ status }) => status?.v6Ip },
  { heading: 'Ready', type: 'boolean', cell: ({ status }) => status?.ready },
  { heading: 'IpType', type: 'string', cell: ({ spec }) => spec.ipType },
  { heading: 'IpName', type: 'string', cell: ({ spec }) => spec.ipName },
  { heading: 'Placement', type: 'string', cell: ({ status }) => status?.placement },
  { heading: 'Berth', type: 'string', cell: ({ status }) => status?.berth },
  reason,
  age,
];
