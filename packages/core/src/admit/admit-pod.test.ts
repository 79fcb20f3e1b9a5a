import {
  emptyResourceSet,
  formatRef,
  type NodeSelectorTerm,
  type Pod,
  type Resource,
  resourceSetOf,
  type Scheduling,
} from '@berth/api';
import { describe, expect, test } from 'vitest';
import { fieldStoryWith } from '../testing/field-story.ts';
import { eip, gatewayConfig, gatewayPolicy, ip, namespace, pod, snat, subnet } from '../testing/resources.ts';
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

describe('a pod that its subnet would give no address', () => {
  const annotations = { 'berth.dev/allowed-namespaces': 'shop' };
  const net = { vpc: 'vpc1', cidrBlock: '172.20.0.0/24', namespaces: ['shop'] };
  const granted = [
    eip('owned', { externalSubnet: 'external0' }, { annotations }),
    snat('out', { ovnEip: 'owned', vpcSubnet: 'shop-net' }),
  ];
  const leaving = {
    deletionTimestamp: '2026-01-01T00:00:00Z',
    finalizers: ['kubeovn.io/kube-ovn-controller'],
  };
  const asking = pod('new', { subnet: 'shop-net' }, { namespace: 'bank' });
  const said = (object: Pod, ...objects: readonly Resource[]): readonly string[] => {
    const found = podVerdict(object, {}, resourceSetOf(fieldStoryWith(...objects)));
    return found.kind === 'refused'
      ? found.findings.map(({ code, object: about, field, message }) =>
          [code, about && formatRef(about), field, message].join(' '),
        )
      : [found.kind];
  };

  test('as it would go out by an EIP that is granted to others, is refused with what the controller would say', () => {
    const objects = [subnet('shop-net', net), ...granted];
    const expected =
      "eip-not-granted pod/bank/new metadata.annotations['ovn.kubernetes.io/logical_switch'] subnet/shop-net goes out by ovn-eip/owned (ovn-snat-rule/out), which is granted to shop, and the pod is in namespace bank";
    expect(said(asking, ...objects)).toEqual([expected]);
    const { findings } = settle(fieldStoryWith(...objects, asking));
    expect(findings.map(({ message }) => message)).toContain(expected.slice(expected.indexOf('subnet/')));
    expect(said(pod('new', { subnet: 'shop-net' }, { namespace: 'shop' }), ...objects)).toEqual(['as-it-is']);
    expect(said(asking, subnet('shop-net', net))).toEqual(['as-it-is']);
    const onHost = { ...asking, spec: { hostNetwork: true } };
    expect(said(onHost, ...objects)).toEqual(['as-it-is']);
  });

  test('as the subnet is being deleted, is refused, also where its namespace leads it there', () => {
    const going = subnet('shop-net', net, leaving);
    expect(said(pod('new', { subnet: 'shop-net' }, { namespace: 'shop' }), going)).toEqual([
      "reference-terminating pod/shop/new metadata.annotations['ovn.kubernetes.io/logical_switch'] subnet/shop-net is being deleted, so it takes no new users",
    ]);
    expect(said(pod('new', {}, { namespace: 'shop' }), going)).toEqual([
      'reference-terminating pod/shop/new  subnet/shop-net is being deleted, so it takes no new users',
    ]);
  });

  test('but has one there already, as the next of a StatefulSet, is let pass', () => {
    const kept = ip('db-0.bank', {
      ...{ namespace: 'bank', podName: 'db-0', subnet: 'shop-net', v4IpAddress: '172.20.0.9' },
    });
    const next = pod('db-0', { subnet: 'shop-net' }, { namespace: 'bank' });
    expect(said(next, subnet('shop-net', net, leaving), kept)).toEqual(['as-it-is']);
    expect(said(next, subnet('shop-net', net), ...granted, kept)).toEqual(['as-it-is']);
  });
});
