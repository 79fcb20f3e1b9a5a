import { type ResourceSet, refKey, refOf, rulesIn } from '@berth/api';
import { type Fabric, type Finding, followers, type Intent, sortFindings } from '@berth/core';
import type { Listing } from '@berth/source';
import type { Attaching } from '../nodes/attaching.ts';
import type { NodeWatch } from '../nodes/node-watch.ts';
import { keptFindings } from './lasting-pods.ts';
import { located } from './located.ts';
import { stuckFindings } from './stuck-pods.ts';

/** Who else tells a pass what is wrong. */
type Tellers = {
  readonly nodes?: NodeWatch | undefined;
  readonly attaching?: Attaching | undefined;
  readonly failing?: () => readonly Finding[];
  readonly now: () => string;
};

/** What a pass has come to, as far as that decides what is told. */
type Found = {
  readonly listing: Listing;
  readonly intent: Intent;
  readonly fabric: Fabric;
  /** What was found on the way from the resources to NB. */
  readonly underWay: readonly Finding[];
};

/** Everything known to be wrong once a pass has written, sorted, with places in the user's files. */
export function findingsOf(
  { nodes, attaching, failing, now }: Tellers,
  { listing, intent, fabric, underWay }: Found,
): readonly Finding[] {
  const { resources } = listing;
  const problems = [
    ...listing.findings,
    ...(nodes?.findings() ?? []),
    ...stuckFindings(resources, now()),
    ...keptFindings(resources, now()),
    ...ofPresent(attaching?.findings() ?? [], resources),
    ...underWay,
  ];
  const follows = followers({ resources, intent, findings: problems, fabric });
  const unsaid = unexplained(failing?.() ?? [], problems, resources).filter((each) => !follows(each));
  return sortFindings([...problems, ...unsaid].map((each) => located(each, listing)));
}

/** Of what keeps rules from working what is told of no object that has an error already, or is gone. */
function unexplained(
  failing: readonly Finding[],
  problems: readonly Finding[],
  resources: ResourceSet,
): readonly Finding[] {
  if (failing.length === 0) return failing;
  const errors = problems.filter(({ severity }) => severity === 'error');
  const told = new Set(errors.flatMap(({ object }) => (object ? [refKey(object)] : [])));
  const rules = new Set(rulesIn(resources).map((rule) => refKey(refOf(rule))));
  return failing.filter(({ object }) => {
    const key = object ? refKey(object) : '';
    return rules.has(key) && !told.has(key);
  });
}

/** Of what is told of pods what is of those that are there: who attaches them hears later than we of one that is gone. */
function ofPresent(findings: readonly Finding[], { Pod: pods }: ResourceSet): readonly Finding[] {
  if (findings.length === 0) return findings;
  const there = new Set(pods.map((pod) => refKey(refOf(pod))));
  return findings.filter(({ object }) => object?.kind !== 'Pod' || there.has(refKey(object)));
}
