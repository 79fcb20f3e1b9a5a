import {
  allowAddressInUseAnnotation,
  formatRef,
  type NodeOrder,
  type OvnEip,
  type ResourceSet,
  vpcLabel,
} from '@berth/api';
import { checkKey, type Fabric, type NodeHealth } from '../fabric/fabric.ts';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import { weightOf } from '../intent/gateway/gateway.ts';
import type { Intent } from '../intent/intent.ts';
import { type ExternalAddress, externalAddressesOf } from './external-address.ts';
import { programmedAddresses } from './programmed-addresses.ts';

/** What nodes are to ask for, by the node. */
export type Checks = ReadonlyMap<string, NonNullable<NodeOrder['spec']['checks']>>;

export type FirstUseInput = {
  readonly resources: ResourceSet;
  readonly intent: Intent;
  /** With the agents' reports and NB. */
  readonly fabric: Fabric;
  /** External subnet of EIPs that name none. */
  readonly defaultExternalSubnet: string;
  /** Whether an address was waited for long enough, by `checkKey`: agents that answer nothing must not keep it dark. */
  readonly isOverdue: (key: string) => boolean;
};

/** What is to be found out about addresses before they are used for the first time. */
export type FirstUse = {
  readonly checks: Checks;
  /** Names of the EIPs that are not to be used yet. */
  readonly withheld: ReadonlySet<string>;
  /** Addresses that somebody else has. */
  readonly findings: readonly Finding[];
};

/** How many agents ask for an address. One does not see what is on its own node behind its own bridge, so there are two. */
const askers = 2;

/** How many addresses one agent asks for at a time, so that orders and reports stay small. */
const checksAtATime = 1_000;

const nothing: FirstUse = { checks: new Map(), withheld: new Set(), findings: [] };

/**
 * Holds back the EIPs that are new until agents that reach their network have asked for their addresses and nobody answered
 * (RFC 5227 section 2.1, RFC 4862 section 5.4). An EIP is new while no address of it is in NB and nothing of ours was ever
 * programmed with it; whoever is at work already is never asked for nor stopped. A network that no such agent reaches is taken as it is.
 */
export function firstUseOf(input: FirstUseInput): FirstUse {
  const { resources, fabric, isOverdue } = input;
  const reporting = [...(fabric.health?.values() ?? [])].filter(canAsk);
  if (reporting.length === 0) return nothing;
  const own = ownMacs(resources, input.intent);
  const checks = new Map<string, ReturnType<typeof checkOf>[]>();
  const withheld = new Set<string>();
  const findings: Finding[] = [];
  for (const address of newAddresses(input)) {
    const key = checkKey(address);
    const asking = askersOf(address, reporting, fabric);
    for (const { node } of asking) {
      const given = checks.get(node) ?? [];
      checks.set(node, given);
      if (given.length < checksAtATime) given.push(checkOf(address));
    }
    const answered = reporting.filter(({ checked }) => checked?.has(key));
    const rival = answered.map(({ checked }) => checked?.get(key)).find((mac) => mac && !own.has(mac));
    const isAnswered = asking.every((each) => answered.includes(each));
    if (rival !== undefined) findings.push(inUse(address, rival));
    if (rival !== undefined || !(isAnswered || isOverdue(key))) withheld.add(address.eip.name);
  }
  return { checks, withheld, findings };
}

/** Fresh, and an agent that knows how to. */
function canAsk({ isFresh, checked, chassis }: NodeHealth): boolean {
  return isFresh !== false && checked !== undefined && chassis !== undefined;
}

/** The addresses of new EIPs that are to be used, in a fixed order. */
function newAddresses({
  resources,
  intent,
  fabric: { northbound },
  defaultExternalSubnet,
}: FirstUseInput): readonly ExternalAddress[] {
  const isAllowed = ({ metadata }: Pick<OvnEip, 'metadata'>): boolean =>
    metadata.annotations[allowAddressInUseAnnotation] === 'true';
  const free = new Set(resources.Subnet.filter(isAllowed).map(({ metadata }) => metadata.name));
  const unused = resources.OvnEip.filter(
    (eip) =>
      eip.metadata.labels[vpcLabel] === undefined &&
      !isAllowed(eip) &&
      !free.has(eip.spec.externalSubnet || defaultExternalSubnet),
  );
  if (unused.length === 0) return [];
  const names = new Set(unused.map(({ metadata }) => metadata.name));
  const wanted = externalAddressesOf(intent).filter(({ eip }) => names.has(eip.name));
  if (wanted.length === 0) return [];
  const present = programmedAddresses(northbound);
  const known = new Set(wanted.filter(({ ip }) => present.has(ip)).map(({ eip }) => eip.name));
  return wanted
    .filter(({ eip }) => !known.has(eip.name))
    .toSorted((left, right) => (checkKey(left) < checkKey(right) ? -1 : 1));
}

/** The agents that ask for an address: of those that reach its network, by rendezvous hash. */
function askersOf(
  { network, ip }: ExternalAddress,
  reporting: readonly NodeHealth[],
  { chassis }: Fabric,
): readonly NodeHealth[] {
  return reporting
    .filter(
      (each) =>
        each.uplinks?.get(network) === true &&
        chassis.get(each.chassis ?? '')?.mappings.has(network) === true,
    )
    .map((each) => ({ each, weight: weightOf(ip, each.node) }))
    .toSorted((left, right) => (left.weight > right.weight ? -1 : 1))
    .slice(0, askers)
    .map(({ each }) => each);
}

/** The MACs that we ourselves answer with: flows of what was there a moment ago may do so still. */
function ownMacs({ OvnEip: eips }: ResourceSet, { vpcs }: Intent): ReadonlySet<string> {
  return new Set([
    ...eips.flatMap(({ status }) => status?.macAddress ?? []),
    ...vpcs.flatMap(({ attachments }) => attachments.map(({ mac }) => mac)),
  ]);
}

function checkOf({ network, vlanId, ip }: ExternalAddress) {
  return { network, vlanId, ip };
}

function inUse({ ip, network, vlanId, eip }: ExternalAddress, mac: string): Finding {
  const where = vlanId === 0 ? network : `${network}, VLAN ${vlanId},`;
  return finding('address-in-use', {
    object: eip,
    message: `${mac} answers for ${ip} on network ${where} already, so ${formatRef(eip)} is not used`,
    cure: `take the address from the machine with this MAC, or choose another; the annotation ${allowAddressInUseAnnotation}: "true" uses it all the same`,
  });
}
