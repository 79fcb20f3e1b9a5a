import { age, type Column, ready, reason } from '../resource/column.ts';
import type { OvnFip } from './schema.ts';

/** Kube-OVN's columns, then ours. */
export const ovnFipColumns: readonly Column<OvnFip>[] = [
  { heading: 'Vpc', type: 'string', jsonPath: '.status.vpc' },
  { heading: 'Type', type: 'string', jsonPath: '.spec.type' },
  { heading: 'V4Eip', type: 'string', jsonPath: '.status.v4Eip' },
  { heading: 'V6Eip', type: 'string', jsonPath: '.status.v6Eip' },
  { heading: 'V4Ip', type: 'string', jsonPath: '.status.v4Ip' },
  { heading: 'V6Ip', type: 'string', jsonPath: '.status.v6Ip' },
  ready,
  { heading: 'IpType', type: 'string', jsonPath: '.spec.ipType' },
  { heading: 'IpName', type: 'string', jsonPath: '.spec.ipName' },
  { heading: 'Placement', type: 'string', jsonPath: '.status.placement' },
  { heading: 'Berth', type: 'string', jsonPath: '.status.berth' },
  reason,
  age,
];
