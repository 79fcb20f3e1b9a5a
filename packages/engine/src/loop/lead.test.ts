import type { HeldSource } from '@berth/source';
import { expect, test } from 'vitest';
import { leading } from './lead.ts';

/** A lead that is held again and again; `work` is what each time comes to. */
async function led(...work: readonly ((lose: () => void) => Promise<void> | void)[]) {
  const end = new AbortController();
  const said: string[] = [];
  let term = 0;
  const hold = async (): Promise<HeldSource> => {
    if (term === work.length) end.abort();
    end.signal.throwIfAborted();
    term += 1;
    said.push(`held ${term}`);
    const lost = new AbortController();
    losing = () => lost.abort();
    const close = async (): Promise<void> => void said.push(`closed ${term}`);
    return { lost: lost.signal, close } as unknown as HeldSource;
  };
  let losing = (): void => {};
  await leading({
    signal: end.signal,
    hold,
    lead: async () => work[term - 1]?.(losing),
    onLost: () => said.push(`lost ${term}`),
  }).catch((fault: unknown) => said.push(String(fault)));
  return said;
}

test('a lead that was lost is held again, also where that made the work fail', async () => {
  const fails = (lose: () => void): never => {
    lose();
    throw new Error('lease-lost');
  };
  expect(await led((lose) => lose(), fails)).toEqual([
    ...['held 1', 'closed 1', 'lost 1'],
    ...['held 2', 'closed 2', 'lost 2'],
  ]);
});

test('what fails while the lead is ours ends it', async () => {
  const fails = (): never => {
    throw new Error('not OVN');
  };
  expect(await led(fails, () => undefined)).toEqual(['held 1', 'closed 1', 'Error: not OVN']);
});
