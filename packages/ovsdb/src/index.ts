export type { BackoffOptions } from './client/backoff.ts';
export type { ConnectionStatus } from './client/connection.ts';
export type { Database, MonitorOptions } from './client/database.ts';
export type { Lock } from './client/lock.ts';
export { type OpenOptions, openDatabase } from './client/open-database.ts';
export type { Selection, TableSelection } from './replica/monitor-request.ts';
export type { Replica, ReplicaChange } from './replica/replica.ts';
export type { ReplicaOf } from './replica/replica-of.ts';
export type { RowEvent } from './replica/row-event.ts';
export type { DatabaseSchema } from './schema/database-schema.ts';
export {
  type OperationError,
  type Outcome,
  type OvsdbErrorWord,
  OvsdbFault,
  type OvsdbFaultCode,
  type Retry,
  TransactionFault,
} from './value/fault.ts';
export type {
  Condition,
  Mutation,
  Operation,
  OperationResult,
  ResultOf,
  ResultsOf,
} from './value/operation.ts';
export type { Indexes, Snapshot, TableSnapshot } from './value/snapshot.ts';
export type { Atom, Columns, Ref, Row, Tables, Uuid, Value } from './value/value.ts';
export { formatRemote, parseRemote, type Remote } from './wire/remote.ts';
export type { Pem, TlsOptions } from './wire/tls-options.ts';
export { type Dial, type DialOptions, socketDial } from './wire/transport.ts';
