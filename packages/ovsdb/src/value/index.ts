export { decoderOf } from './decode.ts';
export { applyDifference, changedColumns, differenceOf, mapChange, setChange } from './difference.ts';
export { encodeValue } from './encode.ts';
export { equalColumns, equalValues, isMap, isSet } from './equality.ts';
export {
  type OperationError,
  type Outcome,
  type OvsdbErrorWord,
  OvsdbFault,
  type OvsdbFaultCode,
  type Retry,
  TransactionFault,
} from './fault.ts';
export type { Json, JsonObject } from './json.ts';
export type {
  Condition,
  Mutation,
  Operation,
  OperationResult,
  ResultOf,
  ResultsOf,
} from './operation.ts';
export { encodeOperation } from './operation-codec.ts';
export { compareAtoms, sortedAtoms, sortedPairs } from './order.ts';
export { PersistentMap } from './persistent-map.ts';
export { PersistentSet, type SetChange } from './persistent-set.ts';
export { encodeColumns, type RowCodec, rowCodecOf } from './row-codec.ts';
export {
  changeSnapshot,
  changesBetween,
  emptySnapshot,
  type Indexes,
  type Snapshot,
  type TableChange,
  type TableSnapshot,
} from './snapshot.ts';
export { type RowsByTable, snapshotOf } from './snapshot-of.ts';
export type { RowChange } from './table-index.ts';
export { isUuid, zeroUuid } from './uuid.ts';
export type { Atom, Columns, Ref, Row, Tables, Uuid, Value } from './value.ts';
