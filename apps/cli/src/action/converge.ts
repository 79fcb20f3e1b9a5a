import { formatRef } from '@berth/api';
import { type Finding, type Intent, type ObjectRef, sortFindings } from '@berth/core';
import { type PassResult, pass, preview } from '@berth/engine';
import { presentFabric } from '../context/fabric.ts';
import { missingInFolder } from '../context/folder-alone.ts';
import type { Session } from '../context/session.ts';
import { createPlayer, type Player } from '../player/player.ts';
import type { Options } from '../tree/options.ts';
import { untilClaimsHold } from './claims-held.ts';
import { makeFirstBridges } from './first-bridges.ts';
import { untilServing } from './first-serving.ts';
import { nextChange } from './next-change.ts';
import { timeToFollow } from './time-to-follow.ts';

/** How a session came to rest. */
export type Converged = {
  /** Of the last pass, and of the lab's nodes. */
  readonly findings: readonly Finding[];
  /** Workloads and VPCs whose ports no chassis has claimed in time; empty without a lab. */
  readonly waitingFor: readonly ObjectRef[];
  /** Nothing was left to change. */
  readonly isSettled: boolean;
};

/** How long to wait for a session to come to rest: what `--timeout` says, in ms. */
export function patienceOf({ timeout = 30 }: Pick<Options, 'timeout'>): number {
  return timeout * 1000;
}

export type ConvergeOptions = {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** After each pass, before the nodes of a lab follow. */
  readonly onPass: (result: PassResult) => void;
};

/** While nothing changes, how long to wait before looking again: a new bridge takes a moment to show in SB. */
const pauseMs = 300;

/**
 * Passes until two in a row, a moment apart, had nothing to change; on a lab, whose nodes are played meanwhile, until
 * every workload and gateway is attached too. Ends when the time is over, whatever came of it. Throws the signal's
 * reason when it is aborted.
 */
export async function converge(session: Session, options: ConvergeOptions): Promise<Converged> {
  const { timeoutMs, signal, onPass } = options;
  const { ovn } = session;
  await using player = session.lab && createPlayer(session.lab, session.settings.instance);
  const deadlineMs = Date.now() + timeoutMs;
  await untilClaimsHold(ovn, signal);
  if (player) await makeFirstBridges(session, player, signal);
  const neededQuiet = session.lab ? 2 : 1;
  const follow = timeToFollow(ovn);
  for (let quiet = 0; ; ) {
    signal.throwIfAborted();
    const hadTime = follow.isOver();
    const result = await passed(session, () => hadTime);
    follow.note(result);
    onPass(result);
    const ofNodes = player ? await play(session, player, result, signal) : [];
    const isSettled = result.written.changes === 0 && result.statusWrites === 0;
    const waitingFor = session.lab && isSettled ? await unattached(session, ofNodes) : [];
    // What was claimed after the pass is not in its status yet, so the count starts only when all is claimed.
    quiet = isSettled && hadTime && waitingFor.length === 0 ? quiet + 1 : 0;
    if (quiet === neededQuiet || Date.now() > deadlineMs) {
      const missing = missingInFolder(result, session.settings);
      const findings = sortFindings([...result.findings, ...ofNodes, ...missing]);
      return { findings, waitingFor, isSettled };
    }
    if (isSettled) await nextChange([ovn.northbound, ovn.southbound], pauseMs, signal);
  }
}

/** A pass; throws what was refused in it, as nobody is there to try again later. */
async function passed(session: Session, hadTime: () => boolean): Promise<PassResult> {
  const result = await pass({ ...session, hadTime });
  if (result.refusal) throw result.refusal;
  return result;
}

/** Lets the nodes follow a pass, and the gateways it made settle. */
async function play(
  { lab, ovn }: Session,
  player: Player,
  { listing, plan }: PassResult,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { findings } = await player.play(listing.resources);
  const late = await player.installed(installMs);
  if (lab?.failures().length === 0) await untilServing(ovn, plan, signal);
  return [...findings, ...late];
}

/** OVN binds a port within milliseconds; northd may have much to compute before. */
const installMs = 20_000;

/** What should be claimed by a chassis and is not. A workload that a node refused is told of instead: it never will be. */
async function unattached(
  { source, ovn, settings }: Session,
  ofNodes: readonly Finding[],
): Promise<readonly ObjectRef[]> {
  const fabric = presentFabric(ovn);
  const { result } = await preview(source, fabric, settings);
  const refused = new Set(ofNodes.flatMap(({ object }) => (object ? formatRef(object) : [])));
  return unclaimed(result.intent, fabric.claims).filter((ref) => !refused.has(formatRef(ref)));
}

/** Workloads on nodes of the OVN, and VPCs with gateways, whose ports no chassis claims. */
export function unclaimed(intent: Intent, claims: ReadonlyMap<string, string>): readonly ObjectRef[] {
  return intent.vpcs.flatMap(({ name, ref, subnets, attachments }) => {
    const ports = subnets
      .flatMap((subnet) => subnet.ports)
      .filter((port) => port.chassis !== undefined && !claims.has(port.name))
      .map((port) => port.ref);
    const isWaiting = attachments.some(
      ({ subnet, gateways }) => gateways.length > 0 && !claims.has(`cr-${name}-${subnet}`),
    );
    return isWaiting ? [...ports, ref] : ports;
  });
}
