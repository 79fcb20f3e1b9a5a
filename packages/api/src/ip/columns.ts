import { age, type Column } from '../resource/column.ts';
import type { IP } from './schema.ts';

/** Kube-OVN's columns, then ours. */
export const ipColumns: readonly Column<IP>[] = [
  { heading: 'V4IP', type: 'string', jsonPath: '.spec.v4IpAddress' },
  { heading: 'V6IP', type: 'string', jsonPath: '.spec.v6IpAddress' },
  { heading: 'Mac', type: 'string', jsonPath: '.spec.macAddress' },
  { heading: 'Node', type: 'string', jsonPath: '.spec.nodeName' },
  { heading: 'Subnet', type: 'string', jsonPath: '.spec.subnet' },
  age,
];
