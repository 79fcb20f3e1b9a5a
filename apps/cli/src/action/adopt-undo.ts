import { compiledTables, ownRows } from '@berth/core';
import { givingBackOf, takeOver, writePlan } from '@berth/engine';
import { CliFault } from '../context/cli-fault.ts';
import { homeOf } from '../context/cluster.ts';
import type { Invocation } from '../context/invocation.ts';
import { openReadSession } from '../context/session.ts';
import { doneText } from '../output/adopt-text.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { plural } from '../output/findings.ts';
import { adoptPlace, openOnly, worldOf } from './adopt-place.ts';
import { printAdopt } from './adopt-print.ts';

/** Rows first, then the annotations: killed in between, the next time does the rest. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const where = await adoptPlace(invocation);
  const home = homeOf(where.cluster, where.place);
  if (!invocation.options.yes) {
    await using session = await openReadSession(where);
    const { plan, writes, staying } = await givingBack(session, session.reader);
    printAdopt({ plan, findings: plan.findings, staying, home, done: false }, invocation);
    return plan.changes.length + writes.length === 0 ? exitCodes.fine : exitCodes.notFine;
  }
  await using held = await openOnly(where, invocation);
  const { plan, writes, staying } = await givingBack(held, held.source);
  const fence = await takeOver(held.source, held.ovn, held.settings);
  const { findings } = await writePlan(plan, fence);
  const isDone = findings.length === 0;
  if (isDone && writes.length > 0) await held.source.store(writes);
  const all = [...plan.findings, ...findings];
  const outcome = isDone ? doneText('undo', plan, writes.length) : undefined;
  printAdopt({ plan, findings: all, staying, home, done: isDone, outcome }, invocation);
  return isDone ? exitCodes.fine : exitCodes.notFine;
}

async function givingBack(session: Parameters<typeof worldOf>[0], reader: Parameters<typeof worldOf>[1]) {
  const world = await worldOf(session, reader);
  const { instance } = world.settings;
  const giving = givingBackOf(world);
  const { all, takenOver, givenBack } = ownRows(world.observed, compiledTables, instance);
  // What was given back before is done, all but perhaps the annotations.
  if (takenOver > 0 || all === 0 || givenBack > 0) return giving;
  throw new CliFault(
    'bad-input',
    `the Berth instance ${instance} took over none of the ${plural(all, 'row')} that carry its mark: it made them itself, so there is nobody to give them back to`,
    'remove the objects to remove what Berth made for them; rows that it took over remember it in external_ids:berth.dev/former',
  );
}
