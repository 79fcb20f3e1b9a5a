import { age, type Column } from '../resource/column.ts';
import type { IP } from './schema.ts';

/** Kube-OVN's columns, then ours. */
export const ipColumns: readonly Column<IP>[] = [
  { heading: 'V4IP', type: 'string', cell: ({ spec }) => spec.v4IpAddress },
  { heading: 'V6IP', type: 'string', cell: ({ spec }) => spec.v6IpAddress },
  { heading: 'Mac', type: 'string', cell: ({ spec }) => spec.macAddress },
  { heading: 'Node', type: 'string', cell: ({ spec }) => spec.nodeName },
  { heading: 'Subnet', type: 'string', cell: ({ spec }) => spec.subnet },
  age,
];
