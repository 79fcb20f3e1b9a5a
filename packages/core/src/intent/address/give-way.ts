import { type ResourceRef, refKey, refOf, type Vpc } from '@berth/api';
import type { AddressClaim } from '../object/claim.ts';
import type { Survey } from '../object/surveyed.ts';
import { secondsBetween } from './seconds-between.ts';

/** Whether a claim gives up an address of our choice for one that asks for it. */
export type GivesWay = (holder: AddressClaim, asking: AddressClaim) => boolean;

/**
 * How much younger than its holder an object may be that asks for an address we chose. Later on, something outside may
 * have been set up with the address, as a route to a router port, of which nothing is seen here.
 */
const settledSeconds = 3_600;

/**
 * Claims give way while nothing that we know of depends on their addresses, to objects that came before them or within an
 * hour. Where one of the two has no age, as in a preview, they come together.
 */
export function givesWayOf(survey: Survey): GivesWay {
  let relied: ReadonlySet<string> | undefined;
  return (holder, asking) => {
    if (isTooLate(holder.since, asking.since)) return false;
    relied ??= reliedOn(survey);
    return !relied.has(refKey(holder.object));
  };
}

function isTooLate(since: string | undefined, asking: string | undefined): boolean {
  if (since === undefined || asking === undefined) return false;
  return (secondsBetween(since, asking.replace(/^~/, '')) ?? 0) > settledSeconds;
}

/**
 * Objects whose addresses something depends on: an EIP or a Vip of rules, the port of a node, and the router port of a
 * VPC that the user sets up routes for, as the routers beyond may have one back.
 */
function reliedOn({ lookup, attachments }: Survey): ReadonlySet<string> {
  const rules = [...lookup.OvnFip.values(), ...lookup.OvnSnatRule.values(), ...lookup.OvnDnatRule.values()];
  const targets = [...lookup.OvnFip.values(), ...lookup.OvnDnatRule.values()];
  const routed = attachments.filter(({ vpc: { spec } }) => hasRoutes(spec));
  const nodePorts = [...lookup.OvnEip.values()].filter(({ spec }) => spec.type === 'lsp');
  return new Set(
    [
      ...rules.map(({ spec }) => eipRef(spec.ovnEip)),
      ...targets.flatMap(({ spec }) => (spec.ipName ? [{ kind: 'Vip', name: spec.ipName }] : [])),
      ...routed.map(({ name }) => eipRef(name)),
      ...nodePorts.map((eip) => refOf(eip)),
    ].map(refKey),
  );
}

function hasRoutes({ staticRoutes = [], policyRoutes = [], enableBfd }: Vpc['spec']): boolean {
  return staticRoutes.length > 0 || policyRoutes.length > 0 || enableBfd === true;
}

function eipRef(name: string): ResourceRef {
  return { kind: 'OvnEip', name };
}
