import { formatRef } from '@berth/api';
import type { Finding } from '@berth/core';
import type { PassResult } from '@berth/engine';
import type { Database } from '@berth/ovsdb';
import { formatRight, missingRightText, type RightsObserver, refusedRight } from '@berth/source/kube';
import type { Logger } from 'pino';

/** Logs what passes find and do: each change once, each finding when it comes and when it goes. */
export function passLog(log: Logger): (result: PassResult) => void {
  let known: ReadonlyMap<string, Finding> = new Map();
  return ({ plan, written, statusWrites, findings }) => {
    logWritten(log, plan, written, statusWrites);
    const present = new Map(findings.map((each) => [keyOf(each), each]));
    for (const [key, each] of present) if (!known.has(key)) logFinding(log, each);
    for (const [key, each] of known)
      if (!present.has(key)) log.info(fieldsOf(each), `resolved: ${each.message}`);
    known = present;
  };
}

/** Logs each right that is missing once, and once when it is there. */
export function rightsLog(log: Logger): RightsObserver {
  return {
    missing: (right) => {
      const { message, cure } = missingRightText(right);
      log.error({ code: 'forbidden', right, cure }, message);
    },
    granted: (right) => log.info({ right }, `allowed now: ${formatRight(right)}`),
  };
}

/** Logs why a database cannot be reached, each reason once until it can be again. */
export function connectionLog(log: Logger): (db: 'NB' | 'SB', status: Database['status']) => void {
  const told = new Map<string, string>();
  return (db, status) => {
    if (status.kind === 'connected' && told.delete(db))
      log.info({ db, remote: status.remote }, 'connected again');
    if (status.kind !== 'disconnected' || told.get(db) === status.fault.code) return;
    told.set(db, status.fault.code);
    log.warn({ db, ...faultFields(status.fault) }, 'not connected');
  };
}

/** Logs why a kind of the cluster's objects is not followed, each reason once until it is followed again, and again and again for debugging. */
export function followLog(log: Logger) {
  const told = new Map<string, string>();
  return {
    followed: (kind: string): void => {
      told.delete(kind);
    },
    failed: (kind: string, fault: unknown, delayMs: number): void => {
      const code = codeOf(fault);
      const level = told.get(kind) === code ? 'debug' : levelOf(fault, 'warn');
      told.set(kind, code);
      log[level]({ kind, ...faultFields(fault), delayMs }, 'the cluster is not followed');
    },
  };
}

/** A right that is missing has been named once, with the cure: what fails for it again and again is for debugging. */
export function levelOf<Level>(fault: unknown, usual: Level): Level | 'debug' {
  return refusedRight(fault) ? 'debug' : usual;
}

function logWritten(
  log: Logger,
  plan: PassResult['plan'],
  { changes, transactions }: PassResult['written'],
  statuses: number,
): void {
  if (changes === 0 && statuses === 0) return;
  log.info({ rows: changes, transactions, statuses }, 'pass');
  if (changes === 0) return;
  for (const { verb, table, key, cause } of plan.changes) {
    log.debug({ verb, table, key, ...(cause && { object: formatRef(cause) }) }, 'row');
  }
}

function logFinding(log: Logger, found: Finding): void {
  const level = found.severity === 'error' ? 'error' : found.severity === 'warning' ? 'warn' : 'info';
  log[level]({ ...fieldsOf(found), cure: found.cure }, found.message);
}

function fieldsOf({ code, object, field }: Finding): object {
  return { code, ...(object && { object: formatRef(object) }), ...(field !== undefined && { field }) };
}

function keyOf({ code, object, field, message }: Finding): string {
  return [code, object && formatRef(object), field, message].join('\0');
}

/** What a log says of a fault. */
export function faultFields(fault: unknown): object {
  if (!(fault instanceof Error)) return { fault: String(fault) };
  return { code: codeOf(fault), fault: fault.message };
}

/** The stable code of a fault; `internal` for one that has none, which is a fault of ours. */
export function codeOf(fault: unknown): string {
  return fault instanceof Error && 'code' in fault && typeof fault.code === 'string'
    ? fault.code
    : 'internal';
}
