import {
  controllerFinalizer,
  defaultVpc,
  eipTypeLabel,
  type IP,
  type OvnEip,
  type Pod,
  type Resource,
  subnetLabel,
} from '@berth/api';
import { picking } from '../../memo/per-item.ts';
import { wantsDefaultVpc } from './external-wish.ts';
import { fittingLabels } from './fitting-labels.ts';
import { isTerminating, type Lookup } from './lookup.ts';
import { podOfPort } from './port-holder.ts';
import type { Survey, SurveyedEip } from './surveyed.ts';
import type { ResourceWrite } from './write.ts';

/** Annotation of objects we made ourselves: they go when nobody asks for them any more. */
const madeBy = { key: 'berth.dev/made-by', value: 'berth' };

/** `spec.podType` of the IP of a virtual machine, as Kube-OVN has it. */
export const machinePodType = 'VirtualMachine';

/** The OvnEip of a VPC's port on an external subnet, before it has addresses. */
export function routerEip(name: string, externalSubnet: string): OvnEip {
  return {
    apiVersion: 'kubeovn.io/v1',
    kind: 'OvnEip',
    metadata: {
      ...newMetadata(name),
      labels: fittingLabels({ [subnetLabel]: externalSubnet, [eipTypeLabel]: 'lrp' }),
    },
    spec: { externalSubnet, type: 'lrp' },
  };
}

/** Metadata of an object that we make ourselves. */
export function newMetadata(name: string): OvnEip['metadata'] {
  return {
    name,
    generation: 1,
    labels: {},
    annotations: { [madeBy.key]: madeBy.value },
    finalizers: [controllerFinalizer],
    ownerReferences: [],
  };
}

/** Whether we made the object ourselves. */
export function isOwn({ metadata }: Resource): boolean {
  return metadata.annotations[madeBy.key] === madeBy.value;
}

const ofRouters = picking(({ eip }: SurveyedEip) => eip.spec.type === 'lrp');

/** Objects we made that nobody asks for any more. */
export function abandoned({ asker, lookup, attachments, eips, config }: Survey): readonly ResourceWrite[] {
  const ports = new Set(attachments.map(({ name }) => name));
  const routers = ofRouters(asker, eips)
    .map(({ eip }) => eip)
    .filter(({ metadata }) => !ports.has(metadata.name));
  const isKept = keptOf(lookup);
  const addresses = [...lookup.IP.values()].filter((ip) => podOf(ip, lookup) === undefined && !isKept(ip));
  const defaultRouter = lookup.Vpc.get(defaultVpc);
  const vpcs = defaultRouter && !wantsDefaultVpc(lookup, config) ? [defaultRouter] : [];
  const ours = (object: Resource): boolean => isOwn(object) && !isTerminating(object);
  return [...routers, ...addresses, ...vpcs].filter(ours).map((object) => ({ verb: 'delete', object }));
}

/**
 * The pod that has an IP; undefined where there is none. One that was named after a machine's pod goes with that pod: its port is in use
 * until then.
 */
export function podOf({ spec }: IP, lookup: Pick<Lookup, 'Pod'>): Pod | undefined {
  const { podName, namespace } = spec;
  return lookup.Pod.get(`${namespace}/${podName}`) ?? podOfPort(`${podName}.${namespace}`, lookup);
}

/** The address of a virtual machine that is off is kept for as long as a rule leads to it; no pod tells whether the machine is still there. */
function keptOf({ OvnFip, OvnDnatRule, OvnSnatRule }: Lookup): (ip: IP) => boolean {
  let named: ReadonlySet<string | undefined> | undefined;
  return ({ metadata, spec }) => {
    if (spec.podType !== machinePodType) return false;
    const rules = [OvnFip, OvnDnatRule, OvnSnatRule];
    named ??= new Set(rules.flatMap((each) => [...each.values()].map((rule) => rule.spec.ipName)));
    return named.has(metadata.name);
  };
}
