export { type BaseType, type Cardinality, type ColumnType, changesByDifference } from './column-type.ts';
export {
  type ColumnSchema,
  columnTypeOf,
  type DatabaseSchema,
  schemaHas,
  type TableSchema,
  tableSchemaOf,
} from './database-schema.ts';
export { defaultOf } from './default.ts';
export { formatSchema } from './format.ts';
export { parseSchema, parseSchemaText } from './parse.ts';
