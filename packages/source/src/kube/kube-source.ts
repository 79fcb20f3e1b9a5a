import { randomBytes } from 'node:crypto';
import { formatRef, isKindName, type KindName, kinds, type ResourceRef, refKey, refOf } from '@berth/api';
import { hasEnded, isToldByEvents, type Notice, type ResourceWrite } from '@berth/core';
import type { NodeBoard } from '../board/board.ts';
import { SourceFault } from '../fault.ts';
import { followCommand } from '../follow-command.ts';
import type { Claimant, HeldSource, Listing } from '../source.ts';
import { wholeSeconds } from '../whole-seconds.ts';
import { faultOf } from './api/api-error.ts';
import { kubeNodeBoard } from './board/kube-node-board.ts';
import type { KubeReader } from './kube-reader.ts';
import { Leadership, type LeaseObserver, type LeaseOptions } from './lease/leadership.ts';
import { microTime } from './lease/micro-time.ts';
import type { Entry } from './watch/entry.ts';
import { refOfEntry } from './watch/listed.ts';
import { type EventMaking, eventAbout, eventsOf, type KubeEvent } from './write/event.ts';
import { inLanes, lanesAfter, mostLanes } from './write/lanes.ts';
import { type Present, Teller } from './write/teller.ts';
import { toldBefore } from './write/told-before.ts';
import { stepsAbout } from './write/unreadable.ts';
import { makeSteps, write } from './write/writer.ts';

/** How a cluster is held. */
export type HoldOptions = {
  readonly lease: LeaseOptions;
  readonly observe?: (LeaseObserver & SourceObserver) | undefined;
};

/** Told of what the source does by the way. */
export type SourceObserver = {
  /** An event, or a word on an object that cannot be read, could not be written; nothing else depends on it. */
  eventLost?(fault: SourceFault): void;
};

/**
 * Waits until no other controller leads the cluster that is read, and takes the lead. Closing lets go of it; the reader
 * stays open. Throws the signal's reason when it is aborted.
 */
export async function holdCluster(
  reader: KubeReader,
  options: HoldOptions,
  signal: AbortSignal,
): Promise<HeldSource> {
  const leadership = await Leadership.acquire(reader.api, options.lease, signal, options.observe);
  return new HeldCluster(reader, leadership, options);
}

/** The namespace whose UID names a cluster: every cluster has it, and keeps it through a restore. */
const clusterNamespace = 'kube-system';

/** Who a cluster's controller is to others that look after the same OVN; undefined where the cluster does not tell, and before its first listing. */
export function clusterLead(reader: Pick<KubeReader, 'entry'>): string | undefined {
  const uid = reader.entry({ kind: 'Namespace', name: clusterNamespace })?.uid;
  return uid && `cluster/${uid}`;
}

class HeldCluster implements HeldSource {
  readonly #reader: KubeReader;
  readonly #leadership: Leadership;
  readonly #options: HoldOptions;
  /** The entries behind the last listing. */
  #listed: ReadonlyMap<KindName, ReadonlyMap<string, Entry>> = new Map();
  readonly #teller = new Teller(() => performance.now());
  /** Whether what was told before us is known, as far as it can be. */
  #knowsTold = false;
  #isClosed = false;
  /** How many objects are written at a time. */
  #lanes = mostLanes;
  /** Whether an object could not be read when it was looked last. */
  #hasBad = true;

  constructor(reader: KubeReader, leadership: Leadership, options: HoldOptions) {
    this.#reader = reader;
    this.#leadership = leadership;
    this.#options = options;
  }

  get lost(): AbortSignal {
    return this.#leadership.lost;
  }

  get clockAheadMs(): number {
    return this.#reader.api.clockAheadMs;
  }

  async list(): Promise<Listing> {
    let listing = await this.#reader.list();
    if (listing.findings.length > 0 || this.#hasBad) {
      await this.#tellOfBad();
      listing = await this.#reader.list();
    }
    this.#listed = this.#reader.snapshot();
    return { ...listing, epoch: this.#leadership.epoch };
  }

  watch(onChange: (kinds: ReadonlySet<KindName>) => void): Disposable {
    return this.#reader.watch(onChange);
  }

  /**
   * Each object by itself, several at a time: a cluster has no transactions. What could be stored is stored; then the
   * first fault is thrown; where writes were refused and nothing else went wrong it says which. A cluster that cannot be reached, or that
   * asks to be left alone, is not asked for the rest.
   */
  async store(writes: readonly ResourceWrite[]): Promise<void> {
    const ofObject = Map.groupBy(writes, ({ object }) => refKey(refOf(object)));
    const faults: unknown[] = [];
    const refused = new Map<string, string>();
    const queue = [...ofObject];
    await inLanes(queue, this.#lanes, async ([key, next]) => {
      try {
        for (const each of next) await this.#write(each);
      } catch (fault) {
        faults.push(fault);
        if (isRefusal(fault)) refused.set(key, fault.message);
        if (isOfCluster(fault)) queue.length = 0;
      }
    });
    this.#lanes = lanesAfter(this.#lanes, faults.some(asksForPatience));
    const [first] = faults.toSorted((left, right) => rankOf(left) - rankOf(right));
    if (first === undefined) return;
    const isAll = isRefusal(first) && faults.every(isRefusal);
    throw isAll ? new SourceFault(first.code, first.message, { cause: first.cause, refused }) : first;
  }

