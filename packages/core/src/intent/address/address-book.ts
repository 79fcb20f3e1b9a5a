import { addIp, contains, hasIp, type Ip, type IpSet, ipSet, isHost, lowestFree, unionIps } from '@berth/net';
import type { Network } from '../intent.ts';
import type { AddressClaim } from '../object/claim.ts';
import { type Held, nothingHeld } from '../object/settled-pools.ts';

/** Who has which address of one network. */
export class AddressBook {
  readonly given: Map<AddressClaim, Ip> = new Map();
  readonly #holders = new Map<Ip, AddressClaim>();
  readonly #network: Network;
  readonly #excluded: IpSet;
  readonly #held: Held;
  /** What we choose no address from: what is taken or excluded. A request may lie among the excluded. Undefined while nothing was chosen. */
  #avoided: IpSet | undefined;

  /** `held` is given for good. */
  constructor(network: Network, excluded: IpSet, held: Held = nothingHeld) {
    this.#network = network;
    this.#excluded = excluded;
    this.#held = held;
  }

  has(claim: AddressClaim): boolean {
    return this.given.has(claim);
  }

  isTaken(ip: Ip): boolean {
    return ip === this.#network.gateway || this.holder(ip) !== undefined;
  }

  holder(ip: Ip): AddressClaim | undefined {
    return this.#holders.get(ip) ?? this.#held.addresses.get(ip);
  }

  /** Gives the address to the claim if a host can have it and it is free. */
  give(claim: AddressClaim, ip: Ip | undefined): void {
    if (ip !== undefined && isHost(this.#network.cidr, ip)) this.giveFit(claim, ip);
  }

  /** The same for an address that a host can have. */
  giveFit(claim: AddressClaim, ip: Ip | undefined): void {
    if (ip === undefined || this.isTaken(ip)) return;
    this.given.set(claim, ip);
    this.#holders.set(ip, claim);
    if (this.#avoided) this.#avoided = addIp(this.#avoided, ip);
  }

  /**
   * Gives the address of its holder to another claim, and the holder the lowest free one beside those to be kept for
   * others; false, and nothing is changed, when there is none.
   */
  passOn(ip: Ip, claim: AddressClaim, kept: IpSet): boolean {
    const holder = this.#holders.get(ip);
    const other = lowestFree(this.#network.cidr, unionIps(this.#toAvoid(), kept));
    if (holder === undefined || other === undefined) return false;
    this.give(holder, other);
    this.given.set(claim, ip);
    this.#holders.set(ip, claim);
    return true;
  }

  /** Gives the first of some addresses that could be a choice of ours. */
  giveFirst(claim: AddressClaim, ips: readonly Ip[]): void {
    for (const ip of ips) {
      if (this.has(claim)) return;
      if (contains(this.#network.cidr, ip) && !hasIp(this.#toAvoid(), ip)) this.give(claim, ip);
    }
  }

  /** Gives the lowest free address; false when there is none. */
  giveAny(claim: AddressClaim): boolean {
    this.give(claim, lowestFree(this.#network.cidr, this.#toAvoid()));
    return this.has(claim);
  }

  /** Made when the first address is to be chosen: on most passes every claim has what it asks for. */
  #toAvoid(): IpSet {
    this.#avoided ??= unionIps(
      unionIps(this.#excluded, this.#held.all),
      ipSet([this.#network.gateway, ...this.#holders.keys()]),
    );
    return this.#avoided;
  }
}
