import { age, type Column } from '../resource/column.ts';
import type { NodeOrder } from './schema.ts';

/** Who gave the order, and which it is. */
export const nodeOrderColumns: readonly Column<NodeOrder>[] = [
  { heading: 'Epoch', type: 'number', jsonPath: '.spec.epoch' },
  { heading: 'Revision', type: 'string', jsonPath: '.spec.revision' },
  age,
];