  async tell(standing: readonly Notice[], passing: readonly Notice[] = []): Promise<void> {
    if (this.lost.aborted) return;
    if (!this.#knowsTold) await this.#recall();
    const notices = this.#teller.take(standing, passing, (object) => this.#presentOf(object));
    await inLanes([...notices], this.#lanes, (notice) => {
      const uid = this.#entryOf(notice.object)?.uid;
      return this.#tell(eventAbout(notice, uid, this.#making()));
    });
  }

  /** Finds out once what the controller before us told. Who cannot be told that tells it again. */
  async #recall(): Promise<void> {
    this.#knowsTold = true;
    try {
      const told = await toldBefore(this.#reader.api, Date.now());
      this.#teller.remember(told.filter(({ notice }) => isToldByEvents(notice.object.kind)));
    } catch (error) {
      const fault = faultOf(error, 'listing events', this.#reader.api.server);
      this.#knowsTold = isRefusal(fault);
      this.#options.observe?.eventLost?.(fault);
    }
  }

  #presentOf(object: ResourceRef): Present {
    const entry = this.#entryOf(object);
    const resource = entry?.resource;
    if (!entry || !resource) return entry && { uid: entry.uid ?? '', isLeaving: false };
    const hasGone = resource.kind === 'Pod' && hasEnded(resource);
    return { uid: entry.uid ?? '', isLeaving: hasGone || resource.metadata.deletionTimestamp !== undefined };
  }

  storeEpoch(epoch: number): Promise<void> {
    return this.#leadership.storeEpoch(epoch);
  }

  claimant(): Claimant {
    const { namespace, name } = this.#options.lease;
    return {
      lead: clusterLead(this.#reader),
      follow: this.#leadership.follow,
      sayFollow: (epoch) => followCommand({ namespace, name }, epoch),
    };
  }

  nodeBoard(): NodeBoard {
    return kubeNodeBoard({ ...this.#reader.following, confirm: () => this.#leadership.confirm() });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#leadership[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #write(wanted: ResourceWrite): Promise<void> {
    this.#leadership.confirm();
    const { object } = wanted;
    const entry = this.#entryOf(refOf(object));
    await write(wanted, entry, { api: this.#reader.api, ...this.#reader.target(object.kind) });
    for (const event of eventsOf(entry?.resource, object, () => this.#making())) await this.#tell(event);
  }

  /**
   * Writes to objects that cannot be read what is wrong with them, and keeps on them what they said before. What fails
   * is tried again with the next listing.
   */
  async #tellOfBad(): Promise<void> {
    this.#hasBad = false;
    for (const [kind, entries] of this.#reader.snapshot()) {
      const isOurs = kinds[kind].group !== '';
      for (const [key, entry] of entries) {
        if (!isOurs || (entry.problems.length === 0 && entry.kept === undefined)) continue;
        this.#hasBad = true;
        const ref = { ...refOfEntry(kind, key), kind };
        try {
          const target = { api: this.#reader.api, ...this.#reader.target(kind) };
          const steps = stepsAbout(entry, ref, target.definition, wholeSeconds());
          if (steps.length > 0) this.#leadership.confirm();
          await makeSteps(steps, { kind, metadata: ref }, entry.version, target);
        } catch (error) {
          const fault = faultOf(error, `telling of ${formatRef(ref)}`, this.#reader.api.server);
          this.#options.observe?.eventLost?.(fault);
        }
      }
    }
  }

  #entryOf({ kind, namespace = '', name }: ResourceRef): Entry | undefined {
    return isKindName(kind) ? this.#listed.get(kind)?.get(`${namespace}/${name}`) : undefined;
  }

  #making(): EventMaking {
    const suffix = randomBytes(8).toString('hex');
    return { suffix, at: microTime(), instance: this.#leadership.identity };
  }

  async #tell(event: KubeEvent): Promise<void> {
    const { namespace, name } = event.metadata;
    try {
      const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
      await this.#reader.api.call({ method: 'POST', path, body: event });
    } catch (error) {
      this.#options.observe?.eventLost?.(faultOf(error, `creating event ${name}`, this.#reader.api.server));
    }
  }
}

/** Whether every other write would fail as well. */
function isOfCluster(fault: unknown): boolean {
  if (!(fault instanceof SourceFault)) return false;
  return fault.code === 'cluster-unreachable' || fault.code === 'unauthorized' || asksForPatience(fault);
}

/** Whether the cluster has more to do than it can (429 with Retry-After). */
function asksForPatience(fault: unknown): boolean {
  return fault instanceof SourceFault && fault.retryAfterMs !== undefined;
}

/** Whether the cluster will not have a write, however often it is tried as things are. */
function isRefusal(fault: unknown): fault is SourceFault {
  return fault instanceof SourceFault && (fault.code === 'forbidden' || fault.code === 'write-refused');
}

/** What to tell of when several writes failed: the end of our right to write first, what only asks for another try last. */
function rankOf(fault: unknown): number {
  if (!(fault instanceof SourceFault)) return 0;
  if (fault.code === 'lease-lost') return 1;
  return fault.code === 'stale-write' ? 3 : 2;
}
