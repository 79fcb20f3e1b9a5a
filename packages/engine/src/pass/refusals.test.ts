import { parseResource, type Resource, refKey, refOf, resourceSetOf } from '@berth/api';
import type { ResourceWrite } from '@berth/core';
import { SourceFault } from '@berth/source';
import { describe, expect, test } from 'vitest';
import { nextTryMs, nothingRefused, type Refusals, stillRefused, storeWillingly } from './refusals.ts';

const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();

function eip(name: string): Resource {
  const parsed = parseResource({
    ...{ apiVersion: 'kubeovn.io/v1', kind: 'OvnEip', metadata: { name } },
    spec: { externalSubnet: 'external' },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.resource;
}

const [bad, good] = [eip('bad'), eip('good')];
const keyOf = (object: Resource): string => refKey(refOf(object));
const resources = resourceSetOf([bad, good]);
const writes = [bad, good].map((object): ResourceWrite => ({ verb: 'upsert', object }));

/** A source that takes everything but one object, and what it was asked to store. */
function picky(refused: Resource) {
  const asked: string[] = [];
  const store = async (given: readonly ResourceWrite[]): Promise<void> => {
    asked.push(...given.map(({ object }) => object.metadata.name));
    if (given.some(({ object }) => object === refused))
      throw new SourceFault('write-refused', 'no', { refused: new Map([[keyOf(refused), 'no']]) });
  };
  return { source: { store }, asked };
}

/** The tries of one after the other, as soon as each may be made: at which second, and how long it waits then. */
async function triesUntil(seconds: number): Promise<readonly (readonly [number, number])[]> {
  const { source, asked } = picky(bad);
  let known: Refusals = nothingRefused;
  const tries: [number, number][] = [];
  for (let second = 0; second <= seconds; second++) {
    const now = at(second);
    const waiting = stillRefused(known, resources, now);
    const before = asked.length;
    const stored = await storeWillingly(source, writes, { resources, known, waiting, now });
    expect(stored.writes.map(({ object }) => object)).toEqual([good]);
    known = stored.refusals;
    if (asked.slice(before).includes('bad')) tries.push([second, nextTryMs(known, now) ?? 0]);
  }
  return tries;
}

test('who is refused waits for longer each time, and everybody else is stored each time', async () => {
  expect(await triesUntil(40)).toEqual([
    [0, 1_000],
    [1, 2_000],
    [3, 4_000],
    [7, 8_000],
    [15, 10_000],
    [25, 10_000],
    [35, 10_000],
  ]);
});

describe('who is refused is tried again', () => {
  const refused = async (): Promise<Refusals> => {
    const known = nothingRefused;
    const { source } = picky(bad);
    return (await storeWillingly(source, writes, { resources, known, waiting: known, now: at(9) })).refusals;
  };

  test.each([
    ['not before its time', resources, at(9), ['bad']],
    ['when its time has come', resources, at(10), []],
    ['at once when it is another', resourceSetOf([eip('bad'), good]), at(9), []],
    ['at once when it is gone', resourceSetOf([good]), at(9), []],
    ['when the clock was set back', resources, at(3), []],
  ])('%s', async (_, present, now, left) => {
    const still = stillRefused(await refused(), present, now);
    expect([...still.values()].map(({ object }) => object.metadata.name)).toEqual(left);
  });
});

test('a pause begins anew for an object that was changed', async () => {
  const { source } = picky(bad);
  const now = at(0);
  const known: Refusals = new Map([
    [keyOf(bad), { object: bad, listed: eip('bad'), why: 'no', triedAt: now, pauseMs: 8_000 }],
  ]);
  const waiting = stillRefused(known, resources, now);
  const { refusals, fault } = await storeWillingly(source, writes, { resources, known, waiting, now });
  expect(fault).toMatchObject({ code: 'write-refused' });
  expect(nextTryMs(refusals, now)).toBe(1_000);
});

test('a fault that is no refusal is thrown, and so is one of objects that nobody asked about', async () => {
  const known = nothingRefused;
  for (const fault of [
    new SourceFault('cluster-busy', 'later'),
    new SourceFault('write-refused', 'no', { refused: new Map([['Vpc//other', 'no']]) }),
  ]) {
    const store = (): Promise<void> => Promise.reject(fault);
    const storing = { resources, known, waiting: known, now: at(0) };
    await expect(storeWillingly({ store }, writes, storing)).rejects.toBe(fault);
  }
});
