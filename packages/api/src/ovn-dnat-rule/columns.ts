import { age, type Column, ready, reason } from '../resource/column.ts';
import type { OvnDnatRule } from './schema.ts';

/** Kube-OVN's columns, then ours. */
export const ovnDnatRuleColumns: readonly Column<OvnDnatRule>[] = [
  { heading: 'Vpc', type: 'string', jsonPath: '.status.vpc' },
  { heading: 'Eip', type: 'string', jsonPath: '.spec.ovnEip' },
  { heading: 'Protocol', type: 'string', jsonPath: '.status.protocol' },
  { heading: 'V4Eip', type: 'string', jsonPath: '.status.v4Eip' },
  { heading: 'V6Eip', type: 'string', jsonPath: '.status.v6Eip' },
  { heading: 'V4Ip', type: 'string', jsonPath: '.status.v4Ip' },
  { heading: 'V6Ip', type: 'string', jsonPath: '.status.v6Ip' },
  { heading: 'InternalPort', type: 'string', jsonPath: '.status.internalPort' },
  { heading: 'ExternalPort', type: 'string', jsonPath: '.status.externalPort' },
  { heading: 'IpName', type: 'string', jsonPath: '.spec.ipName' },
  ready,
  { heading: 'Berth', type: 'string', jsonPath: '.status.berth' },
  reason,
  age,
];
