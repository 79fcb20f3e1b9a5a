import { setTimeout as sleep } from 'node:timers/promises';
import { epochKey } from '@berth/api';
import { SourceFault } from '../../fault.ts';
import type { Api } from '../api/api.ts';
import { ApiError, faultOf } from '../api/api-error.ts';
import { hasLapsed, heldBy, isFree, type LeaseRecord, leaseRecord, letGo } from './lease-record.ts';
import { microTime } from './micro-time.ts';

/** The Lease that says which controller leads, and how it is held. */
export type LeaseOptions = {
  readonly namespace: string;
  readonly name: string;
  /** Unlike that of any other candidate, also one of the same machine. */
  readonly identity: string;
  readonly times?: Partial<LeaseTimes> | undefined;
};

export type LeaseTimes = {
  /** How long a renewal counts for the others. */
  readonly durationSeconds: number;
  /** How long we go on without having renewed it: shorter, so that nobody else can lead meanwhile. */
  readonly renewWithinMs: number;
  readonly retryMs: number;
};

/** Those of Kubernetes' own controllers. */
const usualTimes: LeaseTimes = { durationSeconds: 15, renewWithinMs: 10_000, retryMs: 2_000 };

/** Told while somebody else leads, or the Lease cannot be had, and what is in the way. */
export type LeaseObserver = {
  /** `hasLapsed`: the holder has not renewed it in time, by our clock; it is waited for all the same until that was seen. */
  leaseHeld?(holder: string, hasLapsed: boolean): void;
  leaseFailed?(fault: SourceFault): void;
  /** The Lease was read, or renewed. */
  leaseAnswered?(): void;
};

/** The right to lead, for as long as `lost` is not aborted. Renewed by itself. */
export class Leadership implements AsyncDisposable {
  readonly identity: string;
  readonly #api: Api;
  readonly #options: LeaseOptions;
  readonly #times: LeaseTimes;
  readonly #observe: LeaseObserver;
  readonly #lost = new AbortController();
  readonly #stop = new AbortController();
  #record: LeaseRecord;
  #renewedMs: number;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #renewing: Promise<void>;

  private constructor(
    api: Api,
    options: LeaseOptions,
    observe: LeaseObserver,
    held: { readonly record: LeaseRecord; readonly atMs: number },
  ) {
    this.identity = options.identity;
    this.#api = api;
    this.#options = options;
    this.#times = { ...usualTimes, ...options.times };
    this.#observe = observe;
    this.#record = held.record;
    this.#renewedMs = held.atMs;
    this.#renewing = this.#keepRenewing();
  }

  /** Waits until the Lease can be had, and takes it. Throws the signal's reason when it is aborted. */
  static async acquire(
    api: Api,
    options: LeaseOptions,
    signal: AbortSignal,
    observe: LeaseObserver = {},
  ): Promise<Leadership> {
    const times = { ...usualTimes, ...options.times };
    let seen: { readonly version: string; readonly sinceMs: number } | undefined;
    for (;;) {
      signal.throwIfAborted();
      try {
        const present = await readLease(api, options, AbortSignal.any([signal, within(times)]));
        observe.leaseAnswered?.();
        if (present && present.version !== seen?.version)
          seen = { version: present.version, sinceMs: performance.now() };
        const unchangedMs = seen ? performance.now() - seen.sinceMs : 0;
        if (!present || isFree(present, options, unchangedMs)) {
          const atMs = performance.now();
          const record = await take(api, options, times, present);
          if (record) return new Leadership(api, options, observe, { record, atMs });
        } else observe.leaseHeld?.(present.holder, hasLapsed(present, Date.now()));
      } catch (error) {
        signal.throwIfAborted();
        observe.leaseFailed?.(
          faultOf(error, `taking lease ${options.namespace}/${options.name}`, api.server),
        );
      }
      await sleep(times.retryMs * (0.8 + Math.random() * 0.4), undefined, { signal });
    }
  }

  /** Aborted as soon as somebody else may lead. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** The epoch stored last. */
  get epoch(): number {
    return this.#record.epoch;
  }

  /** Which other lead of the OVN may be followed, as the Lease says. */
  get follow(): string | undefined {
    return this.#record.follow;
  }

