import { carriedOut, type Fabric, type NodeHealth, saysHowFar, saysItStandsStill } from '@berth/core';
import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { lagOf, progressOf } from './suspect.ts';

/** What the agent of a node said last of ovn-controller and its flows. */
export type LastWord = {
  /** How far the chassis had got with NB when the agent was heard last. */
  readonly done: number | undefined;
  /** The agent is silent since, and something else has told otherwise. It is believed again once it is heard. */
  readonly isOverruled: boolean;
};

type Signs = {
  readonly health: ReadonlyMap<string, NodeHealth>;
  readonly dead: { has(chassis: string): boolean };
  readonly sb: Snapshot<SbTables>;
};

/**
 * Follows what agents said last, by node. That an agent is late takes back nothing of it, as it may be late because its node is busy, or hangs with
 * the ovn-controller that it told of; that its chassis goes on with NB does, and that it is confirmed dead.
 */
export function followLastWords(
  before: ReadonlyMap<string, LastWord>,
  { health, dead, sb }: Signs,
): ReadonlyMap<string, LastWord> {
  const reached = carriedOut(sb);
  return new Map(
    [...health.values()].map(({ node, chassis = '', isFresh }): readonly [string, LastWord] => {
      const done = reached.get(chassis);
      const known = before.get(node) ?? { done, isOverruled: false };
      if (isFresh !== false) return [node, { done, isOverruled: false }];
      const hasGoneOn = done !== undefined && (known.done === undefined || done > known.done);
      return [node, { ...known, isOverruled: known.isOverruled || hasGoneOn || dead.has(chassis) }];
    }),
  );
}

/** What agents say, without what is overruled of it. */
export function inForce(
  health: ReadonlyMap<string, NodeHealth>,
  words: ReadonlyMap<string, LastWord>,
): ReadonlyMap<string, NodeHealth> {
  if (![...words.values()].some(({ isOverruled }) => isOverruled)) return health;
  return new Map(
    [...health].map(([node, each]) => [node, words.get(node)?.isOverruled ? withoutWord(each) : each]),
  );
}

/** What it said of ovn-controller, of the flows, and of what it keeps from being answered while that does not run. */
function withoutWord(health: NodeHealth): NodeHealth {
  const { controllerRuns, controllerConnected, controllerHangs, flowsInstalled, fenced, ...rest } = health;
  return rest;
}

/**
 * Chassis whose agents are silent, and that have carried out nothing of NB since: they may hang with their agents, or follow SB without them. Nobody
 * is in doubt where chassis are told to keep to themselves how far they got, as that would never end.
 */
export function doubtedOf(
  health: ReadonlyMap<string, NodeHealth>,
  words: ReadonlyMap<string, LastWord>,
  nb: Snapshot<NbTables>,
): ReadonlySet<string> {
  const isDoubted = ({ node, isFresh }: NodeHealth): boolean =>
    isFresh === false && words.get(node)?.isOverruled === false;
  return new Set(
    saysHowFar(nb)
      ? [...health.values()].flatMap((each) => (isDoubted(each) ? (each.chassis ?? []) : []))
      : [],
  );
}

/**
 * Whether chassis must be asked for a sign of life, because nothing but the word of an agent that is silent says that one stands still, or that a
 * gateway in doubt does not. Once it is asked it is behind, or has gone on, and rows tell: this comes once.
 */
export function mustAskOf(
  health: ReadonlyMap<string, NodeHealth>,
  { doubted = new Set(), gateways }: Pick<Fabric, 'doubted' | 'gateways'>,
  nb: Snapshot<NbTables>,
  sb: Snapshot<SbTables>,
): boolean {
  const isGateway = (name: string): boolean =>
    [...gateways.values()].some((group) => group.some(({ chassis }) => chassis === name));
  const isInDoubt = (chassis: string): boolean => doubted.has(chassis) && isGateway(chassis);
  const meant = [...health.values()].flatMap(({ chassis, ...said }) =>
    chassis !== undefined && said.isFresh === false && (isInDoubt(chassis) || saysItStandsStill(said))
      ? [chassis]
      : [],
  );
  if (meant.length === 0) return false;
  const progress = progressOf(nb, sb);
  return meant.some((chassis) => progress.byChassis.has(chassis) && lagOf(chassis, progress) === 'ask');
}
