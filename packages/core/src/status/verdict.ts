import { formatRef, type Resource, refKey, refOf } from '@berth/api';
import { type FindingCode, reasonOf } from '../finding/catalogue.ts';
import type { Finding, ObjectRef } from '../finding/finding.ts';
import { sortFindings } from '../finding/make.ts';
import { takesPart } from '../finding/takes-part.ts';

/** What the condition Ready of an object says: `Programmed`, `Pending`, or the code of a finding in CamelCase. */
export type Verdict = {
  readonly ready: boolean;
  /** Nobody knows whether it works. It is not ready then. */
  readonly isUnknown?: true;
  readonly reason: string;
  readonly message: string;
};

/** The object does what it should. `message` says what matters about it now. */
export function programmed(message: string): Verdict {
  return { ready: true, reason: 'Programmed', message };
}

/** Nothing is wrong, but something has not happened yet. */
export function pending(message: string): Verdict {
  return { ready: false, reason: 'Pending', message };
}

/** The same, where the address waits for the next pod of a name. */
export function kept(message: string): Verdict {
  return { ready: false, reason: reasonOf('address-kept'), message };
}

/** Whether a reason says of what is not ready that nothing is wrong. */
export function isWaiting(reason: string): boolean {
  return [pending(''), kept('')].some((each) => each.reason === reason);
}

/** The object does not work, for a reason that has a page in `docs/findings/`. The message ends with what to do. */
export function broken(code: FindingCode, message: string, cure: string): Verdict {
  return { ready: false, reason: reasonOf(code), message: `${message}; ${cure}` };
}

/** It is not known whether the object works, for a reason that has a page in `docs/findings/`. */
export function untold(code: FindingCode, message: string, cure: string): Verdict {
  return { ...broken(code, message, cure), isUnknown: true };
}

/** Only what a condition shows of what carries more. */
export function verdictIn({ ready, isUnknown, reason, message }: Verdict): Verdict {
  return { ready, ...(isUnknown && { isUnknown }), reason, message };
}

/** The field `ready` of a status: absent where nobody knows. */
export function readyField({ ready, isUnknown }: Verdict): boolean | undefined {
  return isUnknown ? undefined : ready;
}

/** Findings by the object they are about. */
export type FindingsByObject = ReadonlyMap<string, readonly Finding[]>;

/** Groups findings by object, worst first. Findings about no object are left out. */
export function findingsByObject(findings: readonly Finding[]): FindingsByObject {
  const about = sortFindings(findings).filter((each) => each.object !== undefined);
  return Map.groupBy(about, ({ object }) => (object ? refKey(object) : ''));
}

/** Whether there is any finding about an object. */
export function isSpokenOf(object: Pick<Resource, 'kind' | 'metadata'>, findings: FindingsByObject): boolean {
  return findings.size > 0 && findings.has(refKey(refOf(object)));
}

/** Errors of what the user wrote: the object was not taken over as it is written now. */
const inputErrors: ReadonlySet<FindingCode> = new Set([
  'bad-value',
  'missing-field',
  'unknown-field',
  'unknown-kind',
  'wrong-type',
  'yaml-syntax',
]);

/**
 * Whether what is in effect does not suffer from an error: a second definition of the object was left out, or the object
 * is written wrongly now and its last good version counts.
 */
function isHarmless({ code }: Finding, known: readonly Finding[]): boolean {
  return code === 'duplicate-object' || (inputErrors.has(code) && known.some(isLastGood));
}

/** Whether an object does not work for a finding about it, or is nothing of Berth's to tell of. */
function isError(each: Finding, known: readonly Finding[]): boolean {
  return isGivenBack(each) || (each.severity === 'error' && !isHarmless(each, known));
}

/** Somebody else keeps the object's rows, and whether they work is theirs to say. */
function isGivenBack({ code }: Finding): boolean {
  return code === 'given-back';
}

function isLastGood({ code }: Finding): boolean {
  return code === 'last-good-used';
}

/** The verdict over an object by the worst error about it, of those that are meant; undefined when there is none that counts. */
export function errorOf(
  object: ObjectRef,
  findings: FindingsByObject,
  isMeant: (code: FindingCode) => boolean = () => true,
): Verdict | undefined {
  const known = about(object, findings);
  const error = known.find((each) => isError(each, known) && isMeant(each.code));
  return error && brokenBy(error);
}

/** The verdict over what does not work, or cannot be told of, for a finding. */
export function brokenBy(error: Finding): Verdict {
  return (isGivenBack(error) ? untold : broken)(error.code, error.message, error.cure);
}

/** The verdict over an object that cannot be because of another: by the first of `objects` that has an error. */
export function errorBehind(objects: readonly ObjectRef[], findings: FindingsByObject): Verdict | undefined {
  for (const object of objects) {
    const error = errorOf(object, findings);
    if (error) return { ...error, message: `${formatRef(object)}: ${error.message}` };
  }
  return undefined;
}

/**
 * The verdict with everything else in its message that is known of the object, worst first: further errors, and what is worth knowing though
 * it keeps nothing from working. What works by its last good version has `LastGoodUsed` as the reason, what works but for a part of its packets the
 * code of what takes that, and what is to go and may not yet has `InUse`.
 */
export function withNotes(verdict: Verdict, object: ObjectRef, findings: FindingsByObject): Verdict {
  const known = about(object, findings);
  const notes = known
    .filter((each) => each.severity !== 'info' || isLastGood(each))
    .filter(({ message, cure }) => !verdict.message.includes(`${message}; ${cure}`))
    .map((each) => `${isError(each, known) ? 'also: ' : ''}${each.message}; ${each.cure}`);
  return { ...verdict, reason: notedReason(verdict, known), message: bounded([verdict.message, ...notes]) };
}

/** How long a message may be: an Event has room for 1024 bytes (events.k8s.io/v1, `note`), and nobody reads more in a table. */
const messageRoom = 1_000;

/** Texts as one, as many from the first as there is room for, and how many are left out. */
function bounded([first = '', ...others]: readonly string[]): string {
  let text = first.length > messageRoom ? `${first.slice(0, messageRoom - 1)}…` : first;
  for (const [place, each] of others.entries()) {
    const more = `; and ${others.length - place} more, see berth explain`;
    if (text.length + each.length + 2 > messageRoom - more.length) return `${text}${more}`;
    text = `${text}; ${each}`;
  }
  return text;
}

function notedReason({ ready, reason }: Verdict, known: readonly Finding[]): string {
  if (!ready && !isWaiting(reason)) return reason;
  if (known.some(({ code }) => code === 'in-use')) return reasonOf('in-use');
  if (ready && known.some(isLastGood)) return reasonOf('last-good-used');
  const part = ready ? known.find(takesPart) : undefined;
  return part === undefined ? reason : reasonOf(part.code);
}

function about(object: ObjectRef, findings: FindingsByObject): readonly Finding[] {
  return findings.get(refKey(object)) ?? [];
}
