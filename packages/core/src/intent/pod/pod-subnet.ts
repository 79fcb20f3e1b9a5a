import {
  defaultVpc,
  formatRef,
  logicalRouterAnnotation,
  logicalSwitchAnnotation,
  type Pod,
  refOf,
} from '@berth/api';
import type { Finding, ObjectRef } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import type { Lookup } from '../object/lookup.ts';
import { annotationField } from '../object/pod-annotation.ts';
import { notFound, type SurveyedSubnet } from '../object/subnet.ts';

/**
 * The subnet of a pod: its annotation, its namespace's, the one bound to the namespace, the default one. A pod that names a VPC gets one of that VPC,
 * also the only one there is, unless it names the subnet itself.
 */
export function subnetOf(
  pod: Pod,
  lookup: Pick<Lookup, 'Namespace' | 'Subnet' | 'Vpc'>,
  subnets: ReadonlyMap<string, SurveyedSubnet>,
  findings: Finding[],
): SurveyedSubnet | undefined {
  const namespace = pod.metadata.namespace ?? 'default';
  const asked = pod.metadata.annotations[logicalRouterAnnotation] || undefined;
  const isOfAsked = ({ vpc, external }: SurveyedSubnet): boolean =>
    !external && (asked === undefined || vpc === asked);
  const own = pod.metadata.annotations[logicalSwitchAnnotation];
  const named =
    own ??
    usualSubnet(namespace, lookup, (name) => {
      const usual = subnets.get(name);
      return !usual || usual.external !== undefined || isOfAsked(usual);
    });
  const namer = own === undefined ? { kind: 'Namespace', name: namespace } : refOf(pod);
  if (named !== undefined) return subnetNamed({ name: named, namer }, pod, lookup, subnets, findings);
  const overlay = [...subnets.values()].filter(isOfAsked);
  const bound =
    overlay.find(({ subnet }) => subnet.spec.namespaces?.includes(namespace)) ??
    overlay.find(({ subnet }) => subnet.spec.default === true) ??
    (asked !== undefined && overlay.length === 1 ? overlay[0] : undefined);
  if (!bound && asked !== undefined) findings.push(noneOf(pod, asked, overlay.length, lookup));
  else if (!bound) {
    findings.push(
      finding('no-subnet', {
        object: refOf(pod),
        message: `pod ${pod.metadata.name} names no subnet, none is bound to namespace ${namespace}, and there is no default one`,
        cure: `annotate the pod with ${logicalSwitchAnnotation}`,
      }),
    );
  }
  return bound;
}

/** The subnet that a namespace names for its pods, if it may be that one. */
function usualSubnet(
  namespace: string,
  { Namespace }: Pick<Lookup, 'Namespace'>,
  mayBe: (name: string) => boolean,
): string | undefined {
  const name = Namespace.get(namespace)?.metadata.annotations[logicalSwitchAnnotation];
  return name !== undefined && mayBe(name) ? name : undefined;
}

/** A subnet by name, and whose annotation names it: the pod's, or its namespace's. */
type Naming = { readonly name: string; readonly namer: ObjectRef };

const switchField = annotationField(logicalSwitchAnnotation);

/** The subnet that an annotation names. */
function subnetNamed(
  naming: Naming,
  pod: Pod,
  lookup: Pick<Lookup, 'Subnet'>,
  subnets: ReadonlyMap<string, SurveyedSubnet>,
  findings: Finding[],
): SurveyedSubnet | undefined {
  const { name } = naming;
  const subnet = subnets.get(name);
  if (!subnet && !lookup.Subnet.has(name)) findings.push(noSuchSubnet(pod, naming));
  if (subnet?.external) {
    findings.push(onExternal(pod, naming));
    return undefined;
  }
  const asked = pod.metadata.annotations[logicalRouterAnnotation];
  if (subnet && asked && subnet.vpc !== asked) findings.push(ofOtherVpc(pod, asked, subnet));
  return subnet;
}

function noSuchSubnet(pod: Pod, { name, namer }: Naming): Finding {
  const missing = notFound(refOf(pod), switchField, `subnet/${name}`);
  if (namer.kind === 'Pod') return missing;
  const { field: _ofPod, ...rest } = missing;
  const by = formatRef(namer);
  return {
    ...rest,
    message: `subnet/${name}, which ${by} names for its pods, does not exist`,
    cure: `create subnet/${name}, or correct ${switchField} of ${by}`,
    related: [namer],
  };
}

function ofOtherVpc(pod: Pod, asked: string, { subnet, vpc }: SurveyedSubnet): Finding {
  const named = formatRef(refOf(subnet));
  return finding('vpc-mismatch', {
    severity: 'warning',
    object: refOf(pod),
    field: `metadata.annotations['${logicalRouterAnnotation}']`,
    message: `the annotation ${logicalRouterAnnotation} names vpc/${asked}, and ${named}, which counts, is of vpc/${vpc ?? defaultVpc}`,
    cure: 'correct it, name a subnet of that VPC, or leave it out',
    related: [refOf(subnet)],
  });
}

function noneOf(pod: Pod, asked: string, count: number, { Vpc }: Pick<Lookup, 'Vpc'>): Finding {
  const field = `metadata.annotations['${logicalRouterAnnotation}']`;
  if (!Vpc.has(asked)) return notFound(refOf(pod), field, `vpc/${asked}`);
  const namespace = pod.metadata.namespace ?? 'default';
  const which =
    count === 0
      ? 'which has no subnet'
      : `of whose ${count} subnets none is bound to namespace ${namespace} or the default one`;
  return finding('no-subnet', {
    object: refOf(pod),
    field,
    message: `pod ${pod.metadata.name} is to be in vpc/${asked}, ${which}`,
    cure: `annotate the pod with ${logicalSwitchAnnotation}`,
  });
}

function onExternal(pod: Pod, { name, namer }: Naming): Finding {
  const isOwn = namer.kind === 'Pod';
  const by = isOwn ? '' : `, which ${formatRef(namer)} names for its pods,`;
  return finding('no-subnet', {
    object: refOf(pod),
    ...(isOwn && { field: switchField }),
    message: `subnet/${name}${by} is an external subnet, which has no ports for pods`,
    cure: isOwn
      ? 'name a subnet of a VPC'
      : `name a subnet of a VPC in ${switchField} of ${formatRef(namer)}`,
    related: [{ kind: 'Subnet', name }, ...(isOwn ? [] : [namer])],
  });
}
