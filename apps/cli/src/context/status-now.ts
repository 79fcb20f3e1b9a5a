import {
  type Condition,
  chassisAnnotation,
  type Resource,
  type ResourceSet,
  type Rule,
  refKey,
  refOf,
  resourceSetOf,
  resourcesIn,
} from '@berth/api';
import {
  answererOf,
  chassisOfNode,
  type ExternalFlow,
  type Intent,
  type ObjectRef,
  type Plan,
  statusWrites,
  withWrites,
} from '@berth/core';
import type { Analysis } from './analysis.ts';
import type { Asked } from './asked.ts';

/** What a status is told from: what was read, beside what is asked for. */
export type StatusBasis = Pick<Analysis, 'present' | 'audit' | 'verdicts' | 'nodeName'> & {
  readonly asked: Asked;
};

/**
 * The objects with the status that they should show now, by NB and SB as they are and everything that is known to be wrong. `now` is RFC
 * 3339.
 */
export function statusNow(basis: StatusBasis, now: string): ResourceSet {
  return withAnswers(written(basis, now), basis);
}

/** The same as a controller would store it. */
function written({ asked, present, audit }: StatusBasis, now: string): ResourceSet {
  const { resources, intent } = asked;
  const writes = statusWrites({ resources, intent, findings: audit(), fabric: present, now });
  return withWrites(resources, writes);
}

/**
 * The objects as a cluster stores them, but for what was given back, which nobody at work stores as that: it is told as it is now. `now` is RFC 3339.
 */
export function storedStatus(resources: ResourceSet, basis: StatusBasis, now: string): ResourceSet {
  const given = givenBackIn(basis.asked.plan);
  if (given.length === 0) return withAnswers(resources, basis);
  const today = resourcesIn(written(basis, now))
    .map((each) => each as Told)
    .filter(isToldGivenBack);
  const statuses = new Map(today.map((each) => [refKey(refOf(each)), each.status]));
  const told = resourcesIn(resources).map((each) => {
    const status = statuses.get(refKey(refOf(each)));
    return status === undefined ? each : ({ ...each, status } as Resource);
  });
  return withAnswers(resourceSetOf(told), basis);
}

/** An object with a status, of whatever kind. */
type Told = Resource & { readonly status?: { readonly conditions?: readonly Condition[] | undefined } };

function isToldGivenBack({ status }: Told): boolean {
  const { conditions = [] } = status ?? {};
  return conditions.some(({ type, reason }) => type === 'Ready' && reason === 'GivenBack');
}

/**
 * Rules with the node that answers for them as NB has it, where their status names none: something is wrong with them, and somebody answers
 * nevertheless. Where NB has a floating IP otherwise than it asks, it is also told where it runs.
 */
export function withAnswers(resources: ResourceSet, basis: StatusBasis): ResourceSet {
  const { drift, intent } = basis.asked;
  const answers = answersOf(basis, resources);
  const keys = new Map(rulesOf(intent).map(({ ref, key }) => [refKey(ref), key]));
  const answerTo = (rule: Rule) => answers.get(keys.get(refKey(refOf(rule))) ?? '');
  // What somebody else has again runs where they say.
  const astray = new Set(
    [...drift.missing, ...drift.otherwise, ...givenBackIn(basis.asked.plan)].map(refKey),
  );
  return {
    ...resources,
    OvnFip: resources.OvnFip.map((fip) => {
      const answer = answerTo(fip);
      const placed =
        answer && astray.has(refKey(refOf(fip)))
          ? { ...fip, status: { ...fip.status, placement: answer.placement } }
          : fip;
      return withBerth(placed, answer);
    }),
    OvnSnatRule: resources.OvnSnatRule.map((rule) => withBerth(rule, answerTo(rule))),
    OvnDnatRule: resources.OvnDnatRule.map((rule) => withBerth(rule, answerTo(rule))),
  };
}

/** The objects whose rows somebody else has again. */
export function givenBackIn({ findings }: Pick<Plan, 'findings'>): readonly ObjectRef[] {
  return findings.flatMap(({ code, object }) => (code === 'given-back' && object ? [object] : []));
}

/** How NB has an address, and the node that answers for it; undefined where nobody does, or where that is not known. */
type Answer = { readonly placement: ExternalFlow['placement']; readonly node: string | undefined };

function withBerth<T extends { readonly status?: { readonly berth?: string | undefined } | undefined }>(
  rule: T,
  answer: Answer | undefined,
): T {
  if (answer?.node === undefined || rule.status?.berth !== undefined) return rule;
  return { ...rule, status: { ...rule.status, berth: answer.node } };
}

/** Who answers for each address, whoever made the row, by the sort of rule, router and address. */
function answersOf(
  { verdicts, present, nodeName }: StatusBasis,
  { Node }: Pick<ResourceSet, 'Node'>,
): ReadonlyMap<string, Answer> {
  const nodes = new Map(
    Node.flatMap(({ metadata: { name, annotations } }) => {
      const chassis = chassisOfNode(present, name, annotations[chassisAnnotation]);
      return chassis ? [[chassis.name, name] as const] : [];
    }),
  );
  const answers = new Map<string, Answer>();
  for (const { flow, after } of verdicts()) {
    const { kind, router, externalIp, placement, direction } = flow;
    if (externalIp === undefined || direction !== (kind === 'source-nat' ? 'outbound' : 'inbound')) continue;
    const key = keyOf(kind, router, externalIp);
    if (answers.get(key)?.node !== undefined) continue;
    const berth = answererOf({ flow, after }, present);
    const node = berth === undefined ? undefined : (nodes.get(berth) ?? nodeName(berth));
    answers.set(key, { placement, node });
  }
  return answers;
}

/** The rules of an intent, each with the address that is told by. */
function rulesOf({ vpcs }: Intent): readonly { readonly ref: ObjectRef; readonly key: string }[] {
  return vpcs.flatMap(({ name, floatingIps, sourceNats, portForwards }) => [
    ...floatingIps.flatMap(({ ref, pairs }) =>
      keyed(
        ref,
        'floating-ip',
        name,
        pairs.map(({ external }) => external),
      ),
    ),
    ...sourceNats.flatMap(({ ref, pairs }) =>
      keyed(
        ref,
        'source-nat',
        name,
        pairs.map(({ external }) => external),
      ),
    ),
    ...portForwards.flatMap(({ ref, forwards }) =>
      keyed(
        ref,
        'port-forward',
        name,
        forwards.map(({ external }) => external.ip),
      ),
    ),
  ]);
}

/** Of two families the first tells: one object has one berth. */
function keyed(ref: ObjectRef, kind: ExternalFlow['kind'], router: string, [external]: readonly string[]) {
  return external === undefined ? [] : [{ ref, key: keyOf(kind, router, external) }];
}

function keyOf(kind: ExternalFlow['kind'], router: string, externalIp: string): string {
  return [kind, router, externalIp].join(' ');
}
