import type { IP, OvnEip, Vip } from '@berth/api';
import type { Ip } from '@berth/net';
import type { Fabric } from '../../fabric/fabric.ts';
import { noForeignAddresses } from '../../fabric/foreign-addresses.ts';
import type { Finding } from '../../finding/finding.ts';
import { grouping } from '../../memo/grouping.ts';
import { perItem } from '../../memo/per-item.ts';
import type { Candidate } from '../object/candidate.ts';
import type { AddressClaim } from '../object/claim.ts';
import { newRouterEip, withRequestedAddress } from '../object/default-vpc.ts';
import type { Lookup } from '../object/lookup.ts';
import { abandoned, isOwn } from '../object/own-object.ts';
import type { PreferenceOf } from '../object/preference.ts';
import { same } from '../object/same.ts';
import { type Held, type SettledPool, SettledPools } from '../object/settled-pools.ts';
import type { SurveyedSubnet } from '../object/subnet.ts';
import type { Survey, SurveyedEip } from '../object/surveyed.ts';
import { vipCandidate } from '../object/vip.ts';
import type { ResourceWrite } from '../object/write.ts';
import { eipCandidate } from './eip-candidate.ts';
import { rivalsIn, sharedWithOthers } from './foreign-address.ts';
import { givesWayOf } from './give-way.ts';
import type { Granted } from './granted.ts';
import { ipCandidate, podCandidate } from './ip-candidate.ts';
import { allocateSubnet, type Terms } from './pool.ts';

/**
 * What has to be stored before anything may be programmed: the objects we make ourselves (a router port's OvnEip, a
 * pod's IP) and the addresses of all. Nothing to do gives no writes.
 */
export function allocate(
  survey: Survey,
  instance: string,
  preferenceOf: PreferenceOf,
  pools: SettledPools = new SettledPools(),
  foreignAddresses: Fabric['foreignAddresses'] = new Map(),
): {
  readonly writes: readonly ResourceWrite[];
  readonly granted: Granted;
  readonly findings: readonly Finding[];
} {
  const findings: Finding[] = [];
  const writes: ResourceWrite[] = [];
  const given = { OvnEip: new Map<string, readonly Ip[]>(), IP: new Map(), Vip: new Map() };
  const givesWay = givesWayOf(survey);
  const bySubnet = candidatesBySubnet(survey, { instance }, preferenceOf);
  pools.keepOnly(bySubnet.keys());
  for (const [subnet, candidates] of bySubnet) {
    const pool = pools.of(subnet);
    const foreign = foreignAddresses.get(subnet.subnet.metadata.name) ?? noForeignAddresses;
    const rivals = rivalsIn(foreign, { vpcs: survey.lookup.Vpc });
    const terms = { preferenceOf, givesWay, foreign, rivals };
    const { open, result } = allocateOpen(subnet, candidates, pool, survey, terms);
    findings.push(...result.findings, ...sharedWithOthers(rivals, holdersOf(result.granted, pool)));
    for (const candidate of open) {
      const { object, claim, withAddresses } = candidate;
      given[object.kind].set(object.metadata.name, result.granted.get(claim) ?? []);
      const got = result.allocated.get(claim);
      if (!got) continue;
      const after = withAddresses(got);
      const isStored = exists(object, survey.lookup) && same(after, object);
      if (!isStored) writes.push({ verb: 'upsert', object: after });
      else if (result.findings.length === 0 && isListed(object, survey.lookup)) pool.settle(candidate, got);
    }
  }
  const granted: Granted = (object) =>
    pools.isSettled(object) ? undefined : (given[object.kind].get(object.metadata.name) ?? []);
  return { writes: [...writes, ...abandoned(survey)], granted, findings };
}

/**
 * Gives the claims that are not settled their addresses, and those that are as well where one of the others has to do with
 * them, or cannot have what it wants.
 */
function allocateOpen(
  subnet: SurveyedSubnet,
  candidates: readonly Candidate[],
  pool: SettledPool,
  { lookup }: Survey,
  terms: Terms,
): { readonly open: readonly Candidate[]; readonly result: ReturnType<typeof allocateSubnet> } {
  const allocated = (open: readonly Candidate[], held?: Held) => {
    const claims = open.map(({ claim }) => claim);
    return { open, result: allocateSubnet(subnet, claims, terms, held) };
  };
  const come = pool.follow(candidates);
  if (!come.some(({ claim }) => pool.isTouchedBy(claim))) {
    const beside = allocated(inOrder(come, lookup), pool);
    if (beside.result.findings.length === 0 || come.length === candidates.length) return beside;
  }
  pool.clear();
  return allocated(inOrder(candidates, lookup));
}

