import { type Fabric, fabricOf } from '@berth/core';
import type { NodeWatch, Observation } from '../nodes/node-watch.ts';
import type { Ovn } from '../ovn/ovn.ts';

/** What a fabric is read from. */
type Observed = {
  readonly ovn: Ovn;
  readonly nodes?: NodeWatch | undefined;
  readonly hadTime?: (() => boolean) | undefined;
};

/** A fabric, and what agents' silence says of rows and of who is to be asked. */
export type Seen = Pick<Observation, 'deadRows' | 'mustAsk'> & { readonly fabric: Fabric };

/** The fabric as NB, SB and the nodes' agents tell. */
export function observedFabric({ ovn, nodes, hadTime = () => true }: Observed): Seen {
  const [nb, sb] = [ovn.northbound.snapshot(), ovn.southbound.snapshot()];
  const mayStandStill = !nodes && hadTime();
  const fabric = fabricOf(nb, sb, [], { withLacking: mayStandStill });
  if (!nodes) {
    const seen = mayStandStill ? fabric : { ...fabric, behind: new Map() };
    return { fabric: seen, deadRows: [], mustAsk: false };
  }
  const { fabric: known, ...rest } = nodes.observe(fabric, nb, sb);
  return { fabric: { ...fabric, ...known }, ...rest };
}
