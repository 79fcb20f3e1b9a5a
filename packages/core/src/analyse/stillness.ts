import { formatRef } from '@berth/api';
import { type Fabric, gatewayClaim } from '../fabric/fabric.ts';
import { frozenChassis } from '../fabric/frozen.ts';
import { type Lingering, lingeringIn } from '../fabric/lingering.ts';
import { nodeName } from '../fabric/node-name.ts';
import { requestedChassis } from '../fabric/switch-port.ts';
import type { FindingCode } from '../finding/catalogue.ts';
import { list, shortened } from '../finding/list.ts';
import type { ExternalFlow } from './flow.ts';
import type { Verdict } from './verdict.ts';

/** How many addresses of a sort are named: more would not be a sentence. */
const named = 4;

/** What a chassis does to an address that does not go along with NB. */
const reasons: ReadonlySet<FindingCode> = new Set([
  'address-lingers',
  'chassis-stale',
  'location-unknown',
  'node-frozen',
  'two-answerers',
  'workload-down',
]);

/**
 * Of each chassis that stands still, in one sentence, the addresses that are dark because of it, those of which nobody can tell, and those that it
 * goes on answering for. Chassis that keep no address from anything are left out. `verdicts` are those of no failure.
 */
export function stillnessOf(verdicts: readonly Verdict[], fabric: Fabric): ReadonlyMap<string, string> {
  const held = verdicts.flatMap(({ flow, after: { outcome, reason, berth } }) => {
    if (outcome === 'delivered' || reason === undefined || !reasons.has(reason)) return [];
    // What rows leave open no chassis tells.
    if (flow.direction === 'hairpin' || flow.doubt !== undefined) return [];
    const chassis = stillIn(flow, berth, fabric);
    // Of what another one serves as well it is told below who goes on answering.
    const isTwice = reason === 'address-lingers' || reason === 'two-answerers';
    if (chassis === undefined || (isTwice && outcome === 'unknown' && flow.lingering)) return [];
    // Its packets leave, as another address.
    if (flow.strays?.some((each) => each.chassis === chassis) && flow.installed?.get(chassis) !== false)
      return [{ chassis, outcome: 'strayed', address: workloadText(flow) }];
    return [{ chassis, outcome, address: addressText(flow) }];
  });
  const lingering = lingeringIn(fabric);
  const texts = [...frozenChassis(fabric).keys()].map((chassis) => {
    const of = (outcome: string): readonly string[] =>
      held
        .filter((each) => each.chassis === chassis && each.outcome === outcome)
        .map(({ address }) => address);
    const dark = of('lost');
    const own = lingering.filter((each) => each.chassis === chassis);
    const goesOn = own.every(({ isCertain }) => isCertain) ? 'goes on answering' : 'may go on answering';
    const parts = [
      ['nothing gets through to', dark],
      ['nobody can tell of', of('unknown').filter((each) => !dark.includes(each))],
      ['it may translate by rules of before what leaves', of('strayed')],
      [`it ${goesOn} for`, own.map((each) => lingeringText(each, fabric))],
    ] as const;
    const told = parts.flatMap(([what, all]) =>
      all.length === 0 ? [] : [`${what} ${list(shortened([...new Set(all)], named))}`],
    );
    return [chassis, told.join('; ')] as const;
  });
  return new Map(texts.filter(([, text]) => text !== ''));
}

/** The chassis that stands still and has a part in a flow: it answers, has its workload, or is to have it. */
function stillIn(
  {
    overtaken,
    formerGateways,
    lingering = [],
    untoldGateways = [],
    logicalPort = '',
    gatewayPort,
  }: ExternalFlow,
  berth: string | undefined,
  fabric: Fabric,
): string | undefined {
  const { claims } = fabric;
  const all = [
    overtaken?.chassis,
    formerGateways?.chassis,
    ...[...lingering, ...untoldGateways].map(({ chassis }) => chassis),
    berth,
    claims.get(logicalPort),
    gatewayPort === undefined ? undefined : gatewayClaim(fabric, gatewayPort),
    claims.has(logicalPort) ? undefined : requestedChassis(fabric, logicalPort),
  ];
  const frozen = frozenChassis(fabric);
  return all.find((each) => each !== undefined && frozen.has(each));
}

/** An address that lives on, with who had it, and who has it now. */
function lingeringText({ ip, object, holders: [holder] }: Lingering, fabric: Fabric): string {
  const had = object === undefined ? ip : `${ip} (${object})`;
  return holder === undefined ? had : `${had} beside ${nodeName(fabric, holder.chassis)}`;
}

function workloadText({ logicalIp, logicalPort }: ExternalFlow): string {
  return logicalPort === undefined ? logicalIp : `${logicalIp} (${logicalPort})`;
}

function addressText({ externalIp, logicalIp, origins: [origin], target }: ExternalFlow): string {
  return `${externalIp ?? logicalIp} (${origin ? formatRef(origin.object) : target})`;
}
