import {
  emptyResourceSet,
  type NodeSelectorTerm,
  type Resource,
  resourceSetOf,
  type Scheduling,
} from '@berth/api';
import { describe, expect, test } from 'vitest';
import { fieldStoryWith } from '../testing/field-story.ts';
import { gatewayConfig, gatewayPolicy, namespace, pod } from '../testing/resources.ts';
import { settle } from '../testing/settle.ts';
import { podVerdict } from './admit-pod.ts';

const label = { key: 'ovn.kubernetes.io/external-gw', operator: 'In', values: ['true'] };
const required = gatewayPolicy('strict', { workloads: 'RequireGateways' });
const preferred = gatewayPolicy('soft', { workloads: 'PreferGateways' });
const web = pod('new', { subnet: 'vpc1-subnet1' });

function verdict(scheduling: Scheduling, ...objects: readonly Resource[]) {
  return podVerdict(web, scheduling, resourceSetOf(fieldStoryWith(...objects)));
}

/** The required terms that a pod gets. */
function terms(scheduling: Scheduling, ...objects: readonly Resource[]) {
  const found = verdict(scheduling, ...objects);
  if (found.kind !== 'placed') return found.kind;
  return found.affinity.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
}

const wanting = (...nodeSelectorTerms: readonly NodeSelectorTerm[]): Scheduling => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [...nodeSelectorTerms] },
    },
  },
});

describe('a pod of a VPC whose policy requires gateways', () => {
  test('gets an affinity to the labelled nodes', () => {
    expect(terms({}, required)).toEqual([{ matchExpressions: [label] }]);
  });

  test('gets one to the nodes that the policy selects, and to those of the ConfigMap where it selects none', () => {
    const gateways = {
      nodeSelector: {
        matchLabels: { edge: 'yes' },
        matchExpressions: [{ key: 'old', operator: 'DoesNotExist' as const }],
      },
    };
    expect(terms({}, gatewayPolicy('s', { workloads: 'RequireGateways', gateways }))).toEqual([
      {
        matchExpressions: [
          { key: 'edge', operator: 'In', values: ['yes'] },
          { key: 'old', operator: 'DoesNotExist' },
        ],
      },
    ]);
    const config = gatewayConfig({ 'enable-external-gw': 'true', 'external-gw-nodes': 'vnode-103-176' });
    expect(terms({}, required, config)).toEqual([
      { matchExpressions: [label] },
      { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['vnode-103-176'] }] },
    ]);
    const all = gatewayPolicy('s', { workloads: 'RequireGateways', gateways: { nodeSelector: {} } });
    expect(terms({}, all)).toBe('as-it-is');
  });

  test('keeps what it asks for itself, and asking twice changes nothing', () => {
    const ssd = { key: 'kubernetes.io/os', operator: 'NotIn', values: ['windows'] };
    const own = wanting({ matchExpressions: [ssd] }, { matchExpressions: [label, ssd] });
    const found = verdict({ ...own, affinity: { ...own.affinity, podAffinity: { x: 1 } } }, required);
    expect(found).toMatchObject({
      policy: 'strict',
      affinity: {
        podAffinity: { x: 1 },
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [ssd, label] }, { matchExpressions: [label, ssd] }],
          },
        },
      },
    });
    expect(found.kind === 'placed' && verdict({ affinity: found.affinity }, required).kind).toBe('as-it-is');
  });

  test.each([
    ['spec.nodeName', { nodeName: 'vnode-103-176' }, 'the pod asks for node vnode-103-176'],
    ['spec.nodeSelector', { nodeSelector: { disk: 'ssd' } }, 'the pod asks for nodes with disk=ssd'],
    [
      'spec.affinity.nodeAffinity',
      wanting({ matchExpressions: [{ ...label, operator: 'NotIn' }] }),
      'the pod has an affinity to other nodes',
    ],
    ['spec.affinity.nodeAffinity', wanting({}), 'the pod has an affinity to other nodes'],
    [
      'spec.affinity.nodeAffinity',
      wanting({ matchExpressions: [{ key: 'cpus', operator: 'Gt', values: ['64'] }] }),
      'the pod has an affinity to other nodes',
    ],
  ])('is refused when %s rules out every gateway', (field, scheduling, message) => {
    expect(verdict(scheduling, required)).toMatchObject({
      kind: 'refused',
      findings: [
        {
          code: 'pod-unplaceable',
          field,
          message: `${message}, and gatewaypolicy/strict requires a gateway node for it, one of vnode-103-177, vnode-117-46`,
        },
      ],
    });
  });

  test('is taken when it is bound to a gateway, and waits where there is none at all', () => {
    expect(verdict({ nodeName: 'vnode-117-46' }, required).kind).toBe('as-it-is');
    const gateways = { nodeSelector: { matchLabels: { none: 'yet' } } };
    const policy = gatewayPolicy('s', { workloads: 'RequireGateways', gateways });
    expect(terms({ nodeSelector: { disk: 'ssd' } }, policy)).toHaveLength(1);
  });
});

