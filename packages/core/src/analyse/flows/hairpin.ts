import { eitherPartly } from '../filter/filtered.ts';
import type { ExternalFlow, Obstacle, Peers } from '../flow.ts';
import { addressValue, isWithin, spanOf } from './address-text.ts';

/** What one workload sends to the public address of another: it leaves as `from` and arrives as `to`. */
export function hairpinFlow(from: ExternalFlow, to: ExternalFlow): ExternalFlow {
  return {
    ...to,
    direction: 'hairpin',
    source: from,
    obstacle: from.obstacle ?? to.obstacle ?? refusalOf(from, to),
    ...withExemption(from, to),
    conditions: [...new Set([...from.conditions, ...to.conditions])],
    assumptions: [...new Set([...from.assumptions, ...to.assumptions])],
    ...withEither(from, to),
    rows: [...from.rows, ...to.rows.filter(({ uuid }) => !from.rows.some((row) => row.uuid === uuid))],
    origins: from.origins === to.origins ? to.origins : [...from.origins, ...to.origins],
  };
}

/** What a workload sends to its own public address. */
export function ownHairpin(from: ExternalFlow, to: ExternalFlow): ExternalFlow {
  const assumptions =
    from.assumptions === to.assumptions
      ? to.assumptions
      : [...new Set([...from.assumptions, ...to.assumptions])];
  return {
    ...to,
    direction: 'hairpin',
    source: from,
    obstacle: to.obstacle ?? refusalOf(from, to),
    ...withExemption(from, to),
    assumptions,
    ...withEither(from, to),
  };
}

/** That the row of the target is not for the one that asks. */
function refusalOf(from: ExternalFlow, to: ExternalFlow): Obstacle | undefined {
  if (to.peers === undefined || from.externalIp === undefined || isFor(to.peers, from.externalIp))
    return undefined;
  const { set, isAllowed } = to.peers;
  const not = isAllowed ? `is for address set ${set} only` : `is not for address set ${set}`;
  return {
    reason: 'nat-ignored',
    why: `the NAT row of ${to.externalIp} ${not}, and ${from.logicalIp} comes as ${from.externalIp}`,
    rows: to.rows,
    isAnswered: true,
  };
}

/** Where the row of the one that asks is not for the target, it leaves by another row or untranslated. */
function withExemption(from: ExternalFlow, to: ExternalFlow): Pick<ExternalFlow, 'doubt'> {
  if (from.peers === undefined || to.externalIp === undefined || isFor(from.peers, to.externalIp)) return {};
  return {
    doubt: `as whom ${from.logicalIp} asks for ${to.externalIp}: by address set ${from.peers.set} not as ${from.externalIp}`,
  };
}

function isFor({ addresses, isAllowed }: Peers, ip: string): boolean {
  const address = addressValue(ip);
  const isIn = addresses.some((text) => {
    const span = spanOf(text);
    return span !== undefined && address !== undefined && isWithin(span, address);
  });
  return isIn === isAllowed;
}

function withEither(from: ExternalFlow, to: ExternalFlow): Pick<ExternalFlow, 'partly'> {
  const partly = eitherPartly(from.partly, to.partly);
  return partly === undefined ? {} : { partly };
}
