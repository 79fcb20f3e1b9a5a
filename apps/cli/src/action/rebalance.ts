import { rebalanceAnnotation } from '@berth/api';
import { nodeNamer, unevenGateways } from '@berth/core';
import { SourceFault } from '@berth/source';
import { CliFault } from '../context/cli-fault.ts';
import { presentFabric } from '../context/fabric.ts';
import type { Invocation } from '../context/invocation.ts';
import { openSession, type Session, type SessionOptions, sessionOptions } from '../context/session.ts';
import { answer, jsonText } from '../output/answer.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { findingLines } from '../output/findings.ts';
import { table } from '../output/table.ts';
import type { RebalanceAnswer } from '../schema/rebalance.ts';
import { converge, patienceOf } from './converge.ts';

export async function run({ words, options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  await using session = await open(await sessionOptions(options, environment, signal));
  const before = await uneven(session, words);
  const vpcs = new Set(before.map(({ vpc }) => vpc));
  const settings = { ...session.settings, rebalance: vpcs };
  const timeoutMs = patienceOf(options);
  const { findings } = await converge(
    { ...session, settings },
    { timeoutMs, signal, onPass: () => undefined },
  );
  const left = new Set((await uneven(session, words)).map(({ vpc, subnet }) => `${vpc}/${subnet}`));
  const nodeName = nodeNamer(presentFabric(session.ovn));
  const moves = before.map(({ vpc, subnet, from, to }) => ({
    vpc,
    subnet,
    from: nodeName(from),
    to: to.node,
    done: !left.has(`${vpc}/${subnet}`),
  }));
  const { out, err } = terminal;
  if (options.output === 'json') {
    out.write(jsonText(answer('Rebalance', findings, { moves }) satisfies RebalanceAnswer));
  } else {
    err.write(findingLines(findings, err));
    if (moves.length === 0) out.write('the gateways are spread evenly\n');
    else out.write(movesTable(moves));
  }
  return moves.every(({ done }) => done) ? exitCodes.fine : exitCodes.notFine;
}

/** The right to write; a controller that has it is told what to do by the Vpc. */
async function open(where: SessionOptions): Promise<Session> {
  try {
    return await openSession(where);
  } catch (cause) {
    if (!(cause instanceof SourceFault && cause.code === 'state-locked')) throw cause;
    throw new CliFault(
      'cannot-tell',
      'a controller is at work',
      `annotate the Vpc with ${rebalanceAnnotation}: "true" and take it away when its gateway has moved`,
      { cause },
    );
  }
}

/** The gateways that an even spread has elsewhere, of the Vpcs named or of all. Throws CliFault `usage` for an unknown Vpc. */
async function uneven({ source, ovn, settings }: Session, words: readonly string[]) {
  const { resources } = await source.list();
  const known = new Set(resources.Vpc.map(({ metadata }) => metadata.name));
  const unknown = words.find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new CliFault('usage', `there is no vpc/${unknown}`, `there is ${[...known].join(', ') || 'none'}`);
  const all = unevenGateways(resources, presentFabric(ovn), settings);
  return words.length === 0 ? all : all.filter(({ vpc }) => words.includes(vpc));
}

function movesTable(moves: RebalanceAnswer['moves']): string {
  const rows = moves.map(({ vpc, subnet, from, to, done }) => [vpc, subnet, from, to, done ? 'yes' : 'no']);
  return table(['VPC', 'SUBNET', 'FROM', 'TO', 'DONE'], rows);
}
