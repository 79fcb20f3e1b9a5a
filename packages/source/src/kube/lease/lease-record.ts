import { epochKey, takeOverAnnotation } from '@berth/api';
import { type JsonObject, objectIn, textIn } from '../api/json.ts';

/** What a Lease (coordination.k8s.io/v1) says about who leads. */
export type LeaseRecord = {
  /** Its resourceVersion. */
  readonly version: string;
  /** Empty when nobody holds it. */
  readonly holder: string;
  readonly durationSeconds: number;
  readonly renewTime: string;
  readonly acquireTime: string;
  readonly transitions: number;
  /** The epoch of the controller that led last; 0 if none ever did. */
  readonly epoch: number;
  /** Which other lead of the OVN a holder may follow, as somebody wrote it; undefined where nobody did. */
  readonly follow: string | undefined;
};

/** Reads a Lease. */
export function leaseRecord(lease: JsonObject): LeaseRecord {
  const metadata = objectIn(lease, 'metadata');
  const { leaseDurationSeconds, leaseTransitions, ...spec } = objectIn(lease, 'spec');
  const annotations = objectIn(metadata, 'annotations');
  return {
    version: textIn(metadata, 'resourceVersion') ?? '',
    holder: textIn(spec, 'holderIdentity') ?? '',
    durationSeconds: typeof leaseDurationSeconds === 'number' ? leaseDurationSeconds : 0,
    renewTime: textIn(spec, 'renewTime') ?? '',
    acquireTime: textIn(spec, 'acquireTime') ?? '',
    transitions: typeof leaseTransitions === 'number' ? leaseTransitions : 0,
    epoch: epochIn(textIn(annotations, epochKey)),
    follow: textIn(annotations, takeOverAnnotation),
  };
}

function epochIn(text: string | undefined): number {
  const epoch = Number(text);
  return Number.isSafeInteger(epoch) && epoch > 0 ? epoch : 0;
}

/** Who wants to lead, and for how long a time a renewal counts. */
export type Candidate = { readonly identity: string; readonly durationSeconds: number };

/** The spec that makes a candidate the holder, or renews it. `now` is RFC 3339 with microseconds. */
export function heldBy(
  { identity, durationSeconds }: Candidate,
  before: LeaseRecord | undefined,
  now: string,
) {
  const isRenewal = before?.holder === identity;
  return {
    holderIdentity: identity,
    leaseDurationSeconds: durationSeconds,
    acquireTime: isRenewal ? before.acquireTime : now,
    renewTime: now,
    leaseTransitions: before === undefined ? 0 : before.transitions + (isRenewal ? 0 : 1),
  };
}

/** The spec that lets go, so that nobody has to wait. */
export function letGo(before: LeaseRecord, now: string) {
  return {
    holderIdentity: '',
    leaseDurationSeconds: 1,
    acquireTime: before.acquireTime,
    renewTime: now,
    leaseTransitions: before.transitions,
  };
}

/**
 * Whether a candidate may take the Lease: nobody holds it, it does itself, or the holder was not seen to renew it for as
 * long as a renewal counts. `unchangedMs` is how long we have seen it unchanged, by our own clock.
 */
export function isFree(
  record: LeaseRecord,
  { identity }: Pick<Candidate, 'identity'>,
  unchangedMs: number,
): boolean {
  if (record.holder === '' || record.holder === identity) return true;
  return unchangedMs > record.durationSeconds * 1_000;
}

/** How far the clocks of two machines may be apart before one takes the other for gone. */
const clocksApartMs = 5_000;

/** Whether a holder has not renewed a Lease for as long as a renewal counts, by its own word and our clock. */
export function hasLapsed(
  { renewTime, durationSeconds }: Pick<LeaseRecord, 'renewTime' | 'durationSeconds'>,
  nowMs: number,
): boolean {
  const ageMs = nowMs - Date.parse(renewTime);
  return !(ageMs <= durationSeconds * 1_000 + clocksApartMs);
}
