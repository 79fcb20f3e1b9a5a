import { keepAnnotation, type ResourceSet } from '@berth/api';
import { atLeast, type Finding, type Home, keepingObjects, waysOf, withWrites } from '@berth/core';
import { type Adoption, adoptionOf, located, takeOver } from '@berth/engine';
import { CliFault } from '../context/cli-fault.ts';
import { homeOf } from '../context/cluster.ts';
import type { Invocation } from '../context/invocation.ts';
import { openReadSession } from '../context/session.ts';
import { doneText } from '../output/adopt-text.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { findingIdentity, plural } from '../output/findings.ts';
import { changeAnswer } from '../output/plan-answer.ts';
import type { AdoptAnswer } from '../schema/adopt.ts';
import { adoptPlace, openOnly, type World, worldOf } from './adopt-place.ts';
import { printAdopt } from './adopt-print.ts';
import { converge, patienceOf } from './converge.ts';

export async function run(invocation: Invocation): Promise<ExitCode> {
  const { options } = invocation;
  if (options.undo && options.lift)
    throw new CliFault('usage', '--undo and --lift do two things', 'give one');
  if (options.undo) return (await import('./adopt-undo.ts')).run(invocation);
  if (options.lift) return (await import('./adopt-lift.ts')).run(invocation);
  return options.yes ? await adopt(invocation) : await show(invocation);
}

async function show(invocation: Invocation): Promise<ExitCode> {
  const { options, terminal } = invocation;
  const where = await adoptPlace(invocation);
  await using session = await openReadSession({ ...where, adopt: 'quietly' });
  const world = await worldOf(session, session.reader);
  const adoption = adoptionOf(world);
  const findings = foreseenIn(adoption, world);
  const { plan, afterwards } = adoption;
  const kept = keptIn(adoption, world.resources);
  printAdopt({ plan, afterwards, findings, kept, done: false }, invocation);
  if (options.output !== 'json' && interruptingIn(adoption) > 0)
    terminal.err.write(refusal(adoption, homeOf(where.cluster, where.place)));
  const differing = plan.changes.length + adoption.keeps.length + (plan.left ?? []).length;
  return differing === 0 ? exitCodes.fine : exitCodes.notFine;
}

/** Stores what is to be kept, then makes rows ours until nothing is left to do. Nothing at all where that interrupts traffic. */
async function adopt(invocation: Invocation): Promise<ExitCode> {
  const { options, terminal, signal } = invocation;
  const where = await adoptPlace(invocation);
  await using held = await openOnly({ ...where, adopt: 'quietly' }, invocation);
  const world = await worldOf(held, held.source);
  const adoption = adoptionOf(world);
  const kept = keptIn(adoption, world.resources);
  const { plan, afterwards } = adoption;
  const expected = foreseenIn(adoption, world);
  if (interruptingIn(adoption) > 0) {
    printAdopt({ plan, afterwards, findings: expected, kept, done: false }, invocation);
    terminal.err.write(refusal(adoption, homeOf(where.cluster, where.place)));
    return exitCodes.notFine;
  }
  const session = { ...held, fence: await takeOver(held.source, held.ovn, held.settings) };
  if (adoption.keeps.length > 0) await session.source.store(adoption.keeps);
  const { findings, isSettled } = await converge(session, {
    timeoutMs: patienceOf(options),
    signal,
    onPass: () => undefined,
  });
  const errors = findings.filter((each) => atLeast(each, 'error'));
  const isWhole = isSettled && errors.length === 0;
  // What is left alone, and what was wrong with objects before, is told as such; anything else that failed is not to be called done.
  const foreseen = new Set(expected.map(findingIdentity));
  const isLeft = (each: Finding): boolean =>
    isClash(each)
      ? (plan.left ?? []).length > 0
      : each.code !== 'transaction-refused' && foreseen.has(findingIdentity(each));
  const isDone = isSettled && errors.every(isLeft);
  const outcome = isDone ? doneText('adopt', plan, adoption.keeps.length) : undefined;
  printAdopt({ plan, afterwards, findings, kept, done: true, outcome }, invocation);
  if (!isSettled) {
    terminal.err.write('something was still changing when the time was over: adopt again\n');
    return exitCodes.cannotTell;
  }
  return isWhole ? exitCodes.fine : exitCodes.notFine;
}

/** What is wrong with objects as they are written, and what taking over comes to. */
function foreseenIn({ findings }: Adoption, { listing }: World): readonly Finding[] {
  return [...listing.findings, ...findings].map((each) => located(each, listing));
}

function isClash({ code }: Finding): boolean {
  return code === 'row-clash';
}

function keptIn({ kept, keeps }: Adoption, resources: ResourceSet): AdoptAnswer['kept'] {
  const keeping = keepingObjects(withWrites(resources, keeps));
  return kept.map(({ object, onLift }) => {
    const found = keeping.find(({ kind, metadata }) => kind === object.kind && metadata.name === object.name);
    const text = found?.metadata.annotations[keepAnnotation] ?? 'null';
    return { object, keep: parsed(text), onLift: onLift.map(changeAnswer) };
  });
}

function parsed(text: string): AdoptAnswer['kept'][number]['keep'] {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** How many changes interrupt traffic, those that only follow among them. */
function interruptingIn({ plan, afterwards }: Adoption): number {
  return [...plan.changes, ...afterwards].filter(({ interrupts }) => interrupts !== null).length;
}

function refusal(adoption: Adoption, home: Home): string {
  const interrupting = interruptingIn(adoption);
  const { controller, once = controller } = waysOf(home);
  return `not to be done: ${plural(interrupting, 'change')} would interrupt traffic; correct the objects, or choose the moment and use ${once} --adopt\n`;
}
