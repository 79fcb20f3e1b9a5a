import { formatRef, isKindName, kindOfWord, type ResourceSet, refOf } from '@berth/api';
import { atLeast, keepingObjects } from '@berth/core';
import { liftingOf, located, takeOver } from '@berth/engine';
import { CliFault } from '../context/cli-fault.ts';
import type { Invocation } from '../context/invocation.ts';
import { openReadSession } from '../context/session.ts';
import { doneText } from '../output/adopt-text.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { adoptPlace, openOnly, worldOf } from './adopt-place.ts';
import { printAdopt } from './adopt-print.ts';
import { converge, patienceOf } from './converge.ts';

export async function run(invocation: Invocation): Promise<ExitCode> {
  const { options, signal } = invocation;
  const where = await adoptPlace(invocation);
  if (!options.yes) {
    await using session = await openReadSession(where);
    const world = await worldOf(session, session.reader);
    const { plan, writes, findings } = liftingOf(world, namesIn(options.lift ?? [], world.resources));
    const told = [...world.listing.findings, ...findings].map((each) => located(each, world.listing));
    printAdopt({ plan, findings: told, done: false }, invocation);
    return plan.changes.length + writes.length === 0 ? exitCodes.fine : exitCodes.notFine;
  }
  await using held = await openOnly(where, invocation);
  const world = await worldOf(held, held.source);
  const { plan, writes, findings: foreseen } = liftingOf(world, namesIn(options.lift ?? [], world.resources));
  const lifted = foreseen.filter(({ code }) => code === 'keep-lifted');
  const session = { ...held, fence: await takeOver(held.source, held.ovn, held.settings) };
  if (writes.length > 0) await session.source.store(writes);
  const { findings, isSettled } = await converge(session, {
    timeoutMs: patienceOf(options),
    signal,
    onPass: () => undefined,
  });
  const isWhole = isSettled && !findings.some((each) => atLeast(each, 'error'));
  const outcome = isWhole ? doneText('lift', plan, writes.length) : undefined;
  printAdopt({ plan, findings: [...lifted, ...findings], done: true, outcome }, invocation);
  if (!isSettled) return exitCodes.cannotTell;
  return isWhole ? exitCodes.fine : exitCodes.notFine;
}

/** The objects that are meant, as `formatRef` writes them. Throws CliFault `usage` for one that keeps nothing. */
function namesIn(targets: readonly string[], resources: ResourceSet): ReadonlySet<string> {
  const keeping = keepingObjects(resources).map((each) => formatRef(refOf(each)));
  return new Set(
    targets.map((target) => {
      const [word = '', name = ''] = target.split('/');
      const kind = kindOfWord(word);
      const ref = kind !== undefined && isKindName(kind) ? formatRef({ kind, name }) : target;
      if (keeping.includes(ref)) return ref;
      const others = keeping.slice(0, 5).join(', ') || 'no object does';
      throw new CliFault('usage', `${target} keeps nothing`, `what keeps something: ${others}`);
    }),
  );
}
