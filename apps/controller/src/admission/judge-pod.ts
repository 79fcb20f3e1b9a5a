import { parseResource, type ResourceSet, schedulingOf } from '@berth/api';
import { podVerdict } from '@berth/core';
import type { Answer } from './answer.ts';
import { type AdmissionRequest, isJson } from './review.ts';

const allowed: Answer = { kind: 'allowed' };

/** Judges a pod that is to be made. One that we cannot read is none of our business. */
export function judgePod({ object, namespace }: AdmissionRequest, resources: ResourceSet): Answer {
  if (!object) return allowed;
  const { metadata, spec } = object;
  const read = parseResource({
    ...object,
    metadata: { ...(isJson(metadata) && named(metadata)), namespace },
  });
  const scheduling = schedulingOf(spec ?? {});
  if (!read.ok || read.resource.kind !== 'Pod' || !scheduling) return allowed;
  const verdict = podVerdict(read.resource, scheduling, resources);
  switch (verdict.kind) {
    case 'as-it-is':
      return allowed;
    case 'refused':
      return verdict;
    case 'placed':
      return {
        kind: 'changed',
        patch: [{ op: 'add', path: '/spec/affinity', value: verdict.affinity }],
        notes: { 'gateway-policy': verdict.policy },
      };
  }
}

/** A pod of a Deployment gets its name after admission; until then it is called after its set. */
function named(metadata: { readonly [key: string]: unknown }): object {
  const { name, generateName } = metadata;
  if (typeof name === 'string' && name !== '') return metadata;
  const prefix = typeof generateName === 'string' ? generateName.replace(/[-.]+$/, '') : '';
  return { ...metadata, name: prefix === '' ? 'pod' : prefix };
}
