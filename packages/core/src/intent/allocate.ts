import type { IP, OvnEip, Vip } from '@berth/api';
import type { Ip } from '@berth/net';
import type { Finding } from '../finding/finding.ts';
import type { Candidate } from './candidate.ts';
import type { AddressClaim, Allocated } from './claim.ts';
import { newRouterEip, withRequestedAddress } from './default-vpc.ts';
import { eipCandidate } from './eip-candidate.ts';
import { givesWayOf } from './give-way.ts';
import type { Granted } from './granted.ts';
import { ipCandidate, podCandidate } from './ip-candidate.ts';
import type { Lookup } from './lookup.ts';
import { abandoned, isOwn } from './own-object.ts';
import { allocateSubnet } from './pool.ts';
import type { PreferenceOf } from './preference.ts';
import { same } from './same.ts';
import type { SurveyedSubnet } from './subnet.ts';
import type { Survey } from './surveyed.ts';
import { vipCandidate } from './vip.ts';
import type { ResourceWrite } from './write.ts';

/**
 * What has to be stored before anything may be programmed: the objects we make ourselves (a router port's OvnEip, a
 * pod's IP) and the addresses of all. Nothing to do gives no writes.
 */
export function allocate(
  survey: Survey,
  instance: string,
  preferenceOf: PreferenceOf,
): {
  readonly writes: readonly ResourceWrite[];
  readonly granted: Granted;
  readonly findings: readonly Finding[];
} {
  const findings: Finding[] = [];
  const writes: ResourceWrite[] = [];
  const granted = { OvnEip: new Map<string, readonly Ip[]>(), IP: new Map(), Vip: new Map() };
  const givesWay = givesWayOf(survey);
  for (const [subnet, candidates] of candidatesBySubnet(survey, instance)) {
    const senior = inOrder(candidates, survey.lookup);
    const result = allocateSubnet(
      subnet,
      senior.map(({ claim }) => claim),
      preferenceOf,
      givesWay,
    );
    findings.push(...result.findings);
    for (const { object, claim, withAddresses } of senior) {
      granted[object.kind].set(object.metadata.name, result.granted.get(claim) ?? []);
      const got = result.allocated.get(claim);
      if (!got || isSettled(object, claim, got)) continue;
      const after = withAddresses(got);
      if (exists(object, survey.lookup) && same(after, object)) settled.set(claim, got);
      else writes.push({ verb: 'upsert', object: after });
    }
  }
  return { writes: [...writes, ...abandoned(survey)], granted, findings };
}

/** Claims whose objects need no write, with the addresses that was found for. A claim without a pod belongs to one object that does not change. */
const settled = new WeakMap<AddressClaim, Allocated>();

function isSettled(object: OvnEip | IP | Vip, claim: AddressClaim, { ips, mac }: Allocated): boolean {
  const known = settled.get(claim);
  if (!known || claim.object.kind !== object.kind || known.mac !== mac) return false;
  return known.ips.length === ips.length && known.ips.every((ip, place) => ip === ips[place]);
}

/** Objects we make ourselves do not exist until they are stored. */
function exists({ kind, metadata }: OvnEip | IP | Vip, lookup: Lookup): boolean {
  return lookup[kind].has(metadata.name);
}

/**
 * The candidates in order of seniority. Objects that we are about to make come last, as they will by their age once
 * they are stored; where ages do not tell, the user's objects come before ours.
 */
function inOrder(candidates: readonly Candidate[], lookup: Lookup): readonly Candidate[] {
  return candidates
    .map((candidate) => ({ candidate, rank: rankOf(candidate, lookup) }))
    .sort((left, right) => (left.rank < right.rank ? -1 : left.rank > right.rank ? 1 : 0))
    .map(({ candidate }) => candidate);
}

/** What candidates are ordered by; worked out once for those that the user made, which are most. */
function rankOf(candidate: Candidate, lookup: Lookup): string {
  const known = ranks.get(candidate);
  if (known !== undefined) return known;
  const { object, pod } = candidate;
  const { metadata } = pod ?? object;
  const ours = pod === undefined && isOwn(object);
  const age = ours && !exists(object, lookup) ? '9' : (metadata.creationTimestamp ?? '8');
  const rank = `${age}\0${ours ? 1 : 0}\0${object.metadata.name}`;
  if (!ours) ranks.set(candidate, rank);
  return rank;
}

const ranks = new WeakMap<Candidate, string>();

function candidatesBySubnet(
  survey: Survey,
  instance: string,
): ReadonlyMap<SurveyedSubnet, readonly Candidate[]> {
  const grouped = new Map<SurveyedSubnet, Candidate[]>();
  const add = (subnet: SurveyedSubnet, candidate: Candidate): void => {
    const others = grouped.get(subnet);
    if (others) others.push(candidate);
    else grouped.set(subnet, [candidate]);
  };
  const ports = new Map(survey.attachments.map((each) => [each.name, each.vpc.metadata.name]));
  for (const { eip, subnet } of survey.eips) {
    const vpc = ports.get(eip.metadata.name);
    const asked = vpc === undefined ? eip : withRequestedAddress(eip, vpc, subnet, survey.config);
    add(subnet, eipCandidate(asked, instance));
  }
  for (const attachment of survey.attachments) {
    if (survey.lookup.OvnEip.has(attachment.name)) continue;
    const { name, vpc, subnet } = attachment;
    add(subnet, eipCandidate(newRouterEip(name, vpc.metadata.name, subnet, survey.config), instance));
  }
  for (const pod of survey.pods) add(pod.subnet, podCandidate(pod, survey.lookup, instance));
  const ofPods = new Set(survey.pods.map(({ name }) => name));
  for (const [name, ip] of survey.lookup.IP) {
    const subnet = survey.subnets.get(ip.spec.subnet ?? '');
    if (subnet && !ofPods.has(name)) add(subnet, ipCandidate(ip, instance));
  }
  for (const vip of survey.lookup.Vip.values()) {
    const subnet = survey.subnets.get(vip.spec.subnet);
    if (subnet) add(subnet, vipCandidate(vip, instance));
  }
  return grouped;
}
