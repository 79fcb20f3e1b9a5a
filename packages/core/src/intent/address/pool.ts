import { formatRef } from '@berth/api';
import { type Cidr, cidrFamily, contains, familyOf, type Ip, ipSet, isHost, parseIpRange } from '@berth/net';
import type { ForeignAddresses } from '../../fabric/foreign-by-switch.ts';
import type { Finding, ObjectRef } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import { perObjectWith } from '../../memo/per-object.ts';
import type { Network } from '../intent.ts';
import type { AddressClaim, Allocated, Request } from '../object/claim.ts';
import type { PreferenceOf } from '../object/preference.ts';
import { type Held, nothingHeld } from '../object/settled-pools.ts';
import type { SurveyedSubnet } from '../object/subnet.ts';
import { AddressBook } from './address-book.ts';
import { holdersInTheWay, takenByOthers } from './foreign-address.ts';
import type { GivesWay } from './give-way.ts';
import { allocateMacs } from './mac-pool.ts';

type Slot = {
  readonly claim: AddressClaim;
  readonly stored: Ip | undefined;
  /** Whether a host can have what is stored. */
  readonly isFit: boolean;
  readonly requested: Request<Ip> | undefined;
};

/** What decides about who gets which address of a subnet, beside what each claim says. */
export type Terms = {
  readonly preferenceOf: PreferenceOf;
  readonly givesWay: GivesWay;
  /** What others have: nobody gets it who does not have it or ask for it. */
  readonly foreign: ForeignAddresses;
  /** What of that keeps those from it who ask for it. */
  readonly rivals: ForeignAddresses;
};

/**
 * Gives every claim on a subnet its addresses. What is stored stays, but for our own choices that give way to a request; a request comes next; the rest get the address they
 * prefer, if it is free, else the lowest free one. Claims come in order of seniority, so that the first one wins a conflict. A claim that cannot have
 * all its addresses is not allocated; of those it has stored, the ones that are rightly its own are granted still. What is `held` belongs to claims
 * that are not among these.
 */
export function allocateSubnet(
  { subnet, networks }: SurveyedSubnet,
  claims: readonly AddressClaim[],
  terms: Terms,
  held: Held = nothingHeld,
): {
  readonly allocated: ReadonlyMap<AddressClaim, Allocated>;
  readonly granted: ReadonlyMap<AddressClaim, readonly Ip[]>;
  readonly findings: readonly Finding[];
} {
  const findings: Finding[] = [];
  const asked = (subnet.spec.excludeIps ?? []).flatMap((text) => parseIpRange(text) ?? []);
  const excluded = ipSet([...asked, ...terms.foreign.keys()]);
  const perNetwork = networks.map((network) =>
    allocateNetwork(
      subnet.metadata.name,
      network,
      new AddressBook(network, excluded, held),
      claims,
      findings,
      terms,
    ),
  );
  findings.push(...withoutNetwork(claims, subnet.metadata.name, networks));
  const macs = allocateMacs(claims, findings, terms.preferenceOf, held);
  const allocated = new Map<AddressClaim, Allocated>();
  const granted = new Map<AddressClaim, readonly Ip[]>();
  for (const claim of claims) {
    const ips = perNetwork.flatMap((ipOf) => ipOf.get(claim) ?? []);
    const mac = macs.get(claim);
    granted.set(claim, mac === undefined ? [] : ips);
    if (mac !== undefined && ips.length === networks.length) allocated.set(claim, { ips, mac });
  }
  return { allocated, granted, findings };
}

function allocateNetwork(
  subnet: string,
  network: Network,
  book: AddressBook,
  claims: readonly AddressClaim[],
  findings: Finding[],
  terms: Terms,
): ReadonlyMap<AddressClaim, Ip> {
  const slots = claims.map((claim) => slotOf(claim, { cidr: network.cidr }));
  for (const { claim, stored, isFit, requested } of slots)
    if (isFit && (!requested || requested.value === stored)) book.giveFit(claim, stored);
  for (const { claim, stored, requested } of slots) {
    if (book.has(claim) || !requested) continue;
    const inTheWay = foreignProblem(claim, requested, terms);
    if (!inTheWay && hasMadeWay(book, slots, { claim, requested }, terms.givesWay)) continue;
    const problem = refuse(claim, requested, subnet, network, book) ?? inTheWay;
    if (problem) findings.push(problem);
    book.give(claim, problem ? stored : requested.value);
  }
  for (const claim of giveRest(book, slots, terms.preferenceOf)) findings.push(full(claim, subnet, network));
  return book.given;
}

/** Which rows of others keep a claim from what it asks for; none do where NB has the address for the claim's object still. */
function foreignProblem(
  claim: AddressClaim,
  request: Request<Ip>,
  { rivals, preferenceOf }: Terms,
): Finding | undefined {
  const others = holdersInTheWay(rivals, claim, request.value);
  if (others.length === 0 || preferenceOf(claim.object).ips.includes(request.value)) return undefined;
  return takenByOthers(claim, request, others);
}

/**
 * Gives a claim the address it asks for where that is a choice of ours whose holder gives way. The holder gets another one, which nobody
 * asks for; without one it stays where it is.
 */
