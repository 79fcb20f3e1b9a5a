import { ledElsewhereWrites, type OtherLeader } from '@berth/core';
import { type Claimant, isFollowed, type Listing, notFollowedText, type Source } from '@berth/source';
import { EngineFault } from '../engine-fault.ts';
import { Fence } from './fence.ts';
import { type Claim, type Lead, presentLead } from './other-lead.ts';
import { type Ovn, southOf } from './ovn.ts';

type SayFollow = NonNullable<Claimant['sayFollow']>;

/**
 * Takes an OVN over for the controller of a source: its epoch is above every one that was, of the source, NB and SB. Throws as
 * {@link requireFree} does, before anything is written.
 */
export async function takeOver(
  source: Pick<Source, 'list' | 'storeEpoch' | 'claimant'>,
  ovn: Ovn,
  { instance }: { readonly instance: string },
): Promise<Fence> {
  const { name: lead, epoch } = await requireFree(source, ovn, { instance });
  const store = (higher: number): Promise<void> => source.storeEpoch(higher);
  return Fence.claim(ovn.nb, ovn.northbound, { stored: epoch, store, instance, lead }, southOf(ovn));
}

/**
 * Makes sure that an OVN may be taken over, and writes nothing; gives who takes it. Throws {@link EngineFault} `led-elsewhere` where others
 * looked after it last and have rows there, unless the source's operator said that they may be followed; who starts a folder says so before.
 */
export async function requireFree(
  source: Pick<Source, 'list' | 'claimant'>,
  ovn: Pick<Ovn, 'northbound'>,
  { instance }: { readonly instance: string },
): Promise<Claim> {
  const { own, other } = await candidacy(source, ovn, instance);
  const { follow, sayFollow } = source.claimant();
  if (other && sayFollow) throw new EngineFault('led-elsewhere', ledElsewhere(other, { follow, sayFollow }));
  return own;
}

/**
 * Tells by the conditions of a source's objects that somebody else leads the OVN, where he does and may not be followed: what they said before
 * may not be so any more. Throws as `list` and `store` of a source do.
 */
export async function tellOfOther(
  source: Pick<Source, 'list' | 'claimant' | 'store'>,
  ovn: Pick<Ovn, 'northbound'>,
  { instance }: { readonly instance: string },
  now: string,
): Promise<void> {
  const { listing, other } = await candidacy(source, ovn, instance);
  const { follow, sayFollow } = source.claimant();
  if (!other || !sayFollow) return;
  const writes = ledElsewhereWrites(listing.resources, leaderText(other, follow), now);
  if (writes.length > 0) await source.store(writes);
}

/** Words for who leads in the place of a cluster, for its objects; `follow` is which lead the cluster may follow, as somebody wrote it. */
export function leaderText(
  { name, epoch }: Pick<Lead, 'name' | 'epoch'>,
  follow: string | undefined,
): OtherLeader {
  const not = notFollowedText(follow, epoch);
  const cure = 'berth status --kube says how this cluster can take it over';
  return { who: leadText(name), cure: not === undefined ? cure : `${not}; ${cure}` };
}

/** Who takes an OVN over, and who looked after it last where that was somebody else whom nobody said to follow. */
async function candidacy(
  source: Pick<Source, 'list' | 'claimant'>,
  { northbound }: Pick<Ovn, 'northbound'>,
  instance: string,
): Promise<{ readonly own: Claim; readonly listing: Listing; readonly other: Lead | undefined }> {
  const listing = await source.list();
  const { lead: name, follow } = source.claimant();
  const own: Claim = { name, epoch: listing.epoch };
  const other = presentLead(northbound.snapshot(), instance, own);
  return { own, listing, other: other && isFollowed(follow, other.epoch) ? undefined : other };
}

function ledElsewhere(
  { epoch, name }: Lead,
  { follow, sayFollow }: { readonly follow: string | undefined; readonly sayFollow: SayFollow },
): string {
  const who = `${leadText(name)} looked after this OVN last (NB carries epoch ${epoch})`;
  const not = notFollowedText(follow, epoch);
  const cure = `to go on with this cluster, stop that one, look at what berth plan --kube would delete, and say ${sayFollow(epoch)}`;
  return `${who}, and its rows are there, which this cluster may not ask for: nothing is written; ${not === undefined ? '' : `${not}; `}${cure}; to have both at once, give this one a name of its own: --instance NAME`;
}

/** Who a lead is, in words. */
export function leadText(name: string | undefined): string {
  const [kind, ...rest] = name?.split('/') ?? [];
  if (kind === 'cluster') return `the controller of a cluster (its kube-system has UID ${rest.join('/')})`;
  if (kind === 'state') return `berth with a folder (its state is ${rest.join('/')})`;
  return 'another controller of Berth';
}
