import { type IP, keepText, readKeep, refOf, type Vpc } from '@berth/api';
import { cidrFamily, parseIp, parseMac } from '@berth/net';
import type { Fabric } from '../fabric/fabric.ts';
import { lingeringFindings } from '../fabric/lingering-finding.ts';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import { perObject, perObjectWith } from '../memo/per-object.ts';
import { cordonFindings } from './gateway/cordon-finding.ts';
import { drainFindings } from './gateway/drain-finding.ts';
import { frozenFindings } from './gateway/frozen-finding.ts';
import { gatewayCure } from './gateway/gateway-cure.ts';
import { lossFindings } from './gateway/gateway-loss.ts';
import { type Gateways, gatewaysOf } from './gateway/gateways.ts';
import { keepFindings } from './gateway/keep-finding.ts';
import { withLastKeeps } from './gateway/last-keep.ts';
import { tunnelBfdOf } from './gateway/tunnel-bfd.ts';
import { strayTargets, uplinkProbeOf } from './gateway/uplink-probe.ts';
import { witnessesOf } from './gateway/witness.ts';
import { misplacedWorkloads, noRoomFindings } from './gateway/workload-place.ts';
import type {
  AttachmentIntent,
  ExternalSubnetIntent,
  GatewayIntent,
  Intent,
  OverlaySubnetIntent,
  VpcIntent,
  WorkloadPortIntent,
} from './intent.ts';
import { mtuOf } from './mtu.ts';
import { nodePortsOf } from './node-port.ts';
import { ipsBySubnet } from './object/ips-by-subnet.ts';
import { isRestricted } from './object/pod-annotation.ts';
import type { PolicyValues } from './object/policy-values.ts';
import { storedIps } from './object/stored-ips.ts';
import type { SurveyedSubnet } from './object/subnet.ts';
import type { Survey, SurveyedAttachment } from './object/surveyed.ts';
import { strayChassis } from './pod/node-annotation.ts';
import { resolveRouting } from './routing/routing.ts';
import { resolveRules } from './rule/rules.ts';
import { defaultBfdTimers, type Settings } from './settings.ts';

/** Resolves everything to plain data. Uses only addresses that are stored already, and granted. */
export function resolve(
  asked: Survey,
  fabric: Fabric,
  settings: Settings,
): { readonly intent: Intent; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const survey = withLastKeeps(asked, fabric.northbound, settings.instance);
  const gateways = gatewaysOf(survey, fabric, settings);
  const { rulesOf, findings: ruleFindings } = resolveRules(survey, gateways);
  const attachmentsOf = Map.groupBy(survey.attachments, ({ vpc }) => vpc);
  const subnetsOf = Map.groupBy(survey.subnets.values(), ({ vpc }) => vpc);
  const ipsOf = ipsBySubnet(survey.lookup.IP);
  const restricted = new Set(survey.pods.flatMap(({ pod, name }) => (isRestricted(pod) ? name : [])));
  const vpcs = [...survey.lookup.Vpc.values()].map((vpc): VpcIntent => {
    const attachments = (attachmentsOf.get(vpc) ?? []).flatMap((attachment) =>
      resolveAttachment(attachment, survey, gateways, findings),
    );
    const subnets = (subnetsOf.get(vpc.metadata.name) ?? []).map((each) =>
      resolveSubnet(each, ipsOf.get(each.subnet.metadata.name) ?? [], survey, gateways, restricted),
    );
    const { findings: routing, ...routed } = resolveRouting(
      vpc,
      { subnets, attachments },
      survey,
      fabric,
      settings.bfd ?? defaultBfdTimers,
    );
    findings.push(...routing);
    const { name } = vpc.metadata;
    const intent = { name, ref: refOf(vpc), subnets, attachments, ...routed, ...rulesOf(name) };
    const attached = attachments.map(({ subnet }) => subnet);
    if (gateways.isGivenBack(name)) return intent;
    findings.push(
      ...lossFindings(intent, attached, gateways, vpc),
      ...drainFindings(intent, attached, gateways),
      ...misplacedWorkloads(name, intent.floatingIps, survey, gateways),
    );
    return intent;
  });
  const externals = [...survey.subnets.values()].flatMap((subnet) =>
    resolveExternal(subnet, survey, gateways, findings),
  );
  const { tunnelBfd, findings: bfdFindings } = tunnelBfdOf(survey.policies, settings);
  findings.push(
    ...keepFindings(asked, survey),
    ...strayChassis(survey.lookup, fabric),
    ...bfdFindings,
    ...strayTargets(survey),
    ...noRoomFindings(survey, gateways),
    ...cordonFindings(survey, gateways),
    ...frozenFindings(fabric),
    ...lingeringFindings(fabric),
  );
  return {
    intent: {
      ...{ vpcs, externals, ...(tunnelBfd && { tunnelBfd }) },
      nodeNames: nodeNamesOf(fabric.chassis),
      claims: fabric.claims,
    },
    findings: [...ruleFindings, ...findings],
  };
}

const nodeNamesOf = perObject(
  (chassis: Fabric['chassis']): ReadonlyMap<string, string> =>
    new Map([...chassis.values()].map(({ name, hostname }) => [name, hostname])),
);

