import { formatRef, type ResourceSet, resourcesIn } from '@berth/api';
import { atLeast, type Change } from '@berth/core';
import type { PassResult } from '@berth/engine';
import { CliFault } from '../context/cli-fault.ts';
import type { Asking, Invocation } from '../context/invocation.ts';
import {
  openReadSession,
  openSession,
  type Session,
  type SessionOptions,
  sessionOptions,
} from '../context/session.ts';
import { storedResources } from '../context/stored.ts';
import type { Terminal } from '../context/terminal.ts';
import { answer, jsonText } from '../output/answer.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { findingLines, plural } from '../output/findings.ts';
import { planText } from '../output/plan-text.ts';
import type { ApplyAnswer } from '../schema/apply.ts';
import type { Options } from '../tree/options.ts';
import { type Converged, converge, patienceOf } from './converge.ts';
import {
  type ObjectResult,
  type Objects,
  objectResults,
  objectsWithRows,
  presentObjects,
  resultText,
} from './object-results.ts';
import { previewPlan } from './plan.ts';

export async function run({ options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  const where = await sessionOptions(options, environment, signal);
  if (terminal.isInteractive && !options.yes) await confirmDeletions(where, terminal, signal);
  const timeoutMs = patienceOf(options);
  const present = presentObjects(await storedResources(where.place.stateFolder));
  const applied = await applyIn(where, present, timeoutMs, signal);
  const done = await withStillness(applied, { options, environment, signal });
  print(done, options, terminal);
  const { isSettled, waitingFor, findings } = done.converged;
  if (!isSettled || waitingFor.length > 0) return exitCodes.cannotTell;
  return findings.some((each) => atLeast(each, 'error')) ? exitCodes.notFine : exitCodes.fine;
}

/** Applies in a session that is closed again. */
async function applyIn(
  where: SessionOptions,
  present: Objects['present'],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Applied> {
  await using session = await openSession(where);
  return await applyOnce(session, present, timeoutMs, signal);
}

/** With the addresses that nodes which stand still keep dark, or go on answering for. A fault of reading them hides nothing of what was done. */
async function withStillness({ told, converged, objects }: Applied, asking: Asking): Promise<Applied> {
  if (!converged.findings.some(({ code }) => code === 'node-frozen')) return { told, converged, objects };
  const { stillnessIn } = await import('../context/stillness.ts');
  const findings = await stillnessIn(converged.findings, asking);
  return { told: { ...told, findings: [...findings] }, converged: { ...converged, findings }, objects };
}

type Applied = {
  readonly told: ApplyAnswer;
  readonly converged: Converged;
  readonly objects: readonly ObjectResult[];
};

/** Converges, and tells what became of each object. */
async function applyOnce(
  session: Session,
  stored: Objects['present'],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Applied> {
  const withRows = () => objectsWithRows(session.ovn.northbound.snapshot(), session.settings.instance);
  const before: Objects = { present: stored, withRows: withRows() };
  const changes: Change[] = [];
  let transactions = 0;
  let resources: ResourceSet | undefined;
  const onPass = ({ listing, plan, written }: PassResult): void => {
    resources = listing.resources;
    transactions += written.transactions;
    if (written.transactions > 0) changes.push(...plan.changes);
  };
  const converged = await converge(session, { timeoutMs, signal, onPass });
  const present = resources ? presentObjects(resources) : stored;
  const objects = objectResults(changes, before, { present, withRows: withRows() });
  const count = (wanted: string): number => objects.filter(({ result }) => result === wanted).length;
  const counts = {
    created: count('created'),
    configured: count('configured'),
    adjusted: count('adjusted'),
    unprogrammed: count('unprogrammed'),
    deleted: count('deleted'),
  };
  const changed = counts.created + counts.configured + counts.adjusted + counts.unprogrammed;
  const told: ApplyAnswer = answer('Apply', converged.findings, {
    objects: objects.map(({ object, result }) => ({ object, result })),
    waitingFor: converged.waitingFor,
    summary: {
      ...counts,
      unchanged: Math.max(0, (resources ? resourcesIn(resources).length : 0) - changed),
      transactions,
    },
  });
  return { told, converged, objects };
}

function print({ told, converged, objects }: Applied, { output }: Options, { out, err }: Terminal): void {
  if (output === 'json') {
    out.write(jsonText(told));
    return;
  }
  for (const one of objects) {
    const name = formatRef(one.object);
    out.write(output === 'name' ? `${name}\n` : `${name} ${resultText(one)}\n`);
  }
  err.write(findingLines(converged.findings, err));
  const { created, configured, adjusted, unprogrammed, deleted, unchanged } = told.summary;
  const followed = adjusted > 0 ? `${adjusted} adjusted, ` : '';
  const lost = unprogrammed > 0 ? `${unprogrammed} unprogrammed, ` : '';
  err.write(
    `${created} created, ${configured} configured, ${followed}${lost}${deleted} deleted, ${unchanged} unchanged\n`,
  );
  if (converged.waitingFor.length > 0) {
    err.write(`not attached in time: ${converged.waitingFor.map(formatRef).join(', ')}\n`);
  } else if (!converged.isSettled) {
    err.write('something was still changing when the time was over: apply again\n');
  }
}

/** Shows what would be deleted, if anything, and asks. Throws CliFault `interrupted` after a no. */
async function confirmDeletions(
  where: SessionOptions,
  { err, confirm }: Terminal,
  signal: AbortSignal,
): Promise<void> {
  await using session = await openReadSession(where);
  const { plan } = await previewPlan(session);
  const deleted = plan.summary.delete;
  if (deleted === 0) return;
  err.write(planText(plan, err));
  if (await confirm(`Delete ${plural(deleted, 'row')}?`, signal)) return;
  throw new CliFault('interrupted', 'nothing was changed', 'apply again, with --yes to skip the question');
}
