import type { BadCase } from './bad-case.ts';
import { pod, vpc } from './resources.ts';

const [longPod, longVpc] = ['p'.repeat(246), 'v'.repeat(244)];

/** Names that others are put together from, which come to be too long. */
export const badNames: readonly BadCase[] = [
  {
    what: 'a pod and its namespace have names that make too long a one for its IP',
    objects: [pod(longPod, { subnet: 'vpc1-subnet1', node: 'vnode-103-176' })],
    expected: {
      code: 'bad-value',
      object: { kind: 'Pod', namespace: 'default', name: longPod },
      field: 'metadata.name',
      message:
        "the name of the pod's IP, made of those of the pod and its namespace, has 254 characters, and Kubernetes allows 253",
      cure: 'make it with a name of at most 245 characters',
    },
  },
  {
    what: 'a VPC and an external subnet have names that make too long a one for the EIP of the router port',
    objects: [vpc(longVpc, { enableExternal: true, extraExternalSubnets: ['external0'] })],
    expected: {
      code: 'bad-value',
      object: { kind: 'Vpc', name: longVpc },
      field: 'spec.extraExternalSubnets[0]',
      message:
        "the name of the router port's EIP, made of those of the VPC and of subnet/external0, has 254 characters, and Kubernetes allows 253",
    },
  },
];
