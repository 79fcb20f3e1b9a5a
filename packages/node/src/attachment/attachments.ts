import type { CniResult } from '../cni/result.ts';
import type { CniRequest } from '../cni/wire.ts';
import type { Host } from '../host/host.ts';
import { openNodeDatabase } from '../ovs/node-database.ts';
import { add } from './add.ts';
import { check } from './check.ts';
import { follow } from './follow.ts';
import { type Mended, mendShare } from './mend-share.ts';
import { type AttachTimes, type SandboxPlace, usualAttachTimes } from './place.ts';
import type { PodReader } from './pod-resources.ts';
import { PortLocks } from './port-locks.ts';
import { collect, del, sweep } from './remove.ts';
import { status } from './status.ts';

export type AttachmentsOptions = {
  readonly host: Host;
  /** Owner of what is made. */
  readonly instance: string;
  /** The node's pods, their addresses, and the subnets. Closed by whoever opened it. */
  readonly pods: PodReader;
  readonly times?: Partial<AttachTimes>;
  readonly signal?: AbortSignal;
};

/** Opens the node's database. Throws `OvsdbFault`. */
export async function openAttachments({
  times,
  signal,
  ...options
}: AttachmentsOptions): Promise<Attachments> {
  const db = await openNodeDatabase(options.host.ovsRemote, signal ? { signal } : {});
  return new Attachments({
    ...options,
    db,
    locks: new PortLocks(),
    times: { ...usualAttachTimes, ...times },
  });
}

/**
 * Attaches and detaches a node's sandboxes as its container runtime asks. It remembers nothing: what is attached, and for whom, is told
 * by the node's database, so that it may be ended at any moment and begun again.
 */
export class Attachments implements AsyncDisposable {
  readonly #place: SandboxPlace;

  /** The database is closed with it. */
  constructor(place: SandboxPlace) {
    this.#place = place;
  }

  /**
   * Does what is asked; only ADD gives a result. Throws `CniFault`, `HostFault`, `OvsdbFault`, `NodeFault`, `SourceFault`, and the
   * signal's reason.
   */
  async handle(request: CniRequest, signal: AbortSignal): Promise<CniResult | undefined> {
    switch (request.command) {
      case 'ADD':
        return add(this.#place, request, signal);
      case 'DEL':
        await del(this.#place, request);
        return undefined;
      case 'CHECK':
        await check(this.#place, request);
        return undefined;
      case 'GC':
        await collect(this.#place, request);
        return undefined;
      case 'STATUS':
        await status(this.#place);
        return undefined;
    }
  }

  /** Removes the ports of sandboxes that are gone without DEL, and gives their pods. Throws `HostFault`, `OvsdbFault`. */
  sweep(): Promise<readonly string[]> {
    return sweep(this.#place);
  }

  /** Gives pods that run the routes that they ask for by now, and gives those that were changed. Throws as `handle` does. */
  follow(): Promise<readonly string[]> {
    return follow(this.#place);
  }

  /** Gives the pods whose turn it is the addresses and routes back that somebody took away inside them. Throws as `handle` does. */
  mend(turn: number): Promise<Mended> {
    return mendShare(this.#place, turn);
  }

  async close(): Promise<void> {
    await this.#place.db.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
