import { age, type Column } from '../resource/column.ts';
import type { ConfigMap } from './schema.ts';

/** kubectl's columns. */
export const configMapColumns: readonly Column<ConfigMap>[] = [
  { heading: 'Data', type: 'number', cell: ({ data }) => Object.keys(data).length },
  age,
];