function hasMadeWay(
  book: AddressBook,
  slots: readonly Slot[],
  { claim, requested }: { readonly claim: AddressClaim; readonly requested: Request<Ip> },
  givesWay: GivesWay,
): boolean {
  const { value } = requested;
  const holder = book.holder(value);
  if (!holder?.chosen.includes(value) || !givesWay(holder, claim)) return false;
  return book.passOn(value, claim, ipSet(slots.flatMap((each) => each.requested?.value ?? [])));
}

/** Gives those who ask for nothing an address; the claims that there is none for. */
function giveRest(
  book: AddressBook,
  slots: readonly Slot[],
  preferenceOf: PreferenceOf,
): readonly AddressClaim[] {
  const open = slots.filter(({ claim, requested }) => !book.has(claim) && !requested);
  for (const { claim, stored } of open) if (!stored) book.giveFirst(claim, preferenceOf(claim.object).ips);
  return open.map(({ claim }) => claim).filter((claim) => !book.has(claim) && !book.giveAny(claim));
}

/** Requests of an address family that the subnet does not have. */
function withoutNetwork(
  claims: readonly Pick<AddressClaim, 'object' | 'requested'>[],
  subnet: string,
  networks: readonly Network[],
): readonly Finding[] {
  const families = new Set(networks.map(({ cidr }) => cidrFamily(cidr)));
  const cidrs = networks.map(({ cidr }) => cidr).join(' and ');
  return claims.flatMap(({ object, requested }) =>
    requested.ips
      .filter(({ value }) => !families.has(familyOf(value)))
      .map(({ value, field }) => outside(object, field, value, cidrs, subnet)),
  );
}

const slotOf = perObjectWith((claim: AddressClaim, { cidr }: Pick<Network, 'cidr'>): Slot => {
  const stored = claim.stored.ips.find((ip) => contains(cidr, ip));
  return {
    claim,
    stored,
    isFit: stored !== undefined && isHost(cidr, stored),
    requested: requestIn(claim, cidr),
  };
});

function refuse(
  claim: AddressClaim,
  request: Request<Ip>,
  subnet: string,
  network: Network,
  book: AddressBook,
): Finding | undefined {
  const problem = misfit(claim.object, request, subnet, network);
  if (problem || !book.isTaken(request.value)) return problem;
  return taken(claim.object, request.field, request.value, book.holder(request.value));
}

/** Why an address that is asked for can be no host's of a network. */
export function misfit(
  object: ObjectRef,
  { value, field }: Request<Ip>,
  subnet: string,
  { cidr, gateway }: Network,
): Finding | undefined {
  if (!contains(cidr, value)) return outside(object, field, value, cidr, subnet);
  if (value !== gateway && isHost(cidr, value)) return undefined;
  const what =
    value === gateway ? `the gateway of subnet/${subnet}` : `not an address a host of ${cidr} can have`;
  return finding('address-invalid', {
    object,
    field,
    message: `${value} is ${what}`,
    cure: 'choose another address, or leave the field out',
  });
}

/** Why a claim cannot have what it asks for, whoever else is on the subnet. */
export function misfits(
  claim: Pick<AddressClaim, 'object' | 'requested'>,
  { subnet, networks }: SurveyedSubnet,
): readonly Finding[] {
  const { name } = subnet.metadata;
  const unfit = networks.flatMap((network) => {
    const request = requestIn(claim, network.cidr);
    return (request && misfit(claim.object, request, name, network)) ?? [];
  });
  return [...unfit, ...withoutNetwork([claim], name, networks)];
}

/** What a claim asks for in a network: the first address of its family. */
function requestIn({ requested }: Pick<AddressClaim, 'requested'>, cidr: Cidr): Request<Ip> | undefined {
  const isIpv6 = cidr.includes(':');
  return requested.ips.find(({ value }) => value.includes(':') === isIpv6);
}

function taken(object: ObjectRef, field: string, value: Ip, holder: AddressClaim | undefined): Finding {
  const by = holder && formatRef(holder.object);
  const isChosen = holder?.chosen.includes(value) === true;
  const instead = isChosen ? `, or ask for another address in the spec of ${by}, which asks for none` : '';
  return finding('address-taken', {
    object,
    field,
    message: `${value} is taken${by ? ` by ${by}` : ''}`,
    cure: `choose another address, ${isChosen ? '' : 'or '}leave the field out${instead}`,
    related: holder ? [holder.object] : [],
  });
}

function outside(object: ObjectRef, field: string, value: Ip, cidrs: string, subnet: string): Finding {
  return finding('address-outside-subnet', {
    object,
    field,
    message: `${value} is not in ${cidrs} of subnet/${subnet}`,
    cure: `choose an address of ${cidrs}, or leave the field out`,
    related: [{ kind: 'Subnet', name: subnet }],
  });
}

function full({ object }: AddressClaim, subnet: string, { cidr }: Network): Finding {
  return finding('pool-full', {
    object,
    message: `subnet/${subnet} has no free address left in ${cidr}`,
    cure: 'delete what is not needed, shorten spec.excludeIps, or use a larger network',
    related: [{ kind: 'Subnet', name: subnet }],
  });
}
