import { age, type Column } from '../resource/column.ts';
import type { GatewayPolicy } from './schema.ts';

/** Whether the policy counts, and what it asks for. */
export const gatewayPolicyColumns: readonly Column<GatewayPolicy>[] = [
  { heading: 'Placement', type: 'string', jsonPath: '.spec.placement' },
  { heading: 'Override', type: 'boolean', jsonPath: '.spec.override' },
  { heading: 'OnGatewayLoss', type: 'string', jsonPath: '.spec.onGatewayLoss' },
  {
    heading: 'Accepted',
    type: 'string',
    jsonPath: '.status.conditions[?(@.type=="Accepted")].status',
  },
  {
    heading: 'Programmed',
    type: 'string',
    jsonPath: '.status.conditions[?(@.type=="Programmed")].status',
  },
  {
    heading: 'Reason',
    type: 'string',
    jsonPath: '.status.conditions[?(@.type=="Accepted")].reason',
    wide: true,
  },
  age,
];
