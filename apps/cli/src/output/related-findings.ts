import { formatRef } from '@berth/api';
import {
  type Explanation,
  type ExternalFlow,
  type Fabric,
  type Finding,
  type FindingCode,
  type Intent,
  type NodeName,
  type ObjectRef,
  parseTarget,
} from '@berth/core';
import { concerns } from './concerns.ts';

/** By what names things go, what is asked for, and who has the ports of workloads. */
type Known = {
  readonly nodeName: NodeName;
  readonly asked: { readonly intent: Intent } | undefined;
  readonly fabric: Pick<Fabric, 'claims'>;
};

/** With the word that the flows were found by: one that names a rule or a public address does not ask about others of its workload. */
type Meant = Omit<Known, 'fabric'> & { readonly target?: string };

/** The findings that concern what is explained. */
export function relatedFindings(
  { now, node, target }: Explanation,
  findings: readonly Finding[],
  known: Known,
): readonly Finding[] {
  const flows = now.addresses.map(({ flow }) => flow);
  const told = findingsAbout(flows, node ? [node.chassis] : [], findings, { ...known, target });
  const partakers = new Set(
    now.addresses.flatMap(({ flow, inbound, outbound }) =>
      [inbound?.berth, outbound?.berth, known.fabric.claims.get(flow.logicalPort ?? '')].flatMap((each) =>
        each === undefined ? [] : [known.nodeName(each)],
      ),
    ),
  );
  const still = findings.filter(
    (each) => stillness.has(each.code) && each.object?.kind === 'Node' && partakers.has(each.object.name),
  );
  return [...told, ...still.filter((each) => !told.includes(each))];
}

/** That a node goes on as it was: what is explained may work, and the next change to it will not arrive. */
const stillness: ReadonlySet<FindingCode> = new Set(['chassis-stale', 'node-frozen']);

/**
 * The findings that concern flows or nodes: their own objects and rows, what is asked for their workloads, their gateway ports, their routers, and
 * the nodes themselves.
 */
export function findingsAbout(
  flows: readonly ExternalFlow[],
  chassis: readonly string[],
  findings: readonly Finding[],
  { nodeName, asked, target = '' }: Meant,
): readonly Finding[] {
  const names = new Set([
    ...flows.flatMap(({ origins }) => origins.map(({ object }) => formatRef(object))),
    ...flows.flatMap(({ gatewayPort, router, logicalPort, target }) => [
      gatewayPort,
      router,
      logicalPort,
      target.replace(/^nat\//, ''),
    ]),
    ...floatingIpsOf(flows, asked?.intent, isOfWorkload(target, flows)),
    ...externalSubnetsOf(flows, asked?.intent),
    ...chassis.flatMap((each) => [each, nodeName(each)]),
  ]);
  const isCentralized = flows.some(({ placement }) => placement === 'centralized');
  const isMeant = (ref: ObjectRef): boolean => names.has(formatRef(ref)) || names.has(ref.name);
  const concerning = findings
    .filter(({ code }) => code !== 'gateway-cordoned' || chassis.length > 0 || isCentralized)
    .filter((each) => concerns(each, isMeant));
  // Who leads the OVN concerns everything.
  const elsewhere = findings.filter(({ code }) => code === 'led-elsewhere');
  return [...elsewhere, ...concerning.filter((each) => !isToldOfOwn(each, concerning, isMeant))];
}

/** Whether what is told of another object, with one that is meant, is told of that one itself. */
function isToldOfOwn(
  { code, object, related }: Finding,
  findings: readonly Finding[],
  isMeant: (ref: ObjectRef) => boolean,
): boolean {
  if (!object || isMeant(object)) return false;
  const parties = new Set(related.filter(isMeant).map(formatRef));
  return findings.some(
    (each) =>
      each.code === code &&
      each.object !== undefined &&
      parties.has(formatRef(each.object)) &&
      each.related.some((other) => formatRef(other) === formatRef(object)),
  );
}

/** Whether a word names no rule and no public address of the flows. */
function isOfWorkload(text: string, flows: readonly ExternalFlow[]): boolean {
  const target = parseTarget(text);
  if (target?.kind === 'address') return flows.every(({ externalIp }) => externalIp !== target.ip);
  return target?.kind !== 'rule' && target?.kind !== 'eip' && target?.kind !== 'nat';
}

/** The floating IPs that are asked for a workload, where it is meant, or with an address that a row of somebody else has: also those that NB does not have. */
function floatingIpsOf(
  flows: readonly { readonly logicalPort: string | undefined; readonly externalIp: string | undefined }[],
  intent: Intent | undefined,
  withWorkload: boolean,
): readonly string[] {
  const ports = new Set(withWorkload ? flows.map(({ logicalPort }) => logicalPort) : []);
  const addresses = new Set(flows.map(({ externalIp }) => externalIp));
  return (intent?.vpcs ?? [])
    .flatMap(({ floatingIps }) => floatingIps)
    .filter(
      ({ target, pairs }) =>
        (target.port !== undefined && ports.has(target.port)) ||
        pairs.some(({ external }) => addresses.has(external)),
    )
    .map(({ ref }) => formatRef(ref));
}

/** The external subnets that the flows pass. */
function externalSubnetsOf(
  flows: readonly { readonly gatewayPort: string | undefined }[],
  intent: Intent | undefined,
): readonly string[] {
  const ports = new Set(flows.map(({ gatewayPort }) => gatewayPort));
  return (intent?.vpcs ?? []).flatMap(({ name, attachments }) =>
    attachments.flatMap(({ subnet }) =>
      ports.has(`${name}-${subnet}`) ? [formatRef({ kind: 'Subnet', name: subnet })] : [],
    ),
  );
}
