import { formatRef, refKey } from '@berth/api';
import { type FindingCode, reasonOf } from '../finding/catalogue.ts';
import type { Finding, ObjectRef } from '../finding/finding.ts';
import { sortFindings } from '../finding/make.ts';

/** What the condition Ready of an object says: `Programmed`, `Pending`, or the code of a finding in CamelCase. */
export type Verdict = { readonly ready: boolean; readonly reason: string; readonly message: string };

/** The object does what it should. `message` says what matters about it now. */
export function programmed(message: string): Verdict {
  return { ready: true, reason: 'Programmed', message };
}

/** Nothing is wrong, but something has not happened yet. */
export function pending(message: string): Verdict {
  return { ready: false, reason: 'Pending', message };
}

/** The object does not work, for a reason that has a page in `docs/findings/`. */
export function broken(code: FindingCode, message: string): Verdict {
  return { ready: false, reason: reasonOf(code), message };
}

/** Findings by the object they are about. */
export type FindingsByObject = ReadonlyMap<string, readonly Finding[]>;

/** Groups findings by object, worst first. Findings about no object are left out. */
export function findingsByObject(findings: readonly Finding[]): FindingsByObject {
  const about = sortFindings(findings).filter((each) => each.object !== undefined);
  return Map.groupBy(about, ({ object }) => (object ? refKey(object) : ''));
}

/** The verdict over an object by the worst error about it; undefined when there is none. */
export function errorOf(object: ObjectRef, findings: FindingsByObject): Verdict | undefined {
  const error = about(object, findings).find(({ severity }) => severity === 'error');
  return error && broken(error.code, error.message);
}

/** The verdict over an object that cannot be because of another: by the first of `objects` that has an error. */
export function errorBehind(objects: readonly ObjectRef[], findings: FindingsByObject): Verdict | undefined {
  for (const object of objects) {
    const error = errorOf(object, findings);
    if (error) return { ...error, message: `${formatRef(object)}: ${error.message}` };
  }
  return undefined;
}

/** The verdict with everything in its message that is worth knowing though it keeps nothing from working. */
export function withNotes(verdict: Verdict, object: ObjectRef, findings: FindingsByObject): Verdict {
  const notes = about(object, findings)
    .filter(({ severity, code }) => severity === 'warning' || code === 'in-use')
    .map(({ message }) => message);
  return { ...verdict, message: [verdict.message, ...notes].join('; ') };
}

function about(object: ObjectRef, findings: FindingsByObject): readonly Finding[] {
  return findings.get(refKey(object)) ?? [];
}
