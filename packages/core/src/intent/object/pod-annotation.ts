import {
  ipAddressAnnotation,
  ipAddressesFault,
  ipPoolAnnotation,
  logicalRouterAnnotation,
  logicalSwitchAnnotation,
  macAddressAnnotation,
  macFault,
  type Pod,
  podEipAnnotation,
  podSnatAnnotation,
  portSecurityAnnotation,
  refOf,
  type TextFault,
} from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import { perObject } from '../../memo/per-object.ts';

/** Path of an annotation in an object, as findings name it. */
export function annotationField(key: string): string {
  return `metadata.annotations['${key}']`;
}

/** The first interface of a pod; Kube-OVN names others after their provider. */
const firstProvider = 'ovn';

const checks: Readonly<Record<string, (text: string) => TextFault | undefined>> = {
  ip_address: ipAddressesFault,
  mac_address: macFault,
};

/** `<provider>.kubernetes.io/<word>`: what a pod asks for on the network of a provider (Kube-OVN, "Multiple Network Management"). */
const wish = /^(?<provider>.+)\.kubernetes\.io\/(?<word>ip_address|mac_address)$/;

type Wish = { readonly key: string; readonly provider: string; readonly word: string; readonly text: string };

/**
 * The address annotations of a pod that say no address. A pod that asks so gets none rather than another one: Kube-OVN does
 * not attach it either.
 */
export const malformedAddresses = perObject((pod: Pod): readonly Finding[] =>
  wishesOf(pod).flatMap(({ key, word, provider, text }) => {
    const fault = checks[word]?.(text);
    if (!fault) return [];
    const then =
      provider === firstProvider ? ', so a new pod gets no address and one that has its own keeps it' : '';
    return [
      finding('annotation-invalid', {
        object: refOf(pod),
        field: annotationField(key),
        message: `the annotation ${key} cannot be read: ${fault.message}${then}`,
        cure: `${fault.cure}, or leave the annotation out`,
      }),
    ];
  }),
);

/** The annotation by which a pod asks for a subnet itself, naming it or a VPC; undefined where it has none. */
export function networkWish({ metadata: { annotations } }: Pod): string | undefined {
  return [logicalSwitchAnnotation, logicalRouterAnnotation].find((key) => annotations[key]);
}

/** That what an annotation of a pod asks for comes once the pod is made anew. */
export function waitingWish(pod: Pod, key: string, present: string): Finding {
  return finding('annotation-waits', {
    object: refOf(pod),
    field: annotationField(key),
    message: `the annotation ${key}: "${pod.metadata.annotations[key]}" has no effect yet: the pod keeps ${present}, which it got when it was made`,
    cure: 'delete the pod and make it anew to have it take effect, or write back what it was',
  });
}

/** Whether a pod is to send with no address but its own. */
export function isRestricted({ metadata: { annotations } }: Pod): boolean {
  return annotations[portSecurityAnnotation] === 'true';
}

/** Whether one of these findings is about the interface that we give an address to. */
export function isOnFirst({ field }: Finding): boolean {
  return field === annotationField(ipAddressAnnotation) || field === annotationField(macAddressAnnotation);
}

/** What a pod asks for by annotations that nobody reads, unless somebody has given it already. */
export const unansweredWishes = perObject((pod: Pod): readonly Finding[] => {
  const { annotations } = pod.metadata;
  const others = wishesOf(pod).filter(
    ({ provider, word, text }) =>
      provider !== firstProvider &&
      annotations[`${provider}.kubernetes.io/allocated`] !== 'true' &&
      checks[word]?.(text) === undefined,
  );
  return [
    ...Object.entries(unread).flatMap(([key, cure]) =>
      annotations[key] ? [noEffect(pod, key, annotations[key], cure)] : [],
    ),
    ...others.map(({ key, text }) =>
      noEffect(pod, key, text, 'remove it; Berth attaches pods to one network'),
    ),
  ];
});

const unread: Readonly<Record<string, string>> = {
  [podEipAnnotation]: 'make an OvnEip and an OvnFip, and remove it',
  [podSnatAnnotation]: 'make an OvnEip and an OvnSnatRule, and remove it',
  [ipPoolAnnotation]: `ask for one address with ${ipAddressAnnotation}, and remove it`,
};

function noEffect(pod: Pod, key: string, text: string, cure: string): Finding {
  return finding('not-supported', {
    object: refOf(pod),
    field: annotationField(key),
    message: `the annotation ${key}: "${text}" has no effect`,
    cure,
  });
}

function wishesOf({ metadata: { annotations } }: Pod): readonly Wish[] {
  return Object.entries(annotations).flatMap(([key, text]) => {
    const { provider, word } = wish.exec(key)?.groups ?? {};
    return provider === undefined || word === undefined || text === '' ? [] : [{ key, provider, word, text }];
  });
}
