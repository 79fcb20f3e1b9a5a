import type { Claimant, Source } from '@berth/source';
import { EngineFault } from '../engine-fault.ts';
import { Fence } from './fence.ts';
import { type Claim, type Lead, presentLead } from './other-lead.ts';
import { type Ovn, southOf } from './ovn.ts';

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
  const { epoch } = await source.list();
  const { lead: name, sayFollow, mayFollow } = source.claimant();
  const own: Claim = { name, epoch };
  const other = presentLead(ovn.northbound.snapshot(), instance, own);
  if (other && sayFollow && other.epoch !== mayFollow)
    throw new EngineFault('led-elsewhere', ledElsewhere(other, sayFollow));
  return own;
}

function ledElsewhere({ epoch, name }: Lead, sayFollow: NonNullable<Claimant['sayFollow']>): string {
  const who = `${leadText(name)} looked after this OVN last (NB carries epoch ${epoch})`;
  const cure = `to go on with this cluster, stop that one, look at what berth plan --kube would delete, and say ${sayFollow(epoch)}`;
  return `${who}, and its rows are there, which this cluster may not ask for: nothing is written; ${cure}; to have both at once, give this one a name of its own: --instance NAME`;
}

/** Who a lead is, in words. */
export function leadText(name: string | undefined): string {
  const [kind, ...rest] = name?.split('/') ?? [];
  if (kind === 'cluster') return `the controller of a cluster (its kube-system has UID ${rest.join('/')})`;
  if (kind === 'state') return `berth with a folder (its state is ${rest.join('/')})`;
  return 'another controller of Berth';
}