  /** @throws SourceFault `lease-lost` */
  confirm(): void {
    if (performance.now() - this.#renewedMs > this.#times.renewWithinMs) this.#lose();
    if (!this.#lost.signal.aborted) return;
    const { namespace, name } = this.#options;
    throw new SourceFault(
      'lease-lost',
      `lease ${namespace}/${name} was lost; another controller may lead now`,
    );
  }

  /** Stores a higher epoch in the Lease. @throws SourceFault `epoch-behind`, `lease-lost`, or what `call` of the API gives. */
  storeEpoch(epoch: number): Promise<void> {
    return this.#inTurn(async () => {
      this.confirm();
      if (!Number.isSafeInteger(epoch) || epoch <= this.epoch) {
        throw new SourceFault('epoch-behind', `epoch ${epoch} is not above the stored ${this.epoch}`);
      }
      try {
        await this.#update({ metadata: { annotations: { [epochKey]: String(epoch) } } });
      } catch (error) {
        if (error instanceof ApiError && error.status === 409) this.#lose();
        this.confirm();
        throw faultOf(error, `storing epoch ${epoch}`, this.#api.server);
      }
    });
  }

  /** Lets go, so that another candidate need not wait. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#renewing;
    await this.#turn;
    if (this.#lost.signal.aborted) return;
    this.#lost.abort();
    await this.#update({ spec: letGo(this.#record, microTime()) }).catch(() => undefined);
  }

  async #keepRenewing(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted && !this.#lost.signal.aborted) {
      await sleep(this.#times.retryMs, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.#inTurn(() => this.#renew());
    }
  }

  async #renew(): Promise<void> {
    const atMs = performance.now();
    try {
      const spec = heldBy({ ...this.#options, ...this.#times }, this.#record, microTime());
      await this.#update({ spec });
      this.#renewedMs = atMs;
      this.#observe.leaseAnswered?.();
    } catch (error) {
      const { namespace, name } = this.#options;
      this.#observe.leaseFailed?.(faultOf(error, `renewing lease ${namespace}/${name}`, this.#api.server));
      const isTaken = error instanceof ApiError && (error.status === 409 || error.status === 404);
      if (isTaken) await this.#lookWhoHasIt();
      if (performance.now() - this.#renewedMs > this.#times.renewWithinMs) this.#lose();
    }
  }

  /** Somebody wrote the Lease: that we may still hold it is to be seen. */
  async #lookWhoHasIt(): Promise<void> {
    try {
      const present = await readLease(this.#api, this.#options);
      if (present?.holder === this.identity) this.#record = present;
      else this.#lose();
    } catch {
      // The next renewal tells.
    }
  }

  async #update(change: object): Promise<void> {
    const { metadata = {} } = { metadata: {}, ...change };
    const answer = await this.#api.call({
      method: 'PATCH',
      path: pathOf(this.#options),
      query: { fieldManager: 'berth' },
      patch: 'merge',
      body: { ...change, metadata: { ...metadata, resourceVersion: this.#record.version } },
      signal: within(this.#times),
    });
    this.#record = leaseRecord(answer);
  }

  #lose(): void {
    this.#lost.abort();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

/** Aborted when an answer would come too late to count. */
function within({ renewWithinMs }: LeaseTimes): AbortSignal {
  return AbortSignal.timeout(renewWithinMs);
}

/** The Lease as it is; undefined when there is none. Throws as `call` of the API. */
export async function readLease(
  api: Api,
  lease: Pick<LeaseOptions, 'namespace' | 'name'>,
  signal?: AbortSignal,
): Promise<LeaseRecord | undefined> {
  try {
    return leaseRecord(await api.call({ method: 'GET', path: pathOf(lease), ...(signal && { signal }) }));
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** Takes a Lease that is free; undefined when somebody was quicker. */
async function take(
  api: Api,
  options: LeaseOptions,
  times: LeaseTimes,
  present: LeaseRecord | undefined,
): Promise<LeaseRecord | undefined> {
  const spec = heldBy({ identity: options.identity, ...times }, present, microTime());
  const { namespace, name } = options;
  const answer = present
    ? api.call({
        method: 'PATCH',
        path: pathOf(options),
        query: { fieldManager: 'berth' },
        patch: 'merge',
        body: { metadata: { resourceVersion: present.version }, spec },
        signal: within(times),
      })
    : api.call({
        method: 'POST',
        path: pathOf({ namespace }),
        query: { fieldManager: 'berth' },
        body: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace }, spec },
        signal: within(times),
      });
  try {
    return leaseRecord(await answer);
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) return undefined;
    throw error;
  }
}

function pathOf({ namespace, name }: { readonly namespace: string; readonly name?: string }): string {
  const all = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
  return name === undefined ? all : `${all}/${encodeURIComponent(name)}`;
}
