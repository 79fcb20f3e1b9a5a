import { age, type Column, ready, reason } from '../resource/column.ts';
import type { Subnet } from './schema.ts';

/** Kube-OVN's columns, then ours. */
export const subnetColumns: readonly Column<Subnet>[] = [
  { heading: 'Provider', type: 'string', cell: ({ spec }) => spec.provider },
  { heading: 'Vpc', type: 'string', cell: ({ spec }) => spec.vpc },
  { heading: 'Vlan', type: 'string', cell: ({ spec }) => spec.vlan },
  { heading: 'Protocol', type: 'string', cell: ({ spec }) => spec.protocol },
  { heading: 'CIDR', type: 'string', cell: ({ spec }) => spec.cidrBlock },
  { heading: 'Private', type: 'boolean', cell: ({ spec }) => spec.private },
  { heading: 'NAT', type: 'boolean', cell: ({ spec }) => spec.natOutgoing },
  { heading: 'Default', type: 'boolean', cell: ({ spec }) => spec.default },
  { heading: 'GatewayType', type: 'string', cell: ({ spec }) => spec.gatewayType },
  { heading: 'V4Used', type: 'number', cell: ({ status }) => status?.v4usingIPs },
  { heading: 'V4Available', type: 'number', cell: ({ status }) => status?.v4availableIPs },
  { heading: 'V6Used', type: 'number', cell: ({ status }) => status?.v6usingIPs },
  { heading: 'V6Available', type: 'number', cell: ({ status }) => status?.v6availableIPs },
  { heading: 'ExcludeIPs', type: 'string', cell: ({ spec }) => spec.excludeIps },
  {
    heading: 'U2OInterconnectionIP',
    type: 'string',
    cell: ({ status }) => status?.u2oInterconnectionIP,
  },
  ready,
  reason,
  age,
];
