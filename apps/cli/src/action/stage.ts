import { podRoutesAnnotation, type ResourceSet } from '@berth/api';
import { type Finding, formatFailure, sortFindings } from '@berth/core';
import type { Attaching } from '@berth/engine';
import type { Lab, LabPart } from '@berth/lab';
import type { BoardOf } from '../player/agent-boards.ts';
import { createPlayer, type Played, type Player } from '../player/player.ts';
import { playSentries } from '../player/sentries.ts';
import type { NodeLead } from './node-lead.ts';

/** What nodes are made from, as one text: of everything else they take no notice. */
function nodesKey({ ProviderNetwork, Vlan, Subnet, Node, Pod, IP }: ResourceSet): string {
  return JSON.stringify([
    [...ProviderNetwork, ...Vlan, ...Subnet, ...IP].map(({ metadata, spec }) => [metadata.name, spec]),
    Node.map(({ metadata: { name, labels, annotations } }) => [name, labels, annotations]),
    Pod.map(({ metadata: { namespace, name, uid, deletionTimestamp, annotations } }) => [
      namespace,
      name,
      uid,
      deletionTimestamp !== undefined,
      annotations[podRoutesAnnotation],
    ]),
  ]);
}

/** How often it is looked whether the lab still runs, whether something in it was broken or healed, and who is late. */
const labCheckMs = 1_000;

/** How often it is looked whether pods have the addresses and routes that they were given. */
const mendMs = 15_000;

/** How long OVN may take to forward a pod's packets before it is told. It binds a port within milliseconds; northd may have much to do. */
const installMs = 10_000;

/** How long a turn waits that failed as a whole: at first, and at most. */
const firstPauseMs = 1_000;
const longestPauseMs = 10_000;

const isOfPod = ({ object }: Finding): boolean => object?.kind === 'Pod';

/** A lab being played: what a pass has to do with it, and whether it is still there. */
export type Stage = AsyncDisposable &
  Attaching & {
    readonly makeBridges: Player['makeBridges'];
    /** Lets the nodes follow a listing. Nobody waits for them: a pass that answers a failure, or another object, must not. */
    follow(resources: ResourceSet): void;
    /** What is told of everything but pods. */
    others(): readonly Finding[];
    /** Resolves once what was followed first is played and every workload forwards packets, or is told of. */
    readonly ready: Promise<void>;
    /** Aborted when the lab is gone. */
    readonly ended: AbortSignal;
    /** Who plays the lab: this process, another one of the same objects, or whoever leads its OVN with others. */
    readonly player: 'this' | 'another' | 'other-lead';
    /** Looks at once who plays, which is looked at every second. */
    look(): void;
  };

export type StageOptions = {
  readonly lab: Lab;
  readonly instance: string;
  /** Where a node leaves its reports and finds its orders. */
  readonly boardOf: BoardOf;
  /** Told of what goes wrong in the lab that nothing was done to; `where` is `node/NAME` or `lab/NAME`. */
  readonly onFault: (where: string, fault: unknown) => void;
  /** A node's agent has reported. */
  readonly onReported: (node: string) => void;
  /** After each turn, with the resources that the lab is as. */
  readonly onPlayed?: ((resources: ResourceSet) => Promise<void>) | undefined;
  /** Told of pods, as `pod/NAMESPACE/NAME`, that got back what somebody had taken away inside them. */
  readonly onMended: (pods: readonly string[]) => void;
  /** Nothing is played before it is taken: where several processes follow the same objects one of them plays. By default it is ours. */
  readonly part?: LabPart | undefined;
  /** Nothing is touched while another's objects say how the nodes are to be. */
  readonly lead: NodeLead;
};

/**
 * Plays a lab until it is disposed of: what is followed, one turn after the other with those in between left out, and again when something
 * in the lab was broken or healed, and when it is time to try something again. What nodes report, announce and fence waits for none of that.
 */
