import { loop, NodeWatch } from '@berth/engine';
import { folderNodeBoard } from '@berth/source';
import { CliFault } from '../context/cli-fault.ts';
import type { Invocation } from '../context/invocation.ts';
import { openSession, sessionOptions } from '../context/session.ts';
import { storedResources } from '../context/stored.ts';
import type { Terminal } from '../context/terminal.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { faultLine } from '../output/fault-line.ts';
import { makeFirstBridges } from './first-bridges.ts';
import { untilServing } from './first-serving.ts';
import { presentObjects } from './object-results.ts';
import { reporterOf } from './reporter.ts';
import { playOn } from './stage.ts';

export async function run({ options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  const where = sessionOptions(options, environment, signal);
  const before = presentObjects(await storedResources(where.place.stateFolder));
  await using session = await openSession(where);
  const { lab } = session;
  lab?.registerRun();
  const { stateFolder } = session;
  const onFault = nodeFaults(terminal);
  const { instance } = session.settings;
  await using stage = lab && playOn({ lab, instance, stateFolder, onFault });
  if (stage) await makeFirstBridges(session, stage, signal);
  const reporter = reporterOf(session, terminal, where.folder, before);
  await using board = folderNodeBoard({ stateFolder });
  const nodes = new NodeWatch(board, () => performance.now());
  await loop(
    { ...session, nodes },
    {
      signal: stage ? AbortSignal.any([signal, stage.ended]) : signal,
      onPass: async (result) => {
        reporter.wrote(result);
        // What a pass changes may cure what it found; another one follows it.
        const ofNodes = (await stage?.sync(result.listing.resources)) ?? [];
        if (lab?.failures().length === 0) await untilServing(session.ovn, result.plan, signal);
        if (result.written.changes === 0) reporter.found([...result.findings, ...ofNodes]);
        reporter.passed(result);
      },
      onFault: reporter.failed,
    },
  );
  if (lab && stage?.ended.aborted && !signal.aborted) {
    throw new CliFault('cannot-tell', `lab/${lab.name} has ended`, 'start it again with berth lab up');
  }
  return reporter.passes() > 0 ? exitCodes.fine : exitCodes.interrupted;
}

/** Says what goes wrong on nodes, each thing once until something else does there. */
function nodeFaults({ err }: Pick<Terminal, 'err'>): (node: string, fault: unknown) => void {
  const last = new Map<string, string>();
  return (node, fault) => {
    const line = faultLine(fault, err.style, false);
    if (last.get(node) !== line) err.write(`node/${node}: ${line}`);
    last.set(node, line);
  };
}
