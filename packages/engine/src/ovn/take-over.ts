import type { Source } from '@berth/source';
import { Fence } from './fence.ts';
import { type Ovn, southOf } from './ovn.ts';

/** Takes an OVN over for the controller of a source: its epoch is above every one that was, of the source, NB and SB. */
export async function takeOver(
  source: Pick<Source, 'list' | 'storeEpoch'>,
  ovn: Ovn,
  { instance }: { readonly instance: string },
): Promise<Fence> {
  const { epoch } = await source.list();
  const store = (higher: number): Promise<void> => source.storeEpoch(higher);
  return Fence.claim(ovn.nb, ovn.northbound, { stored: epoch, store, instance }, southOf(ovn));
}
