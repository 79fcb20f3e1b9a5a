import { addIp, emptyIpSet, type Ip, type IpSet, ipSet, type Mac, subtractIps } from '@berth/net';
import { differenceOf } from '../../memo/list-difference.ts';
import type { Candidate } from './candidate.ts';
import type { AddressClaim, Allocated } from './claim.ts';
import { listOf } from './lookup.ts';
import type { SurveyedSubnet } from './subnet.ts';

/** Addresses and MACs of a subnet that claims have, for good. */
export type Held = {
  readonly addresses: ReadonlyMap<Ip, AddressClaim>;
  readonly macs: ReadonlySet<Mac>;
  /** The addresses once more, to choose another one beside. */
  readonly all: IpSet;
};

/** Nobody has anything. */
export const nothingHeld: Held = { addresses: new Map(), macs: new Set(), all: emptyIpSet };

/** Up to so many are looked for in a list one by one. */
const few = 16;

type Unsettled = { list: readonly Candidate['object'][]; readonly objects: Set<Candidate['object']> };

/** The objects of settled claims, and of those that are listed the ones whose claims are not. */
class SettledObjects {
  readonly #settled = new Set<Candidate['object']>();
  readonly #unsettled = { OvnEip: noneUnsettled(), IP: noneUnsettled(), Vip: noneUnsettled() };

  has(object: Candidate['object']): boolean {
    return this.#settled.has(object);
  }

  add(object: Candidate['object']): void {
    this.#settled.add(object);
    this.#unsettled[object.kind].objects.delete(object);
  }

  delete(object: Candidate['object']): void {
    this.#settled.delete(object);
    this.#unsettled[object.kind].objects.add(object);
  }

  /** All of a list that are not settled, and maybe some that are listed no more. */
  unsettledOf(
    kind: Candidate['object']['kind'],
    list: readonly Candidate['object'][],
  ): readonly Candidate['object'][] {
    const unsettled = this.#unsettled[kind];
    const { gone, come } = differenceOf(unsettled.list, list);
    for (const object of gone) unsettled.objects.delete(object);
    for (const object of come) if (!this.has(object)) unsettled.objects.add(object);
    unsettled.list = list;
    return [...unsettled.objects];
  }
}

function noneUnsettled(): Unsettled {
  return { list: [], objects: new Set() };
}

/**
 * The claims of one subnet that are settled: each has stored what it gets, asks for nothing else, and no other claim has to do with it.
 * Whatever comes beside them and wants nothing of theirs changes nothing for them, so it can be given its addresses alone.
 */
export class SettledPool implements Held {
  readonly addresses = new Map<Ip, AddressClaim>();
  readonly macs = new Set<Mac>();
  readonly #claims = new Map<AddressClaim, Candidate['object']>();
  /** All candidates of the last time, and those of them that are not settled. */
  #followed: readonly Candidate[] = [];
  readonly #open = new Set<Candidate>();
  readonly #objects: SettledObjects;
  #all: IpSet | undefined = emptyIpSet;

  /** `objects` takes in the objects of the claims. */
  constructor(objects: SettledObjects) {
    this.#objects = objects;
  }

  get all(): IpSet {
    this.#all ??= ipSet(this.addresses.keys());
    return this.#all;
  }

  has(claim: AddressClaim): boolean {
    return this.#claims.has(claim);
  }

  /** Whether a claim wants or has something that a settled one has. */
  isTouchedBy({ requested, stored }: AddressClaim): boolean {
    const ips = [...stored.ips, ...requested.ips.map(({ value }) => value)];
    const macs = [stored.mac, requested.mac?.value];
    return ips.some((ip) => this.addresses.has(ip)) || macs.some((mac) => mac && this.macs.has(mac));
  }

  /** Takes in a claim with what it got, if that is what it has and all it asks for. */
  settle(candidate: Candidate, { ips, mac }: Allocated): void {
    const { claim, object } = candidate;
    const { requested, stored } = claim;
    const wantedMac = requested.mac?.value ?? stored.mac;
    const isSettled =
      stored.mac === mac &&
      wantedMac === mac &&
      ips.every((ip) => stored.ips.includes(ip)) &&
      requested.ips.every(({ value }) => ips.includes(value));
    if (!isSettled) return;
    this.#claims.set(claim, object);
    this.#objects.add(object);
    this.#open.delete(candidate);
    for (const ip of ips) {
      this.addresses.set(ip, claim);
      if (this.#all) this.#all = addIp(this.#all, ip);
    }
    this.macs.add(mac);
  }

  /** Lets go of the claims that are not among these any more. Gives those that are not settled, in their order. */
  follow(candidates: readonly Candidate[]): readonly Candidate[] {
    const { gone, come } = differenceOf(this.#followed, candidates);
    this.#followed = candidates;
    for (const candidate of gone) {
      this.#open.delete(candidate);
      this.#letGo(candidate);
    }
    for (const candidate of come) if (!this.has(candidate.claim)) this.#open.add(candidate);
    if (this.#open.size > few) return candidates.filter((each) => this.#open.has(each));
    const places = [...this.#open].map((each) => candidates.indexOf(each));
    return places.sort((left, right) => left - right).flatMap((place) => candidates[place] ?? []);
  }

  #letGo({ claim }: Candidate): void {
    const object = this.#claims.get(claim);
    if (!object) return;
    this.#claims.delete(claim);
    this.#objects.delete(object);
    for (const ip of claim.stored.ips) {
      if (this.addresses.get(ip) !== claim) continue;
      this.addresses.delete(ip);
      if (this.#all) this.#all = subtractIps(this.#all, ipSet([ip]));
    }
    if (claim.stored.mac) this.macs.delete(claim.stored.mac);
  }

  /** Lets go of all. */
  clear(): void {
    for (const candidate of this.#followed) this.#letGo(candidate);
    this.#open.clear();
    for (const candidate of this.#followed) this.#open.add(candidate);
  }
}

/**
 * The settled claims of every subnet from one allocation to the next, which then costs what came since. It is a cache: with a new one
 * everybody gets the same.
 */
export class SettledPools {
  readonly #objects = new SettledObjects();
  readonly #pools = new Map<string, { readonly terms: string; readonly pool: SettledPool }>();

  /** Whether an object has all the addresses it has by right, and needs no others. */
  isSettled(object: Candidate['object']): boolean {
    return this.#objects.has(object);
  }

  /** The objects of one kind that are not settled, in whatever order. It costs what changed since the objects of the kind before. */
  unsettledOf<T extends Candidate['object']>(kind: T['kind'], objects: ReadonlyMap<string, T>): readonly T[] {
    return this.#objects.unsettledOf(kind, listOf(objects)).flatMap((each) => {
      const listed = objects.get(each.metadata.name);
      return listed === each ? [listed] : [];
    });
  }

  /** Forgets the subnets that are not among these any more. */
  keepOnly(subnets: Iterable<SurveyedSubnet>): void {
    const names = new Set([...subnets].map(({ subnet }) => subnet.metadata.name));
    for (const [name, { pool }] of this.#pools) {
      if (names.has(name)) continue;
      pool.clear();
      this.#pools.delete(name);
    }
  }

  /** The settled claims of a subnet; none once it has other addresses to give than before. */
  of({ subnet, networks }: SurveyedSubnet): SettledPool {
    const terms = JSON.stringify([networks, subnet.spec.excludeIps]);
    const known = this.#pools.get(subnet.metadata.name);
    if (known?.terms === terms) return known.pool;
    known?.pool.clear();
    const pool = new SettledPool(this.#objects);
    this.#pools.set(subnet.metadata.name, { terms, pool });
    return pool;
  }
}
