import { age, type Column } from '../resource/column.ts';
import type { NodeOrder } from './schema.ts';

/** Who gave the order, which it is, and what it asks. */
export const nodeOrderColumns: readonly Column<NodeOrder>[] = [
  { heading: 'Epoch', type: 'number', jsonPath: '.spec.epoch' },
  { heading: 'Revision', type: 'string', jsonPath: '.spec.revision' },
  { heading: 'Watches', type: 'string', jsonPath: '.spec.probes[*].network' },
  { heading: 'Witness', type: 'string', jsonPath: '.spec.witnesses[*].port', wide: true },
  { heading: 'Fences', type: 'string', jsonPath: '.spec.fences[*].mac', wide: true },
  age,
];
