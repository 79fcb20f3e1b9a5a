import { age, type Column, reason } from '../resource/column.ts';
import type { ProviderNetwork } from './schema.ts';

/** Kube-OVN's columns, then ours. Ready is the field: Kube-OVN writes a condition Ready for each node, of which a column would show the first. */
export const providerNetworkColumns: readonly Column<ProviderNetwork>[] = [
  { heading: 'DefaultInterface', type: 'string', jsonPath: '.spec.defaultInterface' },
  { heading: 'Ready', type: 'boolean', jsonPath: '.status.ready' },
  reason,
  { heading: 'ReadyNodes', type: 'string', wide: true, jsonPath: '.status.readyNodes' },
  { heading: 'NotReadyNodes', type: 'string', wide: true, jsonPath: '.status.notReadyNodes' },
  age,
];
