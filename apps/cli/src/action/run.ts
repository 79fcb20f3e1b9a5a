import { formatRef, resourcesIn } from '@berth/api';
import type { Finding } from '@berth/core';
import { loop, type PassResult } from '@berth/engine';
import { CliFault } from '../context/cli-fault.ts';
import type { Invocation } from '../context/invocation.ts';
import { openSession, type Session, sessionOptions } from '../context/session.ts';
import type { Terminal } from '../context/terminal.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { faultLine } from '../output/fault-line.ts';
import { findingIdentity, findingLines, plural, resolvedLine } from '../output/findings.ts';
import { createPlayer } from '../player/player.ts';
import { objectResults, objectsWithRows } from './object-results.ts';

/** How often it is looked whether the lab still runs. */
const labCheckMs = 1_000;

export async function run({ options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  const where = sessionOptions(options, environment, signal);
  await using session = await openSession(where);
  const { lab } = session;
  lab?.registerRun();
  await using resources = new AsyncDisposableStack();
  const player = lab && resources.adopt(await createPlayer(lab), (each) => each.close());
  const labGone = new AbortController();
  const timer = setInterval(() => lab?.isRunning() === false && labGone.abort(), labCheckMs);
  resources.defer(() => clearInterval(timer));
  const reporter = reporterOf(session, terminal, where.folder);
  await loop(session, {
    signal: AbortSignal.any([signal, labGone.signal]),
    onPass: async (result) => {
      const ofNodes = (await player?.sync(result.listing.resources)) ?? [];
      reporter.passed(result, ofNodes);
    },
    onFault: reporter.failed,
  });
  if (lab && labGone.signal.aborted && !signal.aborted) {
    throw new CliFault('cannot-tell', `lab/${lab.name} has ended`, 'start it again with berth lab up');
  }
  return reporter.passes() > 0 ? exitCodes.fine : exitCodes.interrupted;
}

type Reporter = {
  readonly passed: (result: PassResult, ofNodes: readonly Finding[]) => void;
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
    passed(result, ofNodes) {
      const before = rows;
      rows = withRows();
      const changes = result.written.transactions > 0 ? result.plan.changes : [];
      for (const { object, result: verb } of objectResults(changes, before, rows)) {
        out.write(`${formatRef(object)} ${verb}\n`);
      }
      const findings = new Map([...result.findings, ...ofNodes].map((each) => [findingIdentity(each), each]));
      err.write(findingLines([...findings].filter(([key]) => !known.has(key)).map(([, each]) => each), err));
      for (const [key, each] of known) if (!findings.has(key)) err.write(resolvedLine(each, err.style));
      known = findings;
      if (lastFault !== '') err.write('back to work\n');
      lastFault = '';
      passes += 1;
      if (passes === 1) err.write(readyLine(session, folder, resourcesIn(result.listing.resources).length));
    },
    failed(fault, delayMs) {
      const line = faultLine(fault, err.style, false);
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
