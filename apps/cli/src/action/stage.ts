import type { ResourceSet } from '@berth/api';
import { type Finding, formatFailure } from '@berth/core';
import type { Lab } from '@berth/lab';
import { CliFault } from '../context/cli-fault.ts';
import type { BoardOf } from '../player/agent-boards.ts';
import { createPlayer, type Player } from '../player/player.ts';
import { playSentries } from '../player/sentries.ts';

/** What nodes are made from, as one text: of everything else they take no notice. */
function nodesKey({ ProviderNetwork, Vlan, Subnet, Node, Pod, IP }: ResourceSet): string {
  return JSON.stringify([
    [...ProviderNetwork, ...Vlan, ...Subnet, ...IP].map(({ metadata, spec }) => [metadata.name, spec]),
    Node.map(({ metadata: { name, labels, annotations } }) => [name, labels, annotations]),
    Pod.map(({ metadata: { namespace, name, uid, deletionTimestamp } }) => [
      namespace,
      name,
      uid,
      deletionTimestamp !== undefined,
    ]),
  ]);
}

/** How often it is looked whether the lab still runs, and whether something in it was broken or healed. */
const labCheckMs = 1_000;

/** A lab being played: what a pass has to do with it, and whether it is still there. */
export type Stage = AsyncDisposable & {
  readonly makeBridges: Player['makeBridges'];
  /**
   * Plays the nodes, if what they are to be changed since that last succeeded: a pass that answers a failure must not wait
   * for them. A fault is worth another try as long as the lab is there.
   */
  readonly sync: (resources: ResourceSet) => Promise<readonly Finding[]>;
  /** Aborted when the lab is gone. */
  readonly ended: AbortSignal;
};

export type StageOptions = {
  readonly lab: Lab;
  readonly instance: string;
  /** Where a node leaves its reports and finds its orders. */
  readonly boardOf: BoardOf;
  /** Told of what goes wrong on a node that nothing was done to. */
  readonly onFault: (node: string, fault: unknown) => void;
};

/**
 * Plays a lab until it is disposed of: on every `sync`, and again when something in the lab was broken or healed. What
 * nodes report, announce and fence does not wait for any of that.
 */
export function playOn({ lab, instance, boardOf, onFault }: StageOptions): Stage {
  const player = createPlayer(lab, instance);
  const sentries = playSentries({ lab, instance, boardOf, onFault });
  const ended = new AbortController();
  let resources: ResourceSet | undefined;
  let played: { readonly key: string; readonly findings: readonly Finding[] } | undefined;
  let broken = '';
  let turn: Promise<unknown> = Promise.resolve();
  const sync = (wanted: ResourceSet): Promise<readonly Finding[]> => {
    const next = turn.then(() => player.sync(wanted));
    turn = next.catch(() => undefined);
    return next;
  };
  const replay = async (wanted: ResourceSet, key = nodesKey(wanted)): Promise<readonly Finding[]> => {
    const findings = await sync(wanted);
    played = { key, findings };
    return findings;
  };
  const look = (): void => {
    if (!lab.isRunning()) {
      ended.abort();
      return;
    }
    const now = lab.failures().map(formatFailure).join();
    // What was healed, and what a node could not do, has to be played again; a fault shows at the next pass.
    const isDue = now !== broken || (played?.findings.length ?? 0) > 0;
    if (isDue && resources) replay(resources).catch(() => undefined);
    broken = now;
  };
  const timer = setInterval(look, labCheckMs);
  return {
    makeBridges: player.makeBridges,
    ended: ended.signal,
    async sync(wanted) {
      resources = wanted;
      const key = nodesKey(wanted);
      if (played?.key === key) return played.findings;
      played = undefined;
      try {
        return await replay(wanted, key);
      } catch (cause) {
        const message = cause instanceof Error ? cause.message : String(cause);
        throw new CliFault('cannot-tell', message, undefined, { retry: 'backoff', cause });
      }
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await sentries[Symbol.asyncDispose]();
      await turn;
      await player.close();
    },
  };
}
