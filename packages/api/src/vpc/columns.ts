import { age, type Column, ready, reason } from '../resource/column.ts';
import type { Vpc } from './schema.ts';

/** Kube-OVN's columns with ours before the last. */
export const vpcColumns: readonly Column<Vpc>[] = [
  { heading: 'EnableExternal', type: 'boolean', jsonPath: '.status.enableExternal' },
  { heading: 'EnableBfd', type: 'boolean', jsonPath: '.status.enableBfd' },
  { heading: 'Standby', type: 'boolean', jsonPath: '.status.standby' },
  { heading: 'Subnets', type: 'string', jsonPath: '.status.subnets' },
  { heading: 'ExtraExternalSubnets', type: 'string', jsonPath: '.status.extraExternalSubnets' },
  { heading: 'Namespaces', type: 'string', jsonPath: '.spec.namespaces' },
  { heading: 'DefaultSubnet', type: 'string', jsonPath: '.status.defaultLogicalSwitch' },
  ready,
  reason,
  age,
];
