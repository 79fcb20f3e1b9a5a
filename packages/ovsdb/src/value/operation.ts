import type { Columns, Uuid, Value } from './value.ts';

/** `[column, function, value]` (RFC 7047 section 5.1, `<condition>`). `_uuid` is a column here. */
export type Condition = readonly [
  column: string,
  test: '<' | '<=' | '==' | '!=' | '>=' | '>' | 'includes' | 'excludes',
  value: Value,
];

/** `[column, mutator, value]` (RFC 7047 section 5.1, `<mutation>`). To delete map keys whatever their values, give a set of keys. */
export type Mutation = readonly [
  column: string,
  mutator: '+=' | '-=' | '*=' | '/=' | '%=' | 'insert' | 'delete',
  value: Value,
];

/**
 * One operation of a transaction (RFC 7047 section 5.2) in this library's values; the client encodes it by the schema.
 *
 * `uuid` on insert is the client-chosen identifier of ovsdb-server(7) section 5.2.1: a second insert of it is refused.
 * `uuidName` on insert names the new row within the transaction: in a column of references, a string that is not a UUID
 * is such a name (RFC 7047 section 5.1, `<named-uuid>`).
 */
export type Operation =
  | {
      readonly op: 'insert';
      readonly table: string;
      readonly uuid?: Uuid;
      readonly uuidName?: string;
      readonly row: Columns;
    }
  | {
      readonly op: 'update';
      readonly table: string;
      readonly where: readonly Condition[];
      readonly row: Columns;
    }
  | {
      readonly op: 'mutate';
      readonly table: string;
      readonly where: readonly Condition[];
      readonly mutations: readonly Mutation[];
    }
  | { readonly op: 'delete'; readonly table: string; readonly where: readonly Condition[] }
  | {
      readonly op: 'select';
      readonly table: string;
      readonly where: readonly Condition[];
      readonly columns?: readonly string[];
    }
  | {
      readonly op: 'wait';
      readonly table: string;
      readonly where: readonly Condition[];
      readonly columns: readonly string[];
      readonly until: '==' | '!=';
      readonly rows: readonly Columns[];
      /** Milliseconds; 0 tests once. Without it the server waits for as long as it takes. */
      readonly timeoutMs?: number;
    }
  | { readonly op: 'comment'; readonly comment: string }
  | { readonly op: 'abort' }
  | { readonly op: 'commit'; readonly durable: boolean }
  | { readonly op: 'assert'; readonly lock: string };

/** What a committed operation returned (RFC 7047 section 5.2). */
export type OperationResult =
  | { readonly op: 'insert'; readonly uuid: Uuid }
  | { readonly op: 'update' | 'mutate' | 'delete'; readonly count: number }
  /** The columns asked for, or all of them with `_uuid` and `_version`. */
  | { readonly op: 'select'; readonly rows: readonly Columns[] }
  | { readonly op: 'wait' | 'comment' | 'abort' | 'commit' | 'assert' };

/** The result of one operation, by its kind: `const [{ uuid }] = await db.transact([{ op: 'insert', … }])`. */
export type ResultOf<O extends Operation> = Extract<OperationResult, { readonly op: O['op'] }>;

/** The results of a transaction, in the order of its operations. */
export type ResultsOf<Operations extends readonly Operation[]> = {
  readonly [Index in keyof Operations]: ResultOf<Operations[Index]>;
};
