import { isRule, type Resource, type ResourceSet, refKey, refOf, resourceSetOf } from '@berth/api';
import { emptyFabric } from '../fabric/fabric.ts';
import type { FindingCode } from '../finding/catalogue.ts';
import type { Finding, ObjectRef } from '../finding/finding.ts';
import { effectiveOf } from '../intent/effective.ts';
import { intentOf } from '../intent/intent-of.ts';
import { gatewayConfigOf } from '../intent/object/gateway-config.ts';
import { notDeleted } from '../intent/object/in-use.ts';
import { bySeniority, isTerminating, lookupOf } from '../intent/object/lookup.ts';
import { contradictory } from '../intent/object/policy-contradiction.ts';
import { withWrites } from '../intent/object/write.ts';
import { duplicateFip } from '../intent/rule/floating-ip.ts';
import type { Settings } from '../intent/settings.ts';
import { nearby, users } from './nearby.ts';

/** An object that somebody wants to be so, or to be gone. */
export type AdmissionQuestion = {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  /** As it is to be, or the one to be deleted. */
  readonly object: Resource;
  /** As it is now, for UPDATE; undefined also where that cannot be read. */
  readonly before?: Resource | undefined;
  /** What there is. */
  readonly resources: ResourceSet;
};

/**
 * Findings that no other object that is yet to come can cure. Others, as `reference-not-found`, are no reason to refuse: objects
 * may be made in any order. Nor is `policy-conflict`: neither policy is wrong in itself, see `warningsOf`.
 */
export const refusedCodes: readonly FindingCode[] = [
  'address-invalid',
  'address-mismatch',
  'address-outside-subnet',
  'address-taken',
  'cidr-overlap',
  'eip-not-granted',
  'eip-other-vpc',
  'family-mismatch',
  'fip-duplicate',
  'name-taken',
  'not-external',
  'policy-ambiguous',
  'policy-contradictory',
  'port-taken',
  'reference-terminating',
  'snat-overlap',
  'target-outside-vpc',
  'vpc-mismatch',
];

/** What is merely passed over where it is there already is refused all the same when it is written. */
const unreadable: readonly FindingCode[] = ['annotation-invalid', 'keep-unreadable'];

/**
 * Why an object is to be refused; nothing when it may be so. What the controller would find wrong is refused, but for
 * what was wrong with the object before. Whoever was there first is right, so the object counts as the youngest.
 */
export function refusals(question: AdmissionQuestion, settings: Settings): readonly Finding[] {
  const { operation, object, before, resources } = question;
  if (operation === 'DELETE') return usesOf(object, resources, settings);
  if (isTerminating(object)) return [];
  const found = before
    ? broughtBy(object, before, resources, settings)
    : errorsOf(object, resources, settings);
  return found.map(asRefused);
}

/**
 * What is wrong with an object that was not before. What it used when that was told to go it may use still, and is judged by otherwise as
 * if it stayed.
 */
function broughtBy(
  object: Resource,
  before: Resource,
  resources: ResourceSet,
  settings: Settings,
): readonly Finding[] {
  const found = errorsOf(object, resources, settings);
  if (found.length === 0) return found;
  const known = new Map(errorsOf(before, resources, settings).map((each) => [keyOf(each), each]));
  const used = found
    .filter((each) => each.code === 'reference-terminating' && known.has(keyOf(each)))
    .flatMap(({ related }) => related);
  return used.length > 0
    ? broughtBy(object, before, withStaying(resources, used), settings)
    : found.filter((each) => !known.has(keyOf(each)));
}

/** The resources with some objects as if nobody had deleted them. */
function withStaying(resources: ResourceSet, refs: readonly ObjectRef[]): ResourceSet {
  const names = new Set(refs.map(refKey));
  return resourceSetOf(
    Object.values(resources)
      .flat()
      .map((each: Resource): Resource => {
        if (!names.has(refKey(refOf(each)))) return each;
        const { deletionTimestamp: _deleted, ...metadata } = each.metadata;
        return { ...each, metadata } as Resource;
      }),
  );
}

/** What is refused comes to nothing: what would count meanwhile is not said. */
function asRefused(found: Finding): Finding {
  return found.code === 'policy-contradictory' ? { ...found, message: contradictory.message } : found;
}

/** Whose deletion would have to come first. Users that are on their way out themselves do not count. */
function usesOf(object: Resource, resources: ResourceSet, settings: Settings): readonly Finding[] {
  if (isTerminating(object)) return [];
  const leaving = { ...object, metadata: { ...object.metadata, deletionTimestamp: 'now' } } as Resource;
  const lookup = lookupOf(resourceSetOf([...users(object, resources).map(withoutStatus), leaving]));
  const { config } = gatewayConfigOf(lookup);
  const defaultSubnet = settings.defaultExternalSubnet;
  const { findings } = effectiveOf(lookup, defaultSubnet, config);
  const known = { ...lookup, config, defaultSubnet };
  return findings
    .filter(isAbout(object))
    .map((each) => (each.code === 'in-use' ? notDeleted(leaving, each.related, known) : each));
}

/** A rule as if nobody had told of it: what it names now is what it uses, whatever was programmed for it before. */
function withoutStatus(object: Resource): Resource {
  return isRule(object) ? { ...object, status: undefined } : object;
}

/** What is wrong with an object among those near it, once all of them have their addresses. */
function errorsOf(object: Resource, resources: ResourceSet, settings: Settings): readonly Finding[] {
  const creationTimestamp = `${youngestAge}${object.metadata.creationTimestamp ?? ''}`;
  const metadata = { ...object.metadata, creationTimestamp };
  const youngest = { ...object, metadata } as Resource;
  const near = nearby(object, resources);
  let set = resourceSetOf([...near, youngest]);
  let found: readonly Finding[] = [];
  for (let round = 0; round < rounds; round++) {
    const { findings, writes } = intentOf(set, emptyFabric, settings);
    found = findings;
    if (writes.length === 0) break;
    set = withWrites(set, writes);
  }
  const errors = found
    .filter(isAbout(object))
    .filter(
      ({ severity, code }) =>
        unreadable.includes(code) || (severity === 'error' && refusedCodes.includes(code)),
    );
  return errors.some(({ code }) => code === 'fip-duplicate')
    ? errors
    : [...errors, ...claimedTwice(object, near)];
}

/**
 * Another floating IP that names the same EIP. To the controller one whose workload is yet to come holds nothing; that
 * two name one EIP is a mistake before that.
 */
function claimedTwice(object: Resource, near: readonly Resource[]): readonly Finding[] {
  if (object.kind !== 'OvnFip') return [];
  const [holder] = near
    .flatMap((each) => (each.kind === 'OvnFip' && !isTerminating(each) ? [each] : []))
    .filter(({ spec }) => spec.ovnEip === object.spec.ovnEip)
    .sort(bySeniority);
  return holder ? [duplicateFip(object, holder)] : [];
}

/** A text that comes after every time, and after those who say none; the time itself may follow it. */
export const youngestAge = '~';

/** Objects that are made, then their addresses, then their finalizers: after that nothing is left to store. */
const rounds = 4;

/** Whether a finding is about an object. */
export function isAbout(object: Resource): (found: Pick<Finding, 'object'>) => boolean {
  const key = refKey(refOf(object));
  return (found) => found.object !== undefined && refKey(found.object) === key;
}

function keyOf({ code, field, message }: Finding): string {
  return [code, field, message].join('\0');
}
