import { age, type Column, ready, reason } from '../resource/column.ts';
import type { Subnet } from './schema.ts';

/** Kube-OVN's columns, then ours. */
export const subnetColumns: readonly Column<Subnet>[] = [
  { heading: 'Provider', type: 'string', jsonPath: '.spec.provider' },
  { heading: 'Vpc', type: 'string', jsonPath: '.spec.vpc' },
  { heading: 'Vlan', type: 'string', jsonPath: '.spec.vlan' },
  { heading: 'Protocol', type: 'string', jsonPath: '.spec.protocol' },
  { heading: 'CIDR', type: 'string', jsonPath: '.spec.cidrBlock' },
  { heading: 'Private', type: 'boolean', jsonPath: '.spec.private' },
  { heading: 'NAT', type: 'boolean', jsonPath: '.spec.natOutgoing' },
  { heading: 'Default', type: 'boolean', jsonPath: '.spec.default' },
  { heading: 'GatewayType', type: 'string', jsonPath: '.spec.gatewayType' },
  { heading: 'V4Used', type: 'number', jsonPath: '.status.v4usingIPs' },
  { heading: 'V4Available', type: 'number', jsonPath: '.status.v4availableIPs' },
  { heading: 'V6Used', type: 'number', jsonPath: '.status.v6usingIPs' },
  { heading: 'V6Available', type: 'number', jsonPath: '.status.v6availableIPs' },
  { heading: 'ExcludeIPs', type: 'string', jsonPath: '.spec.excludeIps' },
  {
    heading: 'U2OInterconnectionIP',
    type: 'string',
    jsonPath: '.status.u2oInterconnectionIP',
  },
  ready,
  reason,
  age,
];
