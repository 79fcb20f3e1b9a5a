import type { Fabric } from '@berth/core';
import { LabFault } from '../fault.ts';
import type { Lab } from '../lab/lab.ts';
import { seenLines } from './drilled-case.ts';
import type { Eyes, Seen } from './eyes.ts';
import type { Trial } from './probes.ts';
import { forgetFlows, pause } from './settle.ts';
import { stillMissing } from './still-missing.ts';

const healthyTimeoutMs = 90_000;

/** How often a healed lab is looked at before its datapaths are made to forget what they cached. */
const looksBeforeForgetting = 10;

/** A lab with nothing broken, and how it is looked at. */
export type Resting = {
  readonly lab: Lab;
  readonly eyes: Pick<Eyes, 'look'>;
  readonly trials: readonly Trial[];
  /** Whether nothing is predicted to come through with nothing broken. */
  readonly isSilent?: boolean;
  readonly signal: AbortSignal | undefined;
};

/** What was seen of a lab at rest, and the same in lines that are equal when nothing is different. */
export type Rest = { readonly seen: Seen; readonly lines: readonly string[] };

/**
 * Waits until a look is like that of before, by its lines; where there was none, and it is not known what there is to wait for, until two
 * in a row are alike and somebody answers, if anybody is to. Throws {@link LabFault} `lab-timed-out`.
 */
export async function untilAtRest(
  { lab, eyes, trials, isSilent = false, signal }: Resting,
  healthy: readonly string[],
): Promise<Rest> {
  const until = performance.now() + healthyTimeoutMs;
  const isFirst = healthy.length === 0;
  let wanted = healthy.join('\n');
  for (let looks = 1; ; looks += 1) {
    if (looks === looksBeforeForgetting) await forgetFlows(lab);
    signal?.throwIfAborted();
    const seen = await eyes.look(trials, isFirst ? {} : { count: 1, waitMs: 400 });
    const lines = seenLines(trials, seen.burst);
    const text = lines.join('\n');
    if (text === wanted && (!isFirst || isSilent || isAlive(lines))) return { seen, lines };
    if (performance.now() > until) throw restless(lines.filter((line, place) => line !== healthy[place]));
    if (isFirst) wanted = text;
    await pause(isFirst ? 2_000 : 200, signal);
  }
}

/** Waits until gateways and nodes lack nothing that they had with nothing broken. Throws {@link LabFault} `lab-timed-out`. */
export async function untilPutBack(
  readFabric: () => Promise<Fabric>,
  whole: Fabric,
  signal: AbortSignal | undefined,
): Promise<Fabric> {
  const until = performance.now() + healthyTimeoutMs;
  for (;;) {
    const fabric = await readFabric();
    const missing = stillMissing(whole, fabric);
    if (missing.length === 0) return fabric;
    if (performance.now() > until) throw restless(missing);
    await pause(500, signal);
  }
}

function isAlive(lines: readonly string[]): boolean {
  return lines.length === 0 || lines.some((text) => text.includes(': answered'));
}

function restless(different: readonly string[]): LabFault {
  return new LabFault(
    'lab-timed-out',
    `the lab did not become again what it was: ${different.slice(0, 5).join('; ')}`,
    'see berth lab status for what is broken, and berth lab heal',
  );
}
