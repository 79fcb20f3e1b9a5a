import { type IP, type OvnEip, refOf } from '@berth/api';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import { type Asker, choosing, gathering, keeping, perItem } from '../memo/per-item.ts';
import { annotationFindings } from './annotation.ts';
import { namedAttachments, namedEips, namedPods, namedSubnets, noPortNames } from './name-clash.ts';
import { keptAttachments, keptWithheld, surveyAttachments } from './object/attachment.ts';
import type { GatewayConfig } from './object/gateway-config.ts';
import { policiesOf } from './object/gateway-policy.ts';
import { type Lookup, listOf } from './object/lookup.ts';
import { unsupported } from './object/not-supported.ts';
import { podOfPort } from './object/port-holder.ts';
import { withholdAttachments } from './object/several-gateways.ts';
import { keptSubnets, notFound, type SurveyedSubnet, surveySubnets } from './object/subnet.ts';
import type { Survey, SurveyedEip } from './object/surveyed.ts';
import { danglingVip } from './object/vip.ts';
import { sharedVlans } from './object/vlan.ts';
import { surveyPods } from './pod/pod.ts';
import type { NodeBefore } from './pod/pod-node.ts';

/** Resolves references between objects that are in effect. What cannot be resolved is left out with a finding. */
export function surveyOf(
  asker: Asker,
  lookup: Lookup,
  defaultSubnet: string,
  config: GatewayConfig | undefined,
  nodeBefore: NodeBefore,
): Survey {
  const { policies, findings: policyFindings } = policiesOf(lookup);
  const names = noPortNames();
  const nameFindings: Finding[] = [];
  const { subnets: usable, findings: subnetFindings } = surveySubnets(lookup);
  const subnets = keptSubnets(asker, namedSubnets(usable, names, nameFindings));
  const wanted = surveyAttachments(lookup, subnets, defaultSubnet, config);
  const { pods: placed, findings: podFindings } = surveyPods(lookup, subnets, nodeBefore);
  const made = withholdAttachments(wanted.attachments, lookup, placed, defaultSubnet);
  const attachments = keptAttachments(asker, namedAttachments(made.attachments, names, nameFindings));
  const pods = namedPods(placed, names, nameFindings);
  const surveyed = surveyEips(asker, listOf(lookup.OvnEip), {
    ...{ subnets, defaultSubnet, listed: keptNames(asker, new Set(lookup.Subnet.keys())) },
  });
  const ipFindings = [...lookup.IP.values()].flatMap((ip) => danglingIp(ip, lookup));
  const vipFindings = [...lookup.Vip.values()].flatMap((vip) => danglingVip(vip, lookup));
  const isMade = new Set(attachments.map(({ name }) => name));
  const unmade = [...made.withheld, ...made.attachments.filter(({ name }) => !isMade.has(name))];
  return {
    ...{ asker, lookup, defaultSubnet, subnets, attachments },
    withheld: keptWithheld(asker, unmade),
    eips: namedEips(asker, usableEips(asker, surveyed), names, nameFindings),
    pods,
    config,
    policies,
    findings: [
      ...policyFindings,
      ...subnetFindings,
      ...nameFindings,
      ...wanted.findings,
      ...made.findings,
      ...podFindings,
      ...eipNotes(asker, surveyed),
      ...ipFindings,
      ...vipFindings,
      ...sharedVlans(lookup),
      ...unsupported(lookup),
      ...annotationFindings(asker, lookup),
    ],
  };
}

/** What an IP that the user made refers to and does not exist; a pod's own IP says no more than its pod. */
function danglingIp(ip: IP, lookup: Lookup): readonly Finding[] {
  const { Subnet, Node } = lookup;
  const { subnet, nodeName, namespace, podName } = ip.spec;
  if (podOfPort(`${podName}.${namespace}`, lookup)) return [];
  return [
    ...(subnet && !Subnet.has(subnet) ? [notFound(refOf(ip), 'spec.subnet', `subnet/${subnet}`)] : []),
    ...(nodeName && !Node.has(nodeName) ? [notFound(refOf(ip), 'spec.nodeName', `node/${nodeName}`)] : []),
  ];
}

type EipSurvey = { readonly eip: SurveyedEip | undefined; readonly findings: readonly Finding[] };

type EipSurroundings = {
  readonly subnets: ReadonlyMap<string, SurveyedSubnet>;
  readonly defaultSubnet: string;
  /** The names of all subnets, also of those that were left out. */
  readonly listed: ReadonlySet<string>;
};

const keptNames = keeping(
  (before: ReadonlySet<string>, after: ReadonlySet<string>) =>
    before.size === after.size && before.isSubsetOf(after),
);

const eipNotes = gathering(({ findings }: EipSurvey) => findings);
const usableEips = choosing(({ eip }: EipSurvey) => eip);

const surveyEips = perItem((eip: OvnEip, { subnets, defaultSubnet, listed }: EipSurroundings): EipSurvey => {
  const name = eip.spec.externalSubnet || defaultSubnet;
  const subnet = subnets.get(name);
  if (subnet?.external) return { eip: { eip, subnet }, findings: [] };
  if (subnet) {
    const told = finding('not-external', {
      object: refOf(eip),
      field: 'spec.externalSubnet',
      message: `subnet/${name} has no vlan, so it is no external subnet`,
      cure: 'name an external subnet',
      related: [refOf(subnet.subnet)],
    });
    return { eip: undefined, findings: [told] };
  }
  // A subnet that exists but was left out has a finding of its own.
  const missing = notFound(refOf(eip), 'spec.externalSubnet', `subnet/${name}`);
  return { eip: undefined, findings: listed.has(name) ? [] : [missing] };
});
