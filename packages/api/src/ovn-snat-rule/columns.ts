import { age, type Column, ready, reason } from '../resource/column.ts';
import type { OvnSnatRule } from './schema.ts';

/** Kube-OVN's columns, then ours. */
export const ovnSnatRuleColumns: readonly Column<OvnSnatRule>[] = [
  { heading: 'Vpc', type: 'string', jsonPath: '.status.vpc' },
  { heading: 'V4Eip', type: 'string', jsonPath: '.status.v4Eip' },
  { heading: 'V6Eip', type: 'string', jsonPath: '.status.v6Eip' },
  { heading: 'V4IpCidr', type: 'string', jsonPath: '.status.v4IpCidr' },
  { heading: 'V6IpCidr', type: 'string', jsonPath: '.status.v6IpCidr' },
  ready,
  { heading: 'Berth', type: 'string', jsonPath: '.status.berth' },
  reason,
  age,
];
