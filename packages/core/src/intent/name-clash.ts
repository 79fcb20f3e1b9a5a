import { formatRef, refOf } from '@berth/api';
import type { Finding, ObjectRef } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import type { Asker } from '../memo/per-item.ts';
import { eipsOfNodes } from './node-port.ts';
import { bySeniority } from './object/lookup.ts';
import { routerPortName } from './object/router-port-name.ts';
import type { SurveyedSubnet } from './object/subnet.ts';
import type { SurveyedAttachment, SurveyedEip, SurveyedPod } from './object/surveyed.ts';

/**
 * Names of ports that are given away, and to whom. OVN knows each name once, be it a router's or a switch's port (SB Port_Binding
 * logical_port), and names that are put together may meet: VPC `a` with subnet `b-c`, VPC `a-b` with subnet `c`; VPC `a` with subnet `a`.
 */
export type PortNames = Map<string, { readonly holder: ObjectRef; readonly of: 'router' | 'switch' }>;

export function noPortNames(): PortNames {
  return new Map();
}

/** The subnets whose ports can have their names, the oldest first to choose. */
export function namedSubnets(
  subnets: ReadonlyMap<string, SurveyedSubnet>,
  names: PortNames,
  findings: Finding[],
): ReadonlyMap<string, SurveyedSubnet> {
  const inOrder = [...subnets.values()].sort((left, right) => bySeniority(left.subnet, right.subnet));
  const named = new Set(
    inOrder.filter(({ subnet, vpc, external }) => {
      const { name } = subnet.metadata;
      const wanted = external ? { switch: `localnet.${name}` } : joined(vpc ?? '', name);
      return take(names, wanted, refOf(subnet), 'metadata.name', findings);
    }),
  );
  return new Map([...subnets].filter(([, each]) => named.has(each)));
}

/** The attachments whose ports can have their names, those of the oldest VPC first to choose. */
export function namedAttachments(
  attachments: readonly SurveyedAttachment[],
  names: PortNames,
  findings: Finding[],
): readonly SurveyedAttachment[] {
  const inOrder = [...attachments].sort((left, right) => bySeniority(left.vpc, right.vpc));
  const named = new Set(
    inOrder.filter(({ vpc, subnet, origin }) =>
      take(
        names,
        joined(vpc.metadata.name, subnet.subnet.metadata.name),
        origin.object,
        origin.field,
        findings,
      ),
    ),
  );
  return attachments.filter((each) => named.has(each));
}

/** The pods whose ports can have their names. */
export function namedPods(
  pods: readonly SurveyedPod[],
  names: PortNames,
  findings: Finding[],
): readonly SurveyedPod[] {
  return pods.filter(({ pod, name }) => take(names, { switch: name }, refOf(pod), 'metadata.name', findings));
}

/** The EIPs without those of type lsp whose port cannot have their name. */
export function namedEips(
  asker: Asker,
  eips: readonly SurveyedEip[],
  names: PortNames,
  findings: Finding[],
): readonly SurveyedEip[] {
  const nameless = eipsOfNodes(asker, eips).filter(
    ({ eip }) => !take(names, { switch: eip.metadata.name }, refOf(eip), 'metadata.name', findings),
  );
  return nameless.length === 0 ? eips : eips.filter((each) => !nameless.includes(each));
}

type Wanted = { readonly router?: string; readonly switch: string };

/** The names of the two ends of a link between a router and a switch. */
function joined(vpc: string, subnet: string): Wanted {
  return { router: routerPortName(vpc, subnet), switch: `${subnet}-${vpc}` };
}

function take(
  names: PortNames,
  wanted: Wanted,
  object: ObjectRef,
  field: string | undefined,
  findings: Finding[],
): boolean {
  const { router, switch: ofSwitch } = wanted;
  const taken = router !== undefined && names.has(router) ? router : ofSwitch;
  const known = names.get(taken);
  if (known || router === ofSwitch) {
    findings.push(nameTaken(taken, known, object, field));
    return false;
  }
  if (router !== undefined) names.set(router, { holder: object, of: 'router' });
  names.set(ofSwitch, { holder: object, of: 'switch' });
  return true;
}

/** The finding that a name is given away, or that both ends of a link would have it. */
function nameTaken(
  name: string,
  known: ReturnType<PortNames['get']>,
  object: ObjectRef,
  field: string | undefined,
): Finding {
  const message = known
    ? `the ${known.of} port ${name} is there for ${formatRef(known.holder)} already`
    : `the router port and the switch port would both be ${name}`;
  const cure = 'give one of the two objects another name';
  const related = known ? [known.holder] : [];
  return finding('name-taken', { object, field, message, cure, related });
}
