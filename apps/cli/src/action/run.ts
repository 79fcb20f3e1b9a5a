import { formatRef, type ResourceSet, resourcesIn } from '@berth/api';
import { type Finding, formatFailure } from '@berth/core';
import { loop, type PassResult } from '@berth/engine';
import type { Lab } from '@berth/lab';
import { CliFault } from '../context/cli-fault.ts';
import type { Invocation } from '../context/invocation.ts';
import { openSession, type Session, sessionOptions } from '../context/session.ts';
import type { Terminal } from '../context/terminal.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { faultLine } from '../output/fault-line.ts';
import { findingIdentity, findingLines, plural, resolvedLine } from '../output/findings.ts';
import { createPlayer } from '../player/player.ts';
import { objectResults, objectsWithRows } from './object-results.ts';

/** How often it is looked whether the lab still runs, and whether something in it was broken or healed. */
const labCheckMs = 1_000;

export async function run({ options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  const where = sessionOptions(options, environment, signal);
  await using session = await openSession(where);
  const { lab } = session;
  lab?.registerRun();
  await using stage = lab && playOn(lab, session.settings.instance);
  const reporter = reporterOf(session, terminal, where.folder);
  await loop(session, {
    signal: stage ? AbortSignal.any([signal, stage.ended]) : signal,
    onPass: async (result) => {
      reporter.wrote(result);
      // What a pass changes may cure what it found; another one follows it.
      const ofNodes = (await stage?.sync(result.listing.resources)) ?? [];
      if (result.written.changes === 0) reporter.found([...result.findings, ...ofNodes]);
      reporter.passed(result);
    },
    onFault: reporter.failed,
  });
  if (lab && stage?.ended.aborted && !signal.aborted) {
    throw new CliFault('cannot-tell', `lab/${lab.name} has ended`, 'start it again with berth lab up');
  }
  return reporter.passes() > 0 ? exitCodes.fine : exitCodes.interrupted;
}

type Reporter = {
  readonly wrote: (result: PassResult) => void;
  readonly found: (findings: readonly Finding[]) => void;
  readonly passed: (result: PassResult) => void;
  readonly failed: (fault: unknown, delayMs: number) => void;
  readonly passes: () => number;
};

/** Says what happens as it happens, each thing once. */
function reporterOf(session: Session, { out, err }: Terminal, folder: string): Reporter {
  const withRows = () => objectsWithRows(session.ovn.northbound.snapshot(), session.settings.instance);
  let rows = withRows();
  let known = new Map<string, Finding>();
  let passes = 0;
  let lastFault = '';
  return {
    wrote({ plan, written }) {
      const before = rows;
      rows = withRows();
      const changes = written.transactions > 0 ? plan.changes : [];
      for (const { object, result } of objectResults(changes, before, rows)) {
        out.write(`${formatRef(object)} ${result}\n`);
      }
    },
    found(all) {
      const findings = new Map(all.map((each) => [findingIdentity(each), each]));
      const isNew = ([key]: readonly [string, Finding]): boolean => !known.has(key);
      err.write(
        findingLines(
          [...findings].filter(isNew).map(([, each]) => each),
          err,
        ),
      );
      for (const [key, each] of known) if (!findings.has(key)) err.write(resolvedLine(each, err.style));
      known = findings;
    },
    passed({ listing }) {
      if (lastFault !== '') err.write('back to work\n');
      lastFault = '';
      passes += 1;
      if (passes === 1) err.write(readyLine(session, folder, resourcesIn(listing.resources).length));
    },
    failed(fault, delayMs) {
      const line = `a pass did not end: ${faultLine(fault, err.style, false)}`;
      if (line !== lastFault) err.write(line.replace(/\n$/, `; trying again in ${delayMs} ms\n`));
      lastFault = line;
    },
    passes: () => passes,
  };
}

function readyLine({ lab, place, fence }: Session, folder: string, objects: number): string {
  const where = lab ? `lab/${lab.name}` : place.remotes?.nb;
  return `watching ${folder}: ${plural(objects, 'object')} on ${where}, epoch ${fence.epoch}; stop with Ctrl-C\n`;
}

/** A lab being played: what a pass has to do with it, and whether it is still there. */
type Stage = AsyncDisposable & {
  /** Plays the nodes. A fault is worth another try as long as the lab is there. */
  readonly sync: (resources: ResourceSet) => Promise<readonly Finding[]>;
  /** Aborted when the lab is gone. */
  readonly ended: AbortSignal;
};

function playOn(lab: Lab, instance: string): Stage {
  const player = createPlayer(lab, instance);
  const ended = new AbortController();
  let resources: ResourceSet | undefined;
  let broken = '';
  let turn: Promise<unknown> = Promise.resolve();
  const sync = (wanted: ResourceSet): Promise<readonly Finding[]> => {
    const next = turn.then(() => player.sync(wanted));
    turn = next.catch(() => undefined);
    return next;
  };
  const look = (): void => {
    if (!lab.isRunning()) {
      ended.abort();
      return;
    }
    const now = lab.failures().map(formatFailure).join();
    // What was healed has to be played again; a fault shows at the next pass.
    if (now !== broken && resources) sync(resources).catch(() => undefined);
    broken = now;
  };
  const timer = setInterval(look, labCheckMs);
  return {
    ended: ended.signal,
    async sync(wanted) {
      resources = wanted;
      try {
        return await sync(wanted);
      } catch (cause) {
        const message = cause instanceof Error ? cause.message : String(cause);
        throw new CliFault('cannot-tell', message, undefined, { retry: 'backoff', cause });
      }
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await turn;
      await player.close();
    },
  };
}
