import type { BadCase } from './bad-case.ts';
import { fieldFabric } from './field-story.ts';
import { withMembers } from './reported.ts';
import { fip, gatewayNode, gatewayPolicy } from './resources.ts';

const strict = { kind: 'GatewayPolicy', name: 'strict' };
const early = { creationTimestamp: '2026-01-01T00:00:00Z' };
const gateways = ['vnode-103-177', 'vnode-117-46'] as const;
const vpc1 = { kind: 'Vpc', name: 'vpc1' };
const present = withMembers(fieldFabric, 'vpc1-external0', 'vnode-117-46', 'vnode-103-177');

const cordoned = gateways.map(
  (name) => ({ code: 'gateway-cordoned', object: { kind: 'Node', name } }) as const,
);

/** Policies that cannot count as they are. */
export const badPolicies: readonly BadCase[] = [
  {
    what: 'two policies are for one VPC',
    objects: [gatewayPolicy('elder', {}, early), gatewayPolicy('strict')],
    expected: {
      code: 'policy-conflict',
      object: strict,
      field: 'spec.targetRefs[0].name',
      message: 'vpc/vpc1 has the older policy gatewaypolicy/elder, which counts',
      related: [{ kind: 'GatewayPolicy', name: 'elder' }, vpc1],
    },
  },
  {
    what: 'two policies of one second are for one VPC',
    objects: [gatewayPolicy('elder', {}, early), gatewayPolicy('strict', {}, early)],
    expected: {
      code: 'policy-conflict',
      object: strict,
      message:
        'vpc/vpc1 has the policy gatewaypolicy/elder, which counts: both are of one second, and its name comes first',
    },
  },
  {
    what: 'two policies of one second are for one VPC, of which the other one is in force',
    objects: [
      gatewayPolicy('younger', {}, early),
      { ...gatewayPolicy('strict', {}, early), status: { vpcs: ['vpc2'] } },
      { ...gatewayPolicy('zz', {}, early), status: { vpcs: ['vpc1'] } },
    ],
    expected: {
      code: 'policy-conflict',
      object: strict,
      message:
        'vpc/vpc1 has the policy gatewaypolicy/zz, which counts: both are of one second, and it was in force first',
    },
    also: [{ code: 'policy-conflict', object: { kind: 'GatewayPolicy', name: 'younger' } }],
  },
  {
    what: 'a policy is for a VPC that does not exist',
    objects: [gatewayPolicy('strict', {}, { vpcs: ['gone', 'vpc1'] })],
    expected: {
      code: 'reference-not-found',
      object: strict,
      field: 'spec.targetRefs[0].name',
      message: 'vpc/gone does not exist',
    },
  },
  {
    what: 'a policy is gateway-local and would distribute',
    objects: [gatewayPolicy('strict', { placement: 'GatewayLocal', onGatewayLoss: 'Distribute' })],
    expected: {
      code: 'policy-contradictory',
      object: strict,
      field: 'spec.onGatewayLoss',
      message:
        'spec.placement GatewayLocal lets nothing leave through a node that is no gateway, and spec.onGatewayLoss Distribute asks for just that: until one of them changes, GatewayLocal with Block counts, its strict reading, unless it was in force with other values before',
    },
    rest: false,
  },
  {
    what: 'an older policy contradicts itself, and a younger one for the VPC does not',
    objects: [
      gatewayPolicy('strict', { placement: 'GatewayLocal', onGatewayLoss: 'Distribute' }, early),
      gatewayPolicy('sound', { placement: 'Distributed' }),
    ],
    expected: { code: 'policy-contradictory', object: strict },
    also: [
      {
        code: 'policy-conflict',
        object: strict,
        message: 'vpc/vpc1 has the sound policy gatewaypolicy/sound, which counts',
      },
    ],
  },
  {
    what: 'a policy says what happens to floating IPs that depend on no gateway',
    objects: [gatewayPolicy('strict', { placement: 'Distributed', onGatewayLoss: 'Distribute' })],
    expected: {
      code: 'policy-idle',
      object: strict,
      message:
        'spec.onGatewayLoss Distribute is not applicable: Distributed floating IPs do not depend on gateways',
    },
  },
  {
    what: 'a policy selects no node',
    objects: [gatewayPolicy('strict', { gateways: { nodeSelector: { matchLabels: { edge: 'yes' } } } })],
    expected: {
      code: 'no-node-selected',
      object: strict,
      field: 'spec.gateways.nodeSelector',
      message: 'gatewaypolicy/strict selects no node, so vpc/vpc1 has no gateway',
    },
    also: [
      {
        code: 'no-gateway',
        object: vpc1,
        cure: 'label at least one node as gatewaypolicy/strict selects gateways (spec.gateways.nodeSelector), and see that it has the bridge of the external network',
      },
    ],
  },
  {
    what: 'a policy asks for faster BFD than the installation holds',
    objects: [gatewayPolicy('strict', { bfd: { minTxMs: 100 } })],
    expected: {
      code: 'bfd-too-fast',
      object: strict,
      field: 'spec.bfd.minTxMs',
      message: 'spec.bfd.minTxMs 100 is below what this installation holds, so 300 counts',
    },
  },
  {
    what: 'a policy probes an address that is on no external network',
    objects: [gatewayPolicy('strict', { health: { uplinkProbe: { targets: ['10.9.101.2', '8.8.8.8'] } } })],
    expected: {
      code: 'address-outside-subnet',
      severity: 'warning',
      object: strict,
      field: 'spec.health.uplinkProbe.targets[1]',
    },
  },
  {
    what: 'a gateway is cordoned under a policy that gives it time',
    objects: [
      gatewayNode('vnode-117-46', { cordoned: true }),
      gatewayPolicy('strict', { gateways: { drainSeconds: 60 } }),
    ],
    fabric: present,
    expected: { code: 'gateway-cordoned', object: { kind: 'Node', name: 'vnode-117-46' } },
    also: [
      {
        code: 'gateway-draining',
        object: vpc1,
        message:
          'node/vnode-117-46 is to leave the gateways of vpc/vpc1 to subnet/external0: it serves for 60 s more, then node/vnode-103-177 does',
        related: [strict, { kind: 'Node', name: 'vnode-117-46' }],
      },
    ],
  },
  {
    what: 'a gateway is cordoned',
    objects: [gatewayNode('vnode-117-46', { cordoned: true })],
    expected: {
      code: 'gateway-cordoned',
      object: { kind: 'Node', name: 'vnode-117-46' },
      field: 'spec.unschedulable',
      message:
        'gateway node vnode-117-46 is cordoned: it stays a gateway of vpc/vpc1 only while no other gateway node can be one, and where it is none it takes over from nobody',
      related: [vpc1],
    },
  },
  {
    what: 'a policy overrides what a floating IP says',
    objects: [
      fip('web', { ovnEip: 'web', ipName: 'web.default', type: 'centralized' }),
      gatewayPolicy('strict', { placement: 'Distributed', override: true }),
    ],
    expected: {
      code: 'overridden',
      object: { kind: 'OvnFip', name: 'web' },
      message: 'spec.type centralized does not count: gatewaypolicy/strict overrides it with distributed',
    },
    rest: false,
  },
  {
    what: 'a workload is on no gateway node though its policy requires it',
    objects: [gatewayPolicy('strict', { workloads: 'RequireGateways' })],
    expected: { code: 'workload-off-gateway', object: { kind: 'OvnFip', name: 'web' } },
    also: [{ code: 'workload-off-gateway', object: { kind: 'Pod', name: 'web' } }],
  },
  {
    what: 'workloads must run on gateway nodes and all of these are cordoned',
    objects: [
      ...gateways.map((name) => gatewayNode(name, { cordoned: true })),
      gatewayPolicy('strict', { workloads: 'RequireGateways' }),
    ],
    fabric: present,
    expected: { code: 'no-room-on-gateways', object: strict, field: 'spec.workloads' },
    also: [
      { code: 'workload-off-gateway', object: { kind: 'OvnFip', name: 'web' } },
      { code: 'workload-off-gateway', object: { kind: 'Pod', name: 'web' } },
      {
        code: 'no-candidate',
        object: vpc1,
        message:
          'no gateway node of vpc/vpc1 is fit for network external0: the last order stays, vnode-117-46, vnode-103-177 (vnode-103-177 is cordoned, vnode-117-46 is cordoned)',
      },
      ...cordoned,
    ],
  },
];
