import { age, type Column, ready, reason } from '../resource/column.ts';
import type { Vpc } from './schema.ts';

/** Kube-OVN's columns with ours before the last. */
export const vpcColumns: readonly Column<Vpc>[] = [
  { heading: 'EnableExternal', type: 'boolean', cell: ({ status }) => status?.enableExternal },
  { heading: 'EnableBfd', type: 'boolean', cell: ({ status }) => status?.enableBfd },
  { heading: 'Standby', type: 'boolean', cell: ({ status }) => status?.standby },
  { heading: 'Subnets', type: 'string', cell: ({ status }) => status?.subnets },
  { heading: 'ExtraExternalSubnets', type: 'string', cell: ({ status }) => status?.extraExternalSubnets },
  { heading: 'Namespaces', type: 'string', cell: ({ spec }) => spec.namespaces },
  { heading: 'DefaultSubnet', type: 'string', cell: ({ status }) => status?.defaultLogicalSwitch },
  ready,
  reason,
  age,
];