function resolveExternal(
  surveyed: SurveyedSubnet,
  survey: Survey,
  gateways: Gateways,
  findings: Finding[],
): readonly ExternalSubnetIntent[] {
  const { subnet, networks, external } = surveyed;
  if (!external) return [];
  if (gateways.scene.liveness.isNetworkDown(external.provider))
    findings.push(networkDown(surveyed, external.provider));
  return [
    {
      name: subnet.metadata.name,
      ref: refOf(subnet),
      ...external,
      networks,
      nodePorts: nodePortsOf(surveyed, survey),
      witnesses: witnessesOf(surveyed, survey, gateways),
      uplinkProbe: uplinkProbeOf(surveyed, survey),
    },
  ];
}

function resolveSubnet(
  { subnet, networks }: SurveyedSubnet,
  ips: readonly IP[],
  { lookup }: Survey,
  { scene }: Gateways,
  restricted: ReadonlySet<string>,
): OverlaySubnetIntent {
  const ports = ips.flatMap((ip) => {
    const node = lookup.Node.get(ip.spec.nodeName ?? '')?.metadata.name;
    const chassis = node === undefined ? undefined : scene.chassisOf(node)?.name;
    return portOf(ip, { node, chassis, isRestricted: restricted.has(ip.metadata.name) });
  });
  const keep = readKeep(subnet);
  const routerMac = parseMac(keep?.routerMac ?? '');
  return {
    name: subnet.metadata.name,
    ref: refOf(subnet),
    networks,
    ports,
    ...(routerMac && { routerMac }),
    ...(keep && { keep: keepText(keep) }),
  };
}

const portOf = perObjectWith(
  (
    ip: IP,
    {
      isRestricted,
      ...place
    }: Pick<WorkloadPortIntent, 'node' | 'chassis'> & { readonly isRestricted: boolean },
  ): readonly WorkloadPortIntent[] => {
    const addresses = storedIps(ip);
    const mac = parseMac(ip.spec.macAddress ?? '');
    if (!mac || addresses.length === 0) return [];
    const port = { name: ip.metadata.name, ref: refOf(ip), mac, addresses, ...place };
    return [isRestricted ? { ...port, isRestricted } : port];
  },
);

/** A VPC's external port, once its OvnEip has addresses. */
function resolveAttachment(
  { vpc, subnet, name, origin: from }: SurveyedAttachment,
  survey: Survey,
  { decisionOf, valuesOf, isGivenBack }: Gateways,
  findings: Finding[],
): readonly AttachmentIntent[] {
  const eip = survey.lookup.OvnEip.get(name);
  const mac = parseMac(eip?.status?.macAddress ?? '');
  const addresses = subnet.networks.flatMap(({ cidr }) => {
    const text = cidrFamily(cidr) === 'IPv4' ? eip?.status?.v4Ip : eip?.status?.v6Ip;
    const ip = text === undefined ? undefined : parseIp(text);
    return ip ? [{ ip, cidr }] : [];
  });
  if (!eip || !mac || addresses.length === 0) return [];
  const decision = decisionOf(vpc.metadata.name, subnet.subnet.metadata.name);
  const gateways = decision?.gateways ?? [];
  const keep = readKeep(vpc);
  const kept = keep?.gateways[subnet.subnet.metadata.name] ?? [];
  const isOurs = !isGivenBack(vpc.metadata.name);
  if (isOurs) findings.push(...(decision?.findings ?? []));
  if (isOurs && gateways.length === 0 && !decision?.gone.length)
    findings.push(noGateway(vpc, subnet.subnet.metadata.name, valuesOf(vpc.metadata.name)));
  return [
    {
      subnet: subnet.subnet.metadata.name,
      eip: refOf(eip),
      mac,
      addresses,
      gateways,
      ...(decision?.drain && { draining: decision.drain.node }),
      ...(isKeptAlone(kept, gateways, survey) && { isAlone: true }),
      ...(keep && { keep: keepText(keep) }),
      mtu: mtuOf(subnet, survey.lookup),
      origin: from,
    },
  ];
}

/** Whether a group was found with one gateway, a node of today, and has no other. */
function isKeptAlone(
  [only, second]: readonly string[],
  gateways: readonly GatewayIntent[],
  { lookup }: Survey,
): boolean {
  return (
    only !== undefined &&
    second === undefined &&
    lookup.Node.has(only) &&
    gateways.every(({ node }) => node === only)
  );
}

function noGateway(vpc: Vpc, subnet: string, values: PolicyValues): Finding {
  return finding('no-gateway', {
    object: refOf(vpc),
    field: 'spec.enableExternal',
    message: `no node can carry external traffic of vpc/${vpc.metadata.name} to subnet/${subnet}: only distributed floating IPs work`,
    cure: gatewayCure(values),
    related: [{ kind: 'Subnet', name: subnet }],
  });
}

function networkDown({ subnet }: SurveyedSubnet, network: string): Finding {
  return finding('network-down', {
    object: refOf(subnet),
    message: `no node that reports reaches the outside by network ${network}: it is the network and not a node, so nothing is moved`,
    cure: 'repair the physical network, or correct the targets that are asked for',
  });
}
