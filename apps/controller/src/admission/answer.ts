import { formatRef } from '@berth/api';
import type { Finding } from '@berth/core';

/** What is answered: yes, with a change or words of warning; or no, and why. */
export type Answer =
  | { readonly kind: 'allowed'; readonly warnings?: readonly string[] }
  | {
      readonly kind: 'changed';
      readonly patch: readonly PatchStep[];
      readonly notes: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] };

/** An operation of a JSON patch (RFC 6902). */
export type PatchStep = { readonly op: 'add'; readonly path: string; readonly value: unknown };

/** The AdmissionReview that says so (admission.k8s.io/v1, AdmissionResponse). */
export function reviewOf(uid: string, answer: Answer): object {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid, ...responseOf(answer) },
  };
}

function responseOf(answer: Answer): object {
  switch (answer.kind) {
    case 'allowed':
      return { allowed: true, ...(answer.warnings && { warnings: answer.warnings }) };
    case 'changed': {
      const patch = Buffer.from(JSON.stringify(answer.patch)).toString('base64');
      return { allowed: true, patchType: 'JSONPatch', patch, auditAnnotations: answer.notes };
    }
    case 'refused':
      return { allowed: false, status: statusOf(answer.findings) };
  }
}

/** A Status with a cause for each finding. Of an `Invalid` one kubectl prints the causes, each after its field, and not the message. */
function statusOf(findings: readonly Finding[]): object {
  const [first] = findings;
  const causes = findings.map(({ code, field, message, cure }) => ({
    reason: code,
    message: `${code}: ${message}; ${cure}`,
    ...(field !== undefined && { field }),
  }));
  const object = first?.object && { kind: first.object.kind, name: first.object.name };
  return {
    status: 'Failure',
    message: findings.map(sentence).join('\n'),
    ...reasonOf(first),
    details: { ...object, causes },
  };
}

/** A finding in one line: code, object, field, what is wrong, what to do. */
export function sentence({ code, object, field, message, cure }: Finding): string {
  const where = [object && formatRef(object), field].filter((each) => each !== undefined).join(' ');
  return `${code}: ${where === '' ? '' : `${where}: `}${message}; ${cure}`;
}

function reasonOf(found: Finding | undefined): { readonly code: number; readonly reason: string } {
  if (found?.code === 'in-use') return { code: 409, reason: 'Conflict' };
  if (found?.code === 'eip-not-granted') return { code: 403, reason: 'Forbidden' };
  return { code: 422, reason: 'Invalid' };
}
