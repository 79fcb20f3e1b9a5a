import { formatRef, type Resource, type ResourceSet, refKey, refOf } from '@berth/api';
import {
  type Finding,
  finding,
  fullName,
  type IntentResult,
  lookupOf,
  type ResourceWrite,
} from '@berth/core';
import { type Source, SourceFault } from '@berth/source';

/** What a cluster would not store of an object as things are. It is tried again after a pause, or once the object is another. */
export type Refusal = {
  /** What was to be stored. */
  readonly object: Resource;
  /** The object as it was listed; undefined where there was none. */
  readonly listed: Resource | undefined;
  readonly why: string;
  /** When it was tried last (RFC 3339). */
  readonly triedAt: string;
  /** How long it waits from then on. */
  readonly pauseMs: number;
};

/** The refusals that count, by `refKey` of the object. */
export type Refusals = ReadonlyMap<string, Refusal>;

export const nothingRefused: Refusals = new Map();

/** A pause is as long as this at first, and doubles with each try. */
const firstPauseMs = 1_000;
const longestPauseMs = 10_000;

/** Those of them whose objects are to be left alone at `now` (RFC 3339): nothing about them changed, and their pause is not over. */
export function stillRefused(refusals: Refusals, resources: ResourceSet, now: string): Refusals {
  if (refusals.size === 0) return refusals;
  return new Map([...refusals].filter(([, each]) => isLeftAlone(each, resources, now)));
}

function isLeftAlone(refusal: Refusal, resources: ResourceSet, now: string): boolean {
  return leftMs(refusal, now) > 0 && listedOf(refusal.object, resources) === refusal.listed;
}

function leftMs({ triedAt, pauseMs }: Refusal, now: string): number {
  const left = pauseMs - (Date.parse(now) - Date.parse(triedAt));
  // A clock that was set back keeps nobody waiting for longer than the pause.
  return left <= pauseMs ? left : 0;
}

function listedOf(object: Resource, resources: ResourceSet): Resource | undefined {
  return lookupOf(resources)[object.kind].get(fullName(object));
}

/** In how many ms the next of them is tried again; undefined where there is none. */
export function nextTryMs(refusals: Refusals, now: string): number | undefined {
  const left = [...refusals.values()].map((each) => Math.max(leftMs(each, now), 0));
  return left.length === 0 ? undefined : Math.min(...left);
}

/** What became of writes. */
export type Stored = {
  /** Those that are stored. */
  readonly writes: readonly ResourceWrite[];
  /** Those before that count still, and those that came. */
  readonly refusals: Refusals;
  /** Why something was refused now; undefined where nothing was. */
  readonly fault: SourceFault | undefined;
};

/** What is known when something is stored. */
export type Storing = {
  /** As the objects were listed. */
  readonly resources: ResourceSet;
  /** Every refusal that is known, for how long its object has waited already. */
  readonly known: Refusals;
  /** Those whose objects are left alone. */
  readonly waiting: Refusals;
  /** RFC 3339. */
  readonly now: string;
};

/**
 * Stores writes, but for those to objects that are left alone. One that is refused keeps no other from being stored, and nobody waiting but
 * its object.
 *
 * @throws SourceFault of every other sort
 */
export async function storeWillingly(
  source: Pick<Source, 'store'>,
  writes: readonly ResourceWrite[],
  { resources, known, waiting, now }: Storing,
): Promise<Stored> {
  const asked = writes.filter(({ object }) => !waiting.has(refKey(refOf(object))));
  if (asked.length === 0) return { writes: asked, refusals: waiting, fault: undefined };
  try {
    await source.store(asked);
    return { writes: asked, refusals: waiting, fault: undefined };
  } catch (fault) {
    const why = fault instanceof SourceFault ? fault.refused : undefined;
    const objects = new Map(asked.map(({ object }) => [refKey(refOf(object)), object]));
    const fresh = [...(why ?? [])].flatMap(([key, text]): [string, Refusal][] => {
      const object = objects.get(key);
      if (!object) return [];
      const listed = listedOf(object, resources);
      const before = known.get(key);
      const isSame = before !== undefined && before.listed === listed;
      const pauseMs = isSame ? Math.min(before.pauseMs * 2, longestPauseMs) : firstPauseMs;
      return [[key, { object, listed, why: text, triedAt: now, pauseMs }]];
    });
    if (!(fault instanceof SourceFault) || fresh.length === 0) throw fault;
    const refusals = new Map([...waiting, ...fresh]);
    return { writes: asked.filter(({ object }) => !refusals.has(refKey(refOf(object)))), refusals, fault };
  }
}

/**
 * A result that tells of what is refused, on the object itself. That others refer to something that does not exist is not true of what is
 * only left out: they wait for it.
 */
export function withRefusals(result: IntentResult, refusals: Refusals): IntentResult {
  if (refusals.size === 0) return result;
  const names = [...refusals.values()].map(({ object }) => formatRef(refOf(object)));
  const isMistaken = ({ code, message }: Finding): boolean =>
    code === 'reference-not-found' && names.some((name) => message === `${name} does not exist`);
  const told = [...refusals.values()].map(({ object, why }) => {
    const ref = refOf(object);
    return finding('write-refused', {
      object: ref,
      message: `what is to be stored of ${formatRef(ref)} is refused: ${why}`,
      cure: 'lift what refuses it: it is tried again by itself',
    });
  });
  return { ...result, findings: [...result.findings.filter((each) => !isMistaken(each)), ...told] };
}
