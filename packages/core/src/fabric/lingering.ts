import type { Ip } from '@berth/net';
import { perObject } from '../memo/per-object.ts';
import { type AnsweredAddress, answeredAddresses } from './answered-addresses.ts';
import { externalNetworksOf } from './external-networks.ts';
import type { Fabric } from './fabric.ts';
import { lingersOf } from './former-roles.ts';
import { frozenChassis, keepsFlows, saysOf } from './frozen.ts';
import type { LingerMark } from './linger-mark.ts';
import { livenessOf } from './liveness.ts';

/** An address that a chassis that stands still goes on answering for. */
export type Lingering = LingerMark & {
  /** Why the chassis stands still, as a clause. */
  readonly why: string;
  /** Its agent says that the flows are there. Without one the node may be dead as well. */
  readonly isCertain: boolean;
  /** Who has the address now, elsewhere: one of each object that has it, as several may share an address. */
  readonly holders: readonly AnsweredAddress[];
};

/**
 * What lives on at chassis that stand still. Not what such a chassis is to answer for again by now: of that it is known whether it has the rows,
 * see `Lacking`.
 */
export const lingeringIn = perObject((fabric: Fabric): readonly Lingering[] => {
  const { northbound, claims } = fabric;
  const lingers = lingersOf(fabric);
  if (lingers.length === 0) return [];
  const frozen = frozenChassis(fabric);
  // What an agent keeps from answering is no trouble, nor what is dead or not met there.
  const liveness = livenessOf(fabric);
  const networks = northbound ? [...externalNetworksOf(northbound).values()] : [];
  const isSilenced = ({ chassis, switchName, mac }: LingerMark): boolean =>
    liveness.isDead(chassis) ||
    networks.some((each) => each.switchName === switchName && liveness.isCutOff(chassis, each.network)) ||
    (mac !== undefined && saysOf(fabric, chassis, ({ fenced }) => fenced?.has(mac) === true));
  const marks = lingers.filter((mark) => frozen.has(mark.chassis) && !isSilenced(mark));
  if (marks.length === 0) return [];
  const all = Map.groupBy(northbound ? answeredAddresses(northbound, claims) : [], ({ ip }) => ip);
  return marks.flatMap((mark) => {
    const own = (all.get(mark.ip) ?? []).filter(({ switchName }) => switchName === mark.switchName);
    if (own.some(({ chassis }) => chassis === mark.chassis)) return [];
    const holders = [...new Map(own.map((each) => [each.object, each] as const)).values()];
    const why = frozen.get(mark.chassis) ?? '';
    // Of an address whose MAC is not known it is not known either whether a fence is for it.
    const isFree = mark.mac !== undefined || !saysOf(fabric, mark.chassis, ({ fenced }) => !!fenced?.size);
    return [{ ...mark, why, holders, isCertain: isFree && saysOf(fabric, mark.chassis, keepsFlows) }];
  });
});

/** The same of one address. */
export function lingeringAt(fabric: Fabric, ip: Ip): readonly Lingering[] {
  return lingeringIn(fabric).filter((each) => each.ip === ip);
}
