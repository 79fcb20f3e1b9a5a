import { differenceOf } from '@berth/core';
import type { PassResult } from '@berth/engine';
import { askedRight, type KubeObserver } from '@berth/source/kube';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { version } from './version.ts';

/** Durations of passes and calls, in seconds. */
const buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30];

/** What Prometheus scrapes. Label values are few: never addresses or names of objects. */
export type Metrics = {
  readonly registry: Registry;
  readonly observer: KubeObserver;
  leads(isLeader: boolean, epoch: number): void;
  passed(result: PassResult, seconds: number): void;
  failed(code: string): void;
  /** The Lease was read or renewed. */
  leaseAnswered(): void;
  connected(db: 'NB' | 'SB', isConnected: boolean): void;
  admitted(webhook: string, answer: string): void;
  certificateEnds(endMs: number): void;
};

/** Metrics in a registry of their own. */
export function newMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge({ name, help, labelNames, registers });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter({ name, help, labelNames, registers });

  gauge('berth_build_info', 'The version that runs; always 1.', ['version']).set({ version }, 1);
  const leader = gauge('berth_leader', 'Whether this controller leads: 1 or 0.');
  const epoch = gauge('berth_epoch', 'The epoch that fences its writes.');
  const leaseAnswer = gauge(
    'berth_lease_last_answer_timestamp_seconds',
    'When the API server answered last about the Lease, which is asked for every two seconds, leading or not.',
  );
  const duration = new Histogram({
    name: 'berth_reconcile_duration_seconds',
    help: 'Time of a pass: from the listing to the last status.',
    buckets,
    registers,
  });
  const errors = counter('berth_reconcile_errors_total', 'Passes that failed, by the code of the fault.', [
    'code',
  ]);
  const changes = counter('berth_plan_changes_total', 'Rows written.', ['table', 'verb']);
  const transactions = counter('berth_transactions_total', 'Transactions of the northbound database.');
  const statusWrites = counter('berth_status_writes_total', 'Objects whose status was stored.');
  const objects = gauge('berth_objects', 'Objects read.', ['kind', 'ready']);
  const findings = gauge('berth_findings', 'What is known to be wrong.', ['code', 'severity']);
  const admissions = counter('berth_admission_requests_total', 'Questions of admission webhooks.', [
    'webhook',
    'answer',
  ]);
  const certificateEnd = gauge(
    'berth_admission_certificate_expiry_timestamp_seconds',
    'When the certificate of the webhooks ends; 0 without one.',
  );
  const countsOf = counting();
  const connected = gauge('berth_ovsdb_connected', 'Whether a database is connected: 1 or 0.', ['db']);
  return {
    registry,
    observer: observerOf(registers),
    leads: (isLeader, number) => {
      leader.set(isLeader ? 1 : 0);
      epoch.set(number);
    },
    passed: ({ listing, plan, written, statusWrites: stored, findings: found }, seconds) => {
      duration.observe(seconds);
      transactions.inc(written.transactions);
      statusWrites.inc(stored);
      if (written.changes > 0) for (const { table, verb } of plan.changes) changes.inc({ table, verb });
      findings.reset();
      for (const { code, severity } of found) findings.inc({ code, severity });
      objects.reset();
      for (const [kind, list] of Object.entries(listing.resources)) {
        for (const [ready, count] of countsOf(kind, list)) objects.set({ kind, ready }, count);
      }
    },
    leaseAnswered: () => leaseAnswer.set(Date.now() / 1_000),
    failed: (code) => errors.inc({ code }),
    admitted: (webhook, answer) => admissions.inc({ webhook, answer }),
    certificateEnds: (endMs) => certificateEnd.set(endMs / 1_000),
    connected: (db, isConnected) => connected.set({ db }, isConnected ? 1 : 0),
  };
}

/** What happens between us and the API server. */
function observerOf(registers: Registry[]): KubeObserver {
  const requests = new Histogram({
    name: 'berth_api_request_duration_seconds',
    help: 'Time until the API server began to answer; code 0 is no answer.',
    labelNames: ['verb', 'resource', 'code'],
    buckets,
    registers,
  });
  const events = new Counter({
    name: 'berth_watch_events_total',
    help: 'Events of watches.',
    labelNames: ['kind', 'type'],
    registers,
  });
  const ends = new Counter({
    name: 'berth_watch_ends_total',
    help: 'Watches that ended: their time was over, or why not.',
    labelNames: ['kind', 'reason'],
    registers,
  });
  const lists = new Counter({
    name: 'berth_lists_total',
    help: 'Complete lists of a kind.',
    labelNames: ['kind'],
    registers,
  });
  const last = new Gauge({
    name: 'berth_watch_last_event_timestamp_seconds',
    help: 'When a watch was heard of last; bookmarks come about once a minute.',
    labelNames: ['kind'],
    registers,
  });
  return {
    called: (call) => {
      const { method: verb, status: code, durationMs } = call;
      requests.observe({ verb, resource: askedRight(call).resource, code }, durationMs / 1_000);
    },
    listed: (kind) => {
      lists.inc({ kind });
      last.set({ kind }, Date.now() / 1_000);
    },
    event: (kind, type) => {
      events.inc({ kind, type });
      last.set({ kind }, Date.now() / 1_000);
    },
    watchEnded: (kind, reason) => ends.inc({ kind, reason }),
  };
}

/** How many objects of a list of a kind are ready, not ready, or say nothing: at the cost of what changed since it was counted before. */
function counting(): (kind: string, list: readonly object[]) => ReadonlyMap<string, number> {
  const known = new Map<string, { list: readonly object[]; readonly counts: Map<string, number> }>();
  return (kind, list) => {
    const ofKind = known.get(kind) ?? { list: [], counts: new Map<string, number>() };
    known.set(kind, ofKind);
    const { gone, come } = ofKind.list === list ? { gone: [], come: [] } : differenceOf(ofKind.list, list);
    ofKind.list = list;
    const count = (object: object, by: number): void => {
      const ready = readyOf(object);
      const left = (ofKind.counts.get(ready) ?? 0) + by;
      if (left === 0) ofKind.counts.delete(ready);
      else ofKind.counts.set(ready, left);
    };
    for (const object of gone) count(object, -1);
    for (const object of come) count(object, 1);
    return ofKind.counts;
  };
}

/** `true` or `false` as the object says, `none` where its kind says nothing. */
function readyOf(object: object): string {
  const status = 'status' in object ? object.status : undefined;
  if (typeof status !== 'object' || status === null || !('conditions' in status)) return 'none';
  const conditions = Array.isArray(status.conditions) ? status.conditions : [];
  const ready = conditions.find((each: { readonly type?: string }) => each.type === 'Ready');
  return ready === undefined ? 'none' : String(ready.status === 'True');
}