export function playOn(options: StageOptions): Stage {
  const { lab, instance, boardOf, onFault, onReported, onPlayed, onMended, part, lead } = options;
  const player = createPlayer(lab, instance);
  const onNode = (node: string, fault: unknown): void => onFault(`node/${node}`, fault);
  let sentries: AsyncDisposable | undefined;
  let leaving: Promise<void> | undefined;
  const ended = new AbortController();
  const listeners = new Set<() => void>();
  const ready = Promise.withResolvers<void>();
  let wanted: ResourceSet | undefined;
  let playedKey: string | undefined;
  let played: Played = { findings: [], dueInMs: undefined };
  let told: readonly Finding[] = [];
  let broken = '';
  let isDue = false;
  let isMending = false;
  let isClosed = false;
  let due: NodeJS.Timeout | undefined;
  let pauseMs = firstPauseMs;
  let turn: Promise<void> | undefined;

  const tell = (): void => {
    const now = sentries ? sortFindings([...played.findings, ...player.late(installMs)]) : [];
    if (JSON.stringify(now) === JSON.stringify(told)) return;
    told = now;
    for (const listener of listeners) listener();
  };
  const failed = (fault: unknown): void => {
    if (!isClosed && lab.isRunning()) onFault(`lab/${lab.name}`, fault);
  };
  const again = (afterMs: number): void => {
    clearTimeout(due);
    due = setTimeout(begin, afterMs);
  };
  const takeTurn = async (resources: ResourceSet): Promise<void> => {
    const key = nodesKey(resources);
    if (isDue || key !== playedKey) {
      isDue = false;
      playedKey = undefined;
      clearTimeout(due);
      played = await player.play(resources);
      playedKey = key;
      if (played.dueInMs !== undefined) again(played.dueInMs);
      tell();
      void player.installed(installMs).then(
        () => ready.resolve(),
        () => undefined,
      );
    }
    if (isMending) {
      isMending = false;
      await player.mend(resources).then(onMended, failed);
    }
    await onPlayed?.(resources);
  };
  const enter = (): void => {
    const isOurs = lead.isOurs();
    if (isOurs !== true) leave();
    if (isOurs === false) part?.letGo();
    if (!isOurs || isClosed || sentries || leaving || part?.isTaken() === false) return;
    sentries = playSentries({ lab, instance, boardOf, onFault: onNode, onReported });
    if (wanted) begin();
  };
  function leave(): void {
    if (!sentries) return;
    const ending = sentries;
    sentries = undefined;
    clearTimeout(due);
    leaving = left(ending).catch(failed);
  }
  const left = async (ending: AsyncDisposable): Promise<void> => {
    await ending[Symbol.asyncDispose]();
    await turn;
    leaving = undefined;
  };
  const turns = async (): Promise<void> => {
    // Whoever began them notes first that they are on.
    await undefined;
    for (
      let last: ResourceSet | undefined;
      wanted && sentries && !isClosed && (isDue || isMending || wanted !== last);
    ) {
      last = wanted;
      try {
        await takeTurn(last);
        pauseMs = firstPauseMs;
      } catch (fault) {
        failed(fault);
        again(pauseMs);
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
    turn = undefined;
  };
  const goOn = (): void => {
    if (sentries) turn ??= turns();
  };
  function begin(): void {
    isDue = true;
    goOn();
  }
  const look = (): void => {
    if (!lab.isRunning()) {
      ended.abort();
      return;
    }
    enter();
    const now = lab.failures().map(formatFailure).join();
    if (now !== broken) begin();
    broken = now;
    tell();
  };
  const timer = setInterval(look, labCheckMs);
  const watched = lead.watch(enter);
  const mending = setInterval(() => {
    isMending = true;
    goOn();
  }, mendMs);
  enter();
  return {
    makeBridges: (resources) => (sentries ? player.makeBridges(resources) : Promise.resolve(new Map())),
    ended: ended.signal,
    get ready() {
      return sentries ? ready.promise : Promise.resolve();
    },
    get player() {
      if (lead.isOurs() === false) return 'other-lead';
      return part?.isTaken() === false ? 'another' : 'this';
    },
    look: enter,
    findings: () => told.filter(isOfPod),
    others: () => told.filter((each) => !isOfPod(each)),
    watch(onChange) {
      listeners.add(onChange);
      return {
        [Symbol.dispose]() {
          listeners.delete(onChange);
        },
      };
    },
    follow(resources) {
      wanted = resources;
      enter();
      goOn();
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      watched[Symbol.dispose]();
      clearInterval(timer);
      clearInterval(mending);
      clearTimeout(due);
      await leaving;
      await sentries?.[Symbol.asyncDispose]();
      await turn;
      clearTimeout(due);
      await player.close();
    },
  };
}