test('a pod whose policy prefers gateways is told so with the highest weight, and is never refused', () => {
  const preference = { matchExpressions: [label] };
  const found = verdict({ nodeSelector: { disk: 'ssd' } }, preferred);
  expect(found).toMatchObject({
    kind: 'placed',
    affinity: {
      nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference }] },
    },
  });
  expect(found.kind === 'placed' && verdict({ affinity: found.affinity }, preferred).kind).toBe('as-it-is');
});

describe('a pod stays as it is', () => {
  const resources = resourceSetOf(fieldStoryWith(required));
  const owned = (kind: string) => [{ apiVersion: 'apps/v1', kind, name: 'x' }];
  test.each([
    ['on the network of its node', { ...web, spec: { hostNetwork: true } }],
    ['of a DaemonSet', pod('d', { subnet: 'vpc1-subnet1' }, { ownerReferences: owned('DaemonSet') })],
    [
      'of a node',
      pod('m', { subnet: 'vpc1-subnet1' }, { annotations: { 'kubernetes.io/config.mirror': 'x' } }),
    ],
    ['of no subnet', pod('n')],
    ['of another VPC', pod('o', { subnet: 'external0' })],
  ])('%s', (_, object) => {
    expect(podVerdict(object, {}, resources).kind).toBe('as-it-is');
  });

  test('without policies, and where its VPC’s says nothing of workloads', () => {
    expect(podVerdict(web, {}, emptyResourceSet()).kind).toBe('as-it-is');
    expect(
      verdict(
        {},
        gatewayPolicy('p', {}),
        gatewayPolicy('q', { workloads: 'RequireGateways' }, { vpcs: ['x'] }),
      ).kind,
    ).toBe('as-it-is');
  });
});

test('the namespace tells the VPC of a pod that does not', () => {
  const annotations = { 'ovn.kubernetes.io/logical_switch': 'vpc1-subnet1' };
  const resources = resourceSetOf(fieldStoryWith(required, namespace('default', { annotations })));
  expect(podVerdict(pod('plain'), {}, resources).kind).toBe('placed');
});

test('a pod that asks for what is no address is refused, with what it asked for', () => {
  const asking = pod('new', { subnet: 'vpc1-subnet1', ips: '192.168.0.300' });
  const found = podVerdict(asking, {}, resourceSetOf(fieldStoryWith()));
  expect(found).toMatchObject({
    kind: 'refused',
    findings: [
      {
        code: 'annotation-invalid',
        field: "metadata.annotations['ovn.kubernetes.io/ip_address']",
        message: expect.stringContaining('"192.168.0.300" is not an IP address'),
        cure: 'write one IPv4 or IPv6 address, or leave the annotation out',
      },
    ],
  });
  const onHost = { ...asking, spec: { hostNetwork: true } };
  expect(podVerdict(onHost, {}, resourceSetOf(fieldStoryWith()))).toEqual({ kind: 'as-it-is' });
});

describe('a pod that asks for an address', () => {
  const asking = (ips: string, ...objects: readonly Resource[]) => {
    const found = podVerdict(
      pod('new', { subnet: 'vpc1-subnet1', ips }),
      {},
      resourceSetOf(fieldStoryWith(...objects)),
    );
    return found.kind === 'refused'
      ? found.findings.map(({ code, message }) => `${code}: ${message}`)
      : found.kind;
  };

  test.each([
    ['192.168.0.0', 'address-invalid: 192.168.0.0 is not an address a host of 192.168.0.0/24 can have'],
    ['192.168.0.255', 'address-invalid: 192.168.0.255 is not an address a host of 192.168.0.0/24 can have'],
    ['192.168.0.1', 'address-invalid: 192.168.0.1 is the gateway of subnet/vpc1-subnet1'],
    ['10.0.0.9', 'address-outside-subnet: 10.0.0.9 is not in 192.168.0.0/24 of subnet/vpc1-subnet1'],
    ['fd00::9', 'address-outside-subnet: fd00::9 is not in 192.168.0.0/24 of subnet/vpc1-subnet1'],
  ])(
    '%s, which no host of its subnet can have, is refused with what the controller would say',
    (ips, said) => {
      expect(asking(ips)).toEqual([said]);
      const settled = settle(
        fieldStoryWith(pod('new', { subnet: 'vpc1-subnet1', ips, node: 'vnode-103-176' })),
      );
      const ofPod = settled.findings.filter(({ object }) => object?.name === 'new');
      expect(ofPod.map(({ code, message }) => `${code}: ${message}`)).toContain(said);
    },
  );

  test('that another has, that lies among those excluded, or on a subnet yet to come, is let pass: it may be free in time', () => {
    expect(asking('192.168.0.4')).toBe('as-it-is');
    expect(asking('192.168.0.77')).toBe('as-it-is');
    const later = pod('new', { subnet: 'later', ips: '192.168.0.0' });
    expect(podVerdict(later, {}, resourceSetOf(fieldStoryWith())).kind).toBe('as-it-is');
  });
});
