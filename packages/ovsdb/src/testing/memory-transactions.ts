import type { TransactionOutcome } from '../check/apply-transaction.ts';
import type { DatabaseSchema } from '../schema/database-schema.ts';
import { OvsdbFault } from '../value/fault.ts';
import type { Json } from '../value/json.ts';
import type { Operation, OperationResult } from '../value/operation.ts';
import { decodeOperation } from '../value/operation-decoder.ts';
import { encodeColumns } from '../value/row-codec.ts';
import type { MemoryDatabase } from './memory-database.ts';

/** What a client is to its transactions. */
type Client = {
  readonly holdsLock: (lock: string) => boolean;
  readonly answer: (id: Json, result: Json) => void;
};

type Waiting = {
  readonly id: Json;
  readonly operations: readonly Json[];
  readonly sinceMs: number;
  readonly timer: NodeJS.Timeout | undefined;
};

/** The transactions of one client: those that wait, and the answers to all. */
export class MemoryTransactions {
  readonly #database: MemoryDatabase;
  readonly #client: Client;
  readonly #waiting = new Map<Json, Waiting>();

  constructor(database: MemoryDatabase, client: Client) {
    this.#database = database;
    this.#client = client;
  }

  /** Runs a transaction; it is answered now, or once what it waits for has come or its time is over. */
  run(id: Json, operations: readonly Json[], sinceMs: number = performance.now()): void {
    clearTimeout(this.#waiting.get(id)?.timer);
    this.#waiting.delete(id);
    const { schema } = this.#database;
    const { read, refusal } = decodeOperations(schema, operations);
    const waitedMs = performance.now() - sinceMs;
    const { holdsLock } = this.#client;
    const outcome = this.#database.transact(refusal === undefined ? read : [...read, { op: 'abort' }], {
      holdsLock,
      waitedMs,
    });
    if (outcome.kind === 'blocked') {
      const leftMs = outcome.timeoutMs === undefined ? undefined : outcome.timeoutMs - waitedMs;
      const retry = () => this.run(id, operations, sinceMs);
      const timer = leftMs === undefined ? undefined : setTimeout(retry, Math.ceil(leftMs)).unref();
      this.#waiting.set(id, { id, operations, sinceMs, timer });
      return;
    }
    this.#client.answer(id, encodeOutcome(schema, operations, read, outcome, refusal));
  }

  /** Tries again those that wait: the database has changed. */
  retry(): void {
    for (const { id, operations, sinceMs } of [...this.#waiting.values()]) this.run(id, operations, sinceMs);
  }

  /** Drops a transaction that waits. False when there is none. */
  cancel(id: Json): boolean {
    clearTimeout(this.#waiting.get(id)?.timer);
    return this.#waiting.delete(id);
  }

  end(): void {
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
  }
}

type SyntaxRefusal = { readonly error: string; readonly details: string };

/** The operations up to the first that cannot be read, and what is wrong with that one. */
function decodeOperations(
  schema: DatabaseSchema,
  operations: readonly Json[],
): { readonly read: readonly Operation[]; readonly refusal?: SyntaxRefusal } {
  const read: Operation[] = [];
  for (const operation of operations) {
    try {
      read.push(decodeOperation(schema, operation));
    } catch (fault) {
      if (!(fault instanceof OvsdbFault)) throw fault;
      const words = {
        'unknown-table-or-column': 'unknown column',
        'bad-value': 'ovsdb error',
      } as const;
      const error =
        fault.code === 'unknown-table-or-column' || fault.code === 'bad-value'
          ? words[fault.code]
          : 'syntax error';
      return { read, refusal: { error, details: fault.message } };
    }
  }
  return { read };
}

function encodeOutcome(
  schema: DatabaseSchema,
  asked: readonly Json[],
  operations: readonly Operation[],
  outcome: Exclude<TransactionOutcome, { readonly kind: 'blocked' }>,
  syntax: SyntaxRefusal | undefined,
): Json {
  const results: Json[] = outcome.results.map((result, index) =>
    encodeResult(schema, operations[index], result),
  );
  if (outcome.kind === 'committed') return results;
  const { index, error, details } = outcome.error;
  const ownWords = details.startsWith(`${error}: `) ? details.slice(error.length + 2) : details;
  results.push(syntax !== undefined && index === operations.length ? syntax : { error, details: ownWords });
  while (results.length < asked.length) results.push(null);
  return results;
}

function encodeResult(
  schema: DatabaseSchema,
  operation: Operation | undefined,
  result: OperationResult,
): Json {
  switch (result.op) {
    case 'insert':
      return { uuid: ['uuid', result.uuid] };
    case 'update':
    case 'mutate':
    case 'delete':
      return { count: result.count };
    case 'select': {
      const table = operation?.op === 'select' ? operation.table : '';
      return { rows: result.rows.map((row) => encodeColumns(schema, table, row)) };
    }
    default:
      return {};
  }
}