/** Who has an address of a subnet: of those that were given theirs now, or are settled. */
function holdersOf(
  granted: ReadonlyMap<AddressClaim, readonly Ip[]>,
  { addresses }: SettledPool,
): (ip: Ip) => AddressClaim | undefined {
  let given: ReadonlyMap<Ip, AddressClaim> | undefined;
  return (ip) => {
    given ??= new Map([...granted].flatMap(([claim, ips]) => ips.map((each) => [each, claim] as const)));
    return given.get(ip) ?? addresses.get(ip);
  };
}

/** Whether it is the very object that is listed, and not what became of it. */
function isListed(object: Candidate['object'], lookup: Lookup): boolean {
  const listed: Candidate['object'] | undefined = lookup[object.kind].get(object.metadata.name);
  return listed === object;
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

/** The candidates of each subnet: its EIPs and those of router ports to come, its pods, and the IPs and Vips that users made. */
function candidatesBySubnet(
  survey: Survey,
  { instance }: Instance,
  preferenceOf: PreferenceOf,
): ReadonlyMap<SurveyedSubnet, readonly Candidate[]> {
  const asked = requestedOf(survey, { instance });
  const grouped = new Map<SurveyedSubnet, readonly Candidate[]>();
  for (const [subnet, { asker, items }] of eipsBySubnet(survey.asker, survey.eips)) {
    const plain = eipCandidates(asker, items, { instance });
    const others = () => items.map(({ eip }, at) => asked.get(eip) ?? (plain[at] as Candidate));
    grouped.set(subnet, asked.size === 0 ? plain : others());
  }
  for (const [subnet, own] of Map.groupBy(
    besideEips(survey, { instance }, preferenceOf),
    ([subnet]) => subnet,
  ))
    grouped.set(subnet, (grouped.get(subnet) ?? []).concat(own.map(([, candidate]) => candidate)));
  return grouped;
}

const eipsBySubnet = grouping(({ subnet }: SurveyedEip) => subnet);
const eipCandidates = perItem(({ eip }: SurveyedEip, { instance }: Instance) => eipCandidate(eip, instance));

/** The EIPs of router ports for which the ConfigMap asks for another address than they have. */
function requestedOf(
  { attachments, lookup, subnets, defaultSubnet, config }: Survey,
  { instance }: Instance,
): ReadonlyMap<OvnEip, Candidate> {
  const asked = new Map<OvnEip, Candidate>();
  for (const { name, vpc } of attachments) {
    const eip = lookup.OvnEip.get(name);
    const subnet = eip && subnets.get(eip.spec.externalSubnet || defaultSubnet);
    if (!subnet) continue;
    const asking = withRequestedAddress(eip, vpc.metadata.name, subnet, config);
    if (asking !== eip) asked.set(eip, eipCandidate(asking, instance));
  }
  return asked;
}

/** All candidates but EIPs that there are, each with its subnet. */
function* besideEips(
  { attachments, lookup, subnets, pods, config }: Survey,
  { instance }: Instance,
  preferenceOf: PreferenceOf,
): Generator<readonly [SurveyedSubnet, Candidate]> {
  for (const { name, vpc, subnet } of attachments) {
    if (lookup.OvnEip.has(name)) continue;
    yield [subnet, eipCandidate(newRouterEip(name, vpc.metadata.name, subnet, config), instance)];
  }
  for (const pod of pods) yield [pod.subnet, podCandidate(pod, lookup, instance, preferenceOf)];
  const ofPods = new Set(pods.map(({ name }) => name));
  for (const [name, ip] of lookup.IP) {
    const subnet = subnets.get(ip.spec.subnet ?? '');
    if (subnet && !ofPods.has(name)) yield [subnet, ipCandidate(ip, instance)];
  }
  for (const vip of lookup.Vip.values()) {
    const subnet = subnets.get(vip.spec.subnet);
    if (subnet) yield [subnet, vipCandidate(vip, instance)];
  }
}

type Instance = { readonly instance: string };
