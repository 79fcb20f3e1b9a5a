import {
  eipTypeLabel,
  eipV4IpLabel,
  eipV6IpLabel,
  ipv6LabelValue,
  type OvnEip,
  type Rule,
  subnetLabel,
  vpcEipAnnotation,
  vpcLabel,
  vpcNatAnnotation,
} from '@berth/api';
import { fittingLabels } from '../intent/object/fitting-labels.ts';
import { rulesOfEip } from './eip-use.ts';
import type { View } from './view.ts';

type Notes = Readonly<Record<string, string | undefined>>;

/** An EIP with Kube-OVN's labels and annotation: what it is, and the rule that came last to it. */
export function notedEip(eip: OvnEip, view: View): OvnEip {
  const { spec, status } = eip;
  const last = rulesOfEip(eip.metadata.name, view).at(-1);
  const port = view.attachments.get(eip.metadata.name);
  return noted(
    eip,
    {
      [subnetLabel]: spec.externalSubnet || view.defaultExternalSubnet,
      [eipTypeLabel]: spec.type || 'nat',
      ...addressLabels(status?.v4Ip, status?.v6Ip),
      [vpcLabel]: last?.vpc ?? port?.vpc.name,
    },
    { [vpcNatAnnotation]: last?.ref.name },
  );
}

/** A rule with Kube-OVN's labels and annotation: its EIP and the EIP's addresses. None while it is not programmed. */
export function notedRule<T extends Rule>(rule: T): T {
  const { v4Eip, v6Eip, vpc } = rule.status ?? {};
  return noted(rule, addressLabels(v4Eip, v6Eip), {
    [vpcEipAnnotation]: vpc === undefined ? undefined : rule.spec.ovnEip,
  });
}

function addressLabels(v4: string | undefined, v6: string | undefined): Notes {
  return { [eipV4IpLabel]: v4, [eipV6IpLabel]: v6 === undefined ? undefined : ipv6LabelValue(v6) };
}

/** The object with these labels and annotations; one without a value is taken away, all others stay. */
function noted<T extends Rule | OvnEip>(object: T, labels: Notes, annotations: Notes): T {
  const fitting = { ...without(labels), ...fittingLabels(labels) };
  if (isNoted(object.metadata.labels, fitting) && isNoted(object.metadata.annotations, annotations))
    return object;
  return {
    ...object,
    metadata: {
      ...object.metadata,
      labels: merged(object.metadata.labels, fitting),
      annotations: merged(object.metadata.annotations, annotations),
    },
  };
}

/** The same labels without values, so that one that does not fit is taken away. */
function without(labels: Notes): Notes {
  return Object.fromEntries(Object.keys(labels).map((key) => [key, undefined]));
}

function isNoted(present: Readonly<Record<string, string>>, notes: Notes): boolean {
  for (const key in notes) if (present[key] !== notes[key]) return false;
  return true;
}

function merged(present: Readonly<Record<string, string>>, notes: Notes): Record<string, string> {
  const all = Object.entries({ ...present, ...notes });
  return Object.fromEntries(all.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}
