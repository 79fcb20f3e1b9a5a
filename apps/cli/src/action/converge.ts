import type { Lab } from '@berth/lab';
import { type Finding, fabricOf, type Intent, type ObjectRef, sortFindings } from '@berth/core';
import { type Ovn, type PassResult, pass, preview } from '@berth/engine';
import type { Session } from '../context/session.ts';
import { createPlayer } from '../player/player.ts';

/** How a session came to rest. */
export type Converged = {
  /** The last pass. */
  readonly last: PassResult;
  readonly findings: readonly Finding[];
  /** Workloads and gateways that were not attached in time; empty without a lab. */
  readonly waitingFor: readonly ObjectRef[];
  /** Nothing was left to change. */
  readonly isSettled: boolean;
};

export type ConvergeOptions = {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onPass: (result: PassResult) => void;
};

/** While nothing changes, how long to wait before looking again. */
const pauseMs = 250;

/**
 * Passes until one changes nothing; on a lab, whose nodes are played meanwhile, until every workload and gateway is
 * attached too. Ends when the time is over, whatever came of it. Throws the signal's reason when it is aborted.
 */
export async function converge(session: Session, options: ConvergeOptions): Promise<Converged> {
  const player = session.lab && (await createPlayer(session.lab));
  try {
    return await rounds(session, player, options);
  } finally {
    await player?.close();
  }
}

type Player = Awaited<ReturnType<typeof createPlayer>>;

async function rounds(
  session: Session,
  player: Player | undefined,
  { timeoutMs, signal, onPass }: ConvergeOptions,
): Promise<Converged> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    const last = await pass(session);
    onPass(last);
    const ofNodes = (await player?.sync(last.listing.resources)) ?? [];
    const isSettled = last.written.changes === 0 && last.statusWrites === 0;
    const waitingFor = isSettled && session.lab ? await unattached(session, session.lab) : [];
    const isOver = Date.now() > deadlineMs;
    if (isOver || (isSettled && waitingFor.length === 0)) {
      return { last, findings: sortFindings([...last.findings, ...ofNodes]), waitingFor, isSettled };
    }
    if (isSettled) await nextChange(session.ovn, signal);
  }
}

/** What should be claimed by a chassis of the lab and is not. */
async function unattached({ source, ovn, settings }: Session, _lab: Lab): Promise<readonly ObjectRef[]> {
  const fabric = fabricOf(ovn.northbound.snapshot(), ovn.southbound.snapshot());
  const { result } = await preview(source, fabric, settings);
  return unclaimed(result.intent, fabric.claims);
}

/** Workloads placed on a node of the OVN, and attachments with gateways, whose ports no chassis claims. */
export function unclaimed(intent: Intent, claims: ReadonlyMap<string, string>): readonly ObjectRef[] {
  return intent.vpcs.flatMap(({ name, ref, subnets, attachments }) => {
    const ports = subnets
      .flatMap((subnet) => subnet.ports)
      .filter((port) => port.chassis !== undefined && !claims.has(port.name))
      .map((port) => port.ref);
    const gateways = attachments.filter(
      ({ subnet, gateways: members }) => members.length > 0 && !claims.has(`cr-${name}-${subnet}`),
    );
    return gateways.length > 0 ? [...ports, ref] : ports;
  });
}

/** Resolves after a change of NB or SB, after a pause, or when the signal is aborted. */
function nextChange({ northbound, southbound }: Ovn, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      for (const stop of stops) stop();
      resolve();
    };
    const timer = setTimeout(done, pauseMs);
    signal.addEventListener('abort', done, { once: true });
    const stops = [northbound.subscribe(done), southbound.subscribe(done)];
  });
}
