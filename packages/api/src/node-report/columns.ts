import { age, type Column } from '../resource/column.ts';
import type { NodeReport } from './schema.ts';

/** How a node is, in its agent's own words. */
export const nodeReportColumns: readonly Column<NodeReport>[] = [
  { heading: 'Chassis', type: 'string', jsonPath: '.status.chassis' },
  { heading: 'Sequence', type: 'number', jsonPath: '.status.sequence', wide: true },
  { heading: 'Time', type: 'string', jsonPath: '.status.time' },
  age,
];
