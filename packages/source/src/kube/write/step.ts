import { isDeepStrictEqual } from 'node:util';
import { apiVersionOf, kinds, type Resource } from '@berth/api';
import { conditionTypes } from '@berth/core';
import { isJsonObject, type JsonObject, listIn, objectIn } from '../api/json.ts';
import type { Entry } from '../watch/entry.ts';
import type { Definition } from './definition.ts';

/** One write of the API to an object that is there, to be made in order. */
export type Step = {
  readonly verb: 'apply' | 'merge';
  readonly part: 'main' | 'status';
  /** The body; the resourceVersion that it is meant for is added when it is sent. */
  readonly body: JsonObject & { readonly metadata: JsonObject };
};

/**
 * What it takes to make an object that is there what it should be. What we set is applied, as little as possible: the
 * fields that we applied before and those that differ. What is to go is taken away whoever set it. Nothing is written
 * that the cluster would drop. No step when nothing differs.
 */
export function stepsOf(entry: Entry, wanted: Resource, definition: Definition): readonly Step[] {
  const before = entry.resource;
  if (!before) return [];
  const steps = [mainStep(entry, before, wanted, definition), statusStep(entry, before, wanted, definition)];
  return [...steps, ...removals(entry, before, wanted, definition)].filter((step) => step !== undefined);
}

function mainStep(
  { owned }: Entry,
  before: Resource,
  wanted: Resource,
  definition: Definition,
): Step | undefined {
  const [old, next] = [before, wanted].map((each) => definition.offered('spec', partOf(each, 'spec')));
  const labels = toSet(before.metadata.labels, wanted.metadata.labels, owned.labels);
  const annotations = toSet(before.metadata.annotations, wanted.metadata.annotations, owned.annotations);
  const spec = toSet(old ?? {}, next ?? {}, owned.spec);
  const added = wanted.metadata.finalizers.filter((each) => !before.metadata.finalizers.includes(each));
  if (!labels.differs && !annotations.differs && !spec.differs && added.length === 0) return undefined;
  const kept = owned.finalizers.filter((each) => wanted.metadata.finalizers.includes(each));
  const finalizers = [...new Set([...kept, ...added])];
  return {
    verb: 'apply',
    part: 'main',
    body: {
      ...identityOf(wanted),
      metadata: {
        ...metadataOf(before),
        ...(hasFields(labels.fields) && { labels: labels.fields }),
        ...(hasFields(annotations.fields) && { annotations: annotations.fields }),
        ...(finalizers.length > 0 && { finalizers }),
      },
      ...(hasFields(spec.fields) && { spec: spec.fields }),
    },
  };
}

function statusStep(
  _entry: Entry,
  before: Resource,
  wanted: Resource,
  definition: Definition,
): Step | undefined {
  const [old, next] = statuses(before, wanted, definition);
  if (isDeepStrictEqual(old, next) || !hasFields(next)) return undefined;
  return {
    verb: 'apply',
    part: 'status',
    body: {
      ...identityOf(wanted),
      metadata: metadataOf(before),
      status: definition.hasConditionMap ? withOwnConditions(next) : next,
    },
  };
}

/** What somebody else may own as well cannot be taken away by leaving it out of what we apply. */
function removals(entry: Entry, before: Resource, wanted: Resource, definition: Definition): readonly Step[] {
  const labels = toRemove(before.metadata.labels, wanted.metadata.labels);
  const annotations = toRemove(before.metadata.annotations, wanted.metadata.annotations);
  const [oldSpec = {}, nextSpec = {}] = [before, wanted].map((each) =>
    definition.offered('spec', partOf(each, 'spec')),
  );
  const spec = toRemove(oldSpec, nextSpec);
  const finalizers = before.metadata.finalizers.filter((each) => !wanted.metadata.finalizers.includes(each));
  const [oldStatus, nextStatus] = statuses(before, wanted, definition);
  const status = toRemove(oldStatus, nextStatus);
  const left = entry.finalizers.filter((each) => !finalizers.includes(each));
  const identity = metadataOf(before);
  const main: Step = {
    verb: 'merge',
    part: 'main',
    body: {
      metadata: {
        ...identity,
        ...(hasFields(labels) && { labels }),
        ...(hasFields(annotations) && { annotations }),
        ...(finalizers.length > 0 && { finalizers: left }),
      },
      ...(hasFields(spec) && { spec }),
    },
  };
  const isNeeded = hasFields(labels) || hasFields(annotations) || hasFields(spec) || finalizers.length > 0;
  return [
    ...(hasFields(status)
      ? [{ verb: 'merge', part: 'status', body: { metadata: identity, status } } as const]
      : []),
    ...(isNeeded ? [main] : []),
  ];
}

/** The fields to apply: those that differ, and those that we applied before and that are still wanted. */
function toSet(before: JsonObject, wanted: JsonObject, owned: readonly string[]) {
  const differing = Object.keys(wanted).filter(
    (key) => wanted[key] !== undefined && !isDeepStrictEqual(wanted[key], before[key]),
  );
  const names = new Set([...owned.filter((key) => wanted[key] !== undefined), ...differing]);
  const fields: JsonObject = Object.fromEntries([...names].map((key) => [key, wanted[key]]));
  return { differs: differing.length > 0, fields };
}

/** A merge patch (RFC 7396) that takes away what is not wanted any more. */
function toRemove(before: JsonObject, wanted: JsonObject): JsonObject {
  const gone = Object.keys(before).filter((key) => before[key] !== undefined && wanted[key] === undefined);
  return Object.fromEntries(gone.map((key) => [key, null]));
}

function statuses(
  before: Resource,
  wanted: Resource,
  { offered }: Definition,
): readonly [JsonObject, JsonObject] {
  return [offered('status', partOf(before, 'status')), offered('status', partOf(wanted, 'status'))];
}

const ownConditions: ReadonlySet<unknown> = new Set(conditionTypes);

/** Where conditions are a map, only ours are applied. */
function withOwnConditions(status: JsonObject): JsonObject {
  const conditions = listIn(status, 'conditions').filter(
    (each) => isJsonObject(each) && ownConditions.has(each['type']),
  );
  return 'conditions' in status ? { ...status, conditions } : status;
}

function identityOf({ kind }: Resource): JsonObject {
  return { apiVersion: apiVersionOf(kinds[kind]), kind };
}

function metadataOf({ metadata: { name, namespace, uid } }: Resource): JsonObject {
  return { name, ...(namespace !== undefined && { namespace }), ...(uid !== undefined && { uid }) };
}

function partOf(resource: Resource, part: 'spec' | 'status'): JsonObject {
  return objectIn(resource, part);
}

function hasFields(object: JsonObject): boolean {
  return Object.keys(object).length > 0;
}
