import { age, type Column } from '../resource/column.ts';
import type { NodeReport } from './schema.ts';

/** How a node is, in its agent's own words. */
export const nodeReportColumns: readonly Column<NodeReport>[] = [
  { heading: 'Chassis', type: 'string', jsonPath: '.status.chassis' },
  { heading: 'Uplinks', type: 'string', jsonPath: '.status.uplinks[*].state' },
  { heading: 'Flows', type: 'boolean', jsonPath: '.status.ovnController.flowsInstalled' },
  { heading: 'Order', type: 'string', jsonPath: '.status.orderRevision' },
  { heading: 'Time', type: 'string', jsonPath: '.status.time' },
  { heading: 'Fenced', type: 'string', jsonPath: '.status.fenced', wide: true },
  { heading: 'Sequence', type: 'number', jsonPath: '.status.sequence', wide: true },
  age,
];
