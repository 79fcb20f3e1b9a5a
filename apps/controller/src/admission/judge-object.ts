import { type Problem, parseResource, type Resource, type ResourceSet } from '@berth/api';
import { type Finding, finding, refusals, type Settings, warningsOf } from '@berth/core';
import { type Answer, sentence } from './answer.ts';
import type { AdmissionRequest } from './review.ts';

const allowed: Answer = { kind: 'allowed' };

const operations = ['CREATE', 'UPDATE', 'DELETE'] as const;

/**
 * Judges an object of ours by what there is. What cannot be read is refused with all that is wrong with it, but for what
 * was wrong before; what cannot be read and is to be deleted may go. What passes may do so with a warning.
 */
export function judgeObject(request: AdmissionRequest, resources: ResourceSet, settings: Settings): Answer {
  const operation = operations.find((each) => each === request.operation);
  if (!operation) return allowed;
  const before = readOf(request.oldObject);
  const now = operation === 'DELETE' ? before : readOf(request.object);
  if (!now.resource) {
    const known = new Set(before.problems.map(keyOf));
    const fresh = operation === 'DELETE' ? [] : now.problems.filter((each) => !known.has(keyOf(each)));
    return answerOf(fresh.map(foundIn));
  }
  const question = { operation, object: now.resource, before: before.resource, resources };
  return answerOf(refusals(question, settings), () => warningsOf(question, settings));
}

function answerOf(findings: readonly Finding[], worthSaying: () => readonly Finding[] = () => []): Answer {
  if (findings.length > 0) return { kind: 'refused', findings };
  const warnings = worthSaying().map(sentence);
  return warnings.length === 0 ? allowed : { kind: 'allowed', warnings };
}

type Read = { readonly resource: Resource | undefined; readonly problems: readonly Problem[] };

function readOf(object: object | undefined): Read {
  if (object === undefined) return { resource: undefined, problems: [] };
  const read = parseResource(object);
  return read.ok
    ? { resource: read.resource, problems: [] }
    : { resource: undefined, problems: read.problems };
}

function keyOf({ problem, field, message }: Problem): string {
  return [problem, field, message].join('\0');
}

function foundIn({ problem, object, field, message, cure }: Problem): Finding {
  return finding(problem, { object, field: field === '' ? undefined : field, message, cure });
}
