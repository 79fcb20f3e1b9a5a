import { age, type Column, reason } from '../resource/column.ts';
import type { ProviderNetwork } from './schema.ts';

/** Kube-OVN's columns, then ours. */
export const providerNetworkColumns: readonly Column<ProviderNetwork>[] = [
  { heading: 'DefaultInterface', type: 'string', cell: ({ spec }) => spec.defaultInterface },
  { heading: 'Ready', type: 'boolean', cell: ({ status }) => status?.ready },
  reason,
  { heading: 'ReadyNodes', type: 'string', wide: true, cell: ({ status }) => status?.readyNodes },
  { heading: 'NotReadyNodes', type: 'string', wide: true, cell: ({ status }) => status?.notReadyNodes },
  age,
];
