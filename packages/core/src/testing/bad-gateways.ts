import { parseIp } from '@berth/net';
import type { BadCase } from './bad-case.ts';
import { fieldFabric } from './field-story.ts';
import { reported, withDead, withMembers } from './reported.ts';
import { gatewayNode, gatewayPolicy } from './resources.ts';

const gateways = ['vnode-103-177', 'vnode-117-46'] as const;
const vpc1 = { kind: 'Vpc', name: 'vpc1' };
const present = withMembers(fieldFabric, 'vpc1-external0', 'vnode-117-46', 'vnode-103-177');

const cordoned = gateways.map(
  (name) => ({ code: 'gateway-cordoned', object: { kind: 'Node', name } }) as const,
);

const lingering = {
  ...{ switchName: 'external0', object: 'ovn-fip/old', chassis: 'chassis-vnode-103-177' },
  mac: '02:00:00:00:00:01',
  change: { number: 7, isAfter: false },
};

/** Gateways that cannot serve. */
export const badGateways: readonly BadCase[] = [
  {
    what: 'the last gateway is cordoned',
    objects: gateways.map((name) => gatewayNode(name, { cordoned: true })),
    fabric: present,
    expected: { code: 'no-candidate', object: vpc1 },
    also: cordoned,
  },
  {
    what: 'every gateway is dead',
    objects: [],
    fabric: withDead(present, ...gateways),
    expected: {
      code: 'gateways-lost',
      object: vpc1,
      message: 'no gateway of vpc/vpc1 to subnet/external0 is alive: vnode-103-177, vnode-117-46 are out',
    },
    also: gateways.map((name) => ({ code: 'gateway-dead', object: { kind: 'Node', name } }) as const),
  },
  {
    what: 'every gateway is dead and a floating IP falls back to its node',
    objects: [gatewayPolicy('strict', { placement: 'Centralized', onGatewayLoss: 'Distribute' })],
    fabric: withDead(present, ...gateways),
    expected: { code: 'gateways-lost', object: vpc1 },
    also: [
      ...gateways.map((name) => ({ code: 'gateway-dead', object: { kind: 'Node', name } }) as const),
      { code: 'fallback-distributed', object: { kind: 'OvnFip', name: 'web' } },
    ],
    rest: false,
  },
  {
    what: 'a gateway node is dead',
    objects: [],
    fabric: withDead(fieldFabric, 'vnode-103-177'),
    expected: { code: 'gateway-dead', object: { kind: 'Node', name: 'vnode-103-177' } },
  },
  {
    what: 'a gateway node is NotReady',
    objects: [],
    fabric: reported(fieldFabric, { 'vnode-103-177': { ready: false } }),
    expected: { code: 'gateway-not-ready', object: { kind: 'Node', name: 'vnode-103-177' } },
  },
  {
    what: 'a gateway node has lost its uplink',
    objects: [],
    fabric: reported(fieldFabric, { 'vnode-103-177': { up: false }, 'vnode-117-46': { up: true } }),
    expected: {
      code: 'uplink-down',
      severity: 'warning',
      object: { kind: 'Node', name: 'vnode-103-177' },
    },
  },
  {
    what: 'a gateway node has no flows',
    objects: [],
    fabric: reported(fieldFabric, { 'vnode-103-177': { flowsInstalled: false } }),
    expected: {
      code: 'flows-missing',
      severity: 'warning',
      object: { kind: 'Node', name: 'vnode-103-177' },
    },
  },
  {
    what: 'a node has flows and no ovn-controller',
    objects: [],
    fabric: reported(fieldFabric, { 'vnode-103-177': { flowsInstalled: true, controllerRuns: false } }),
    expected: { code: 'node-frozen', object: { kind: 'Node', name: 'vnode-103-177' } },
  },
  {
    what: 'an ovn-controller hangs',
    objects: [],
    fabric: {
      ...reported(fieldFabric, { 'vnode-103-177': { controllerRuns: true, controllerConnected: false } }),
      behind: new Map([['chassis-vnode-103-177', 5]]),
    },
    expected: {
      code: 'node-frozen',
      object: { kind: 'Node', name: 'vnode-103-177' },
      message:
        'node vnode-103-177 stands still (ovn-controller hangs there, or has lost SB, and has carried out nothing of NB since change 5): what was programmed there goes on, and what is new or changed does not work there',
      cure: 'see that ovn-controller runs on node vnode-103-177 and reaches SB, and start it anew where it hangs; if it cannot work there and the node is a gateway, end it (kill -9) and cordon the node: its agent silences it there then, and another gateway takes over',
    },
  },
  {
    what: 'an address was taken from a node that has flows and no ovn-controller',
    objects: [],
    fabric: {
      ...reported(fieldFabric, { 'vnode-103-177': { flowsInstalled: true, controllerRuns: false } }),
      lingers: [parseIp('10.9.101.20')].flatMap((ip) => (ip ? [{ ip, ...lingering }] : [])),
    },
    expected: { code: 'address-lingers', object: { kind: 'Node', name: 'vnode-103-177' } },
    also: [{ code: 'node-frozen' }],
  },
  {
    what: 'a gateway node has come back and has no BFD to the other one yet',
    objects: [],
    fabric: reported(fieldFabric, { 'vnode-103-177': { sees: {} } }),
    expected: { code: 'gateway-waits', object: { kind: 'Node', name: 'vnode-103-177' } },
  },
  {
    what: 'the node of a workload has lost its uplink',
    objects: [],
    fabric: reported(fieldFabric, { 'vnode-103-176': { up: false }, 'vnode-117-46': { up: true } }),
    expected: { code: 'uplink-lost', object: { kind: 'OvnFip', name: 'web' } },
    rest: false,
  },
  {
    what: 'no node reaches the network',
    objects: [],
    fabric: reported(fieldFabric, {
      'vnode-103-176': { up: false },
      'vnode-103-177': { up: false },
      'vnode-117-46': { up: false },
    }),
    expected: { code: 'network-down', object: { kind: 'Subnet', name: 'external0' } },
  },
];
