import { keptKey, originKey } from '@berth/api';
import { type NbTables, nbSchema } from '@berth/ovn';
import {
  type Columns,
  changeSnapshot,
  type Snapshot,
  snapshotOf,
  type TableChange,
  type Uuid,
} from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import type { NodeHealth } from '../../fabric/fabric.ts';
import { fabricOf } from '../../fabric/read.ts';
import type { Home } from '../../finding/home.ts';
import { type OvnWorld, ovnWorld, type WorldNat } from '../../testing/ovn-world.ts';
import { analyse } from '../analyse.ts';
import { asClaimed } from '../base/claimed.ts';
import { targetFinder } from '../find-target.ts';
import { flowsOf } from '../flows/flows-of.ts';
import { routedFlows } from '../flows/routed-flows.ts';
import { parseTarget } from '../target.ts';
import { brokenNow } from './broken.ts';
import { lossOf } from './dependencies.ts';
import { explanationOf } from './explanation-of.ts';
import { namedFailure } from './named-failure.ts';
import type { WantedPlacement } from './placement-reason.ts';

const mac = '02:00:00:00:00:09';
const address = '10.9.101.9';
const distributed: WorldNat = {
  type: 'dnat_and_snat',
  externalIp: address,
  logicalIp: '192.168.0.4',
  logicalPort: 'web.default',
  externalMac: mac,
};
const { logicalPort: _port, externalMac: _mac, ...centralized } = distributed;

/** The nodes of the field story, and one more. */
function story(nat: readonly WorldNat[], pod = 'pod-node'): OvnWorld {
  const nodes = ['pod-node', 'gw-1', 'gw-2', 'other'].map((name) => ({ name }));
  return {
    nodes,
    externals: [{ name: 'external0', subnets: ['10.9.101.0/24'] }],
    routers: [
      {
        name: 'vpc1',
        gatewayPorts: [
          {
            external: 'external0',
            members: [
              ['gw-1', 100],
              ['gw-2', 99],
            ],
          },
        ],
        subnets: [
          {
            name: 'subnet1',
            networks: ['192.168.0.1/24'],
            pods: [
              { name: 'web.default', node: pod, ips: ['192.168.0.4'] },
              { name: 'db.default', node: 'other', ips: ['192.168.0.5'] },
            ],
          },
        ],
        nat,
      },
    ],
  };
}

/** Explains a target of a world. */
function explain(
  text: string,
  world: OvnWorld,
  wanted?: WantedPlacement,
  home: Home = 'folder',
  reports: readonly NodeHealth[] = [],
) {
  const { nb, sb } = ovnWorld(world);
  const fabric = asClaimed(fabricOf(nb, sb, reports));
  const flows = flowsOf(nb, fabric);
  const find = targetFinder({
    nb,
    fabric,
    flows,
    aliases: new Map([['eip/web', [address]]]),
    routed: (port) => routedFlows(nb, fabric, port),
  });
  const target = parseTarget(text);
  const found = target && find(target);
  if (found === undefined || found.kind === 'absent') return found;
  return explanationOf({
    target: text,
    nb,
    fabric,
    predict: (failures, some) => analyse({ fabric, flows: some, failures }),
    wantedOf: () => wanted,
    home,
    ...(found.kind === 'node' ? { flows, chassis: found.chassis } : { flows: found.flows }),
  });
}

type Explained = Exclude<ReturnType<typeof explain>, undefined | { kind: 'absent' }>;

function explained(...asked: Parameters<typeof explain>): Explained {
  const [text] = asked;
  const found = explain(...asked);
  if (found === undefined || 'known' in found) throw new Error(`${text} is not there`);
  return found;
}

/** What breaks it, as `whatif --fail` writes it, with the effect. */
function dependencies({ dependsOn }: Explained): readonly string[] {
  return dependsOn.map(
    ({ failures, effect }) => `${failures.map((each) => namedFailure(each, String)).join()} ${effect}`,
  );
}

test('the address of the field story is on the node of its pod, and both gateways may die', () => {
  const told = explained(address, story([distributed]));
  expect(told.berth).toEqual({ chassis: 'pod-node', how: 'derived' });
  expect(told.placement?.because).toContain(`logical_port=web.default and external_mac=${mac}`);
  expect(told.placement?.columns.map(({ name, value }) => [name, value])).toEqual([
    ['type', 'dnat_and_snat'],
    ['logical_port', 'web.default'],
    ['external_mac', mac],
  ]);
  expect(told.now.outcome).toBe('delivered');
  const depends = dependencies(told);
  expect(depends).toEqual(
    expect.arrayContaining(['host:pod-node lost', 'uplink:pod-node lost', 'mapping:pod-node lost']),
  );
  expect(depends.filter((each) => /gw-|other/.test(each))).toEqual([]);
  expect(told.independentOf[0]).toEqual({
    failures: [
      { kind: 'host', node: 'gw-1' },
      { kind: 'host', node: 'gw-2' },
    ],
    of: 'gateways',
  });
  expect(told.change).toEqual([expect.stringContaining('is lost when gw-1 and gw-2 die together')]);
});

test('centralized it depends on a gateway, its uplink and the tunnel', () => {
  const told = explained(address, story([centralized]));
  expect(told.berth).toEqual({ chassis: 'gw-1', how: 'derived' });
  expect(told.placement?.because).toContain('no logical_port and no external_mac');
  expect(dependencies(told)).toEqual(
    expect.arrayContaining([
      'host:pod-node lost',
      'uplink:gw-1 lost',
      'host:gw-1,host:gw-2 lost',
      'host:gw-1 moved',
      'tunnel:pod-node lost',
    ]),
  );
  expect(told.independentOf.some(({ of }) => of === 'gateways')).toBe(false);
  expect(told.independentOf).toContainEqual({ failures: [{ kind: 'host', node: 'gw-2' }], of: 'node' });
});

test('what is lost by one gateway alone is not told again of both', () => {
  const world = story([centralized], 'gw-1');
  const told = explained(address, world);
  expect(dependencies(told)).toContain('host:gw-1 lost');
  expect(dependencies(told)).not.toContain('host:gw-1,host:gw-2 lost');
});

test('nothing is said to be needless for what does not work', () => {
  const world = story([distributed]);
  const nodes = world.nodes.map((node) => (node.name === 'pod-node' ? { ...node, mappings: [] } : node));
  const told = explained(address, { ...world, nodes });
  expect(told.now.outcome).toBe('lost');
  expect(told.dependsOn).toEqual([]);
  expect(told.independentOf).toEqual([]);
});

test('a node tells what lives on it and what its loss costs', () => {
  const told = explained(
    'node/gw-1',
    story([centralized, { type: 'snat', externalIp: '10.9.101.2', logicalIp: '192.168.0.0/24' }]),
  );
  expect(told.node?.gatewayOf).toEqual([expect.objectContaining({ priority: 100, isActive: true })]);
  expect(told.now.addresses.map(({ flow }) => flow.externalIp).sort()).toEqual(['10.9.101.2', address]);
  expect(told.node?.loss.length).toBeGreaterThan(2);
  expect(told.node?.loss.every(({ moved, after }) => moved && after.berth === 'gw-2')).toBe(true);
  expect(explained('node/other', story([centralized])).node?.loss).toEqual([]);
});

test.each([
  ['gw-1', centralized, 'moved'],
  ['pod-node', distributed, 'lost'],
])('of %s, whose ovn-controller hangs, its loss is more than nothing', (node, nat, effect) => {
  const hangs = { controllerRuns: true, controllerConnected: false, controllerHangs: true } as const;
  const reports = [{ node, chassis: node, ...hangs }];
  const told = explained(`node/${node}`, story([nat]), undefined, 'folder', reports);
  expect(told.now.outcome).toBe('unknown');
  const effects = told.node?.loss.map((each) => lossOf(each, node));
  expect(new Set(effects)).toEqual(new Set([effect]));
});

test.each([
  'eip/web',
  'vpc/vpc1',
  'subnet/external0',
  'subnet/subnet1',
  'pod/default/web',
  '192.168.0.4',
  'nat/vpc1/dnat_and_snat/10.9.101.9',
])('%s is the same address', (text) => {
  const told = explained(text, story([distributed]));
  expect(told.target).toBe(text);
  expect(told.now.addresses.map(({ flow }) => flow.externalIp)).toEqual([address]);
  expect(told.berth?.chassis).toBe('pod-node');
});

test('a pod without an address of its own leaves by the source NAT of its network, else by plain routes', () => {
  const shared: WorldNat = { type: 'snat', externalIp: '10.9.101.2', logicalIp: '192.168.0.0/24' };
  const [byNat] = explained('pod/default/db', story([shared])).now.addresses;
  expect(byNat).toMatchObject({
    flow: { externalIp: '10.9.101.2', logicalPort: 'db.default' },
    outbound: { berth: 'gw-1' },
  });
  const [routed] = explained('pod/default/db', story([])).now.addresses;
  expect(routed).toMatchObject({ flow: { kind: 'routed', logicalPort: 'db.default' } });
});

test('what is not there is told with what is', () => {
  expect(explain('vpc/vpc2', story([distributed]))).toEqual({ kind: 'absent', known: ['vpc/vpc1'] });
  expect(explain('node/gw-3', story([distributed]))).toMatchObject({
    kind: 'absent',
    known: expect.arrayContaining(['node/gw-1']),
  });
  expect(explain('eip/wep', story([distributed]))).toEqual({ kind: 'absent', known: ['eip/web'] });
  expect(explain('10.9.101.8', story([distributed]))).toMatchObject({ kind: 'absent' });
});

test('hundreds of addresses at once have no one place', () => {
  const told = explained(
    'vpc/vpc1',
    story([distributed, { ...centralized, externalIp: '10.9.101.10', logicalIp: '192.168.0.5' }]),
  );
  expect(told.placement).toBeUndefined();
  expect(told.berth).toBeUndefined();
  expect(told.now.addresses).toHaveLength(2);
});

test('of several addresses it is said which of them a failure takes', () => {
  const other = { ...centralized, externalIp: '10.9.101.10', logicalIp: '192.168.0.5' };
  const told = explained('vpc/vpc1', story([distributed, other]));
  const of = (failures: string) =>
    told.dependsOn
      .filter((each) => each.failures.map((one) => namedFailure(one, String)).join() === failures)
      .map(({ effect, targets, ofTargets }) => [effect, targets, ofTargets]);
  expect(of('host:gw-1,host:gw-2')).toEqual([['lost', ['nat/vpc1/dnat_and_snat/10.9.101.10'], 2]]);
  expect(of('host:gw-1')).toEqual([['moved', ['nat/vpc1/dnat_and_snat/10.9.101.10'], 2]]);
  expect(of('host:pod-node')).toEqual([['lost', [`nat/vpc1/dnat_and_snat/${address}`], 2]]);
});

test('one effect of a failure does not hide another', () => {
  const here = { ...distributed, logicalPort: 'web.default' };
  const other = { ...centralized, externalIp: '10.9.101.10', logicalIp: '192.168.0.5' };
  const told = explained('vpc/vpc1', story([here, other], 'gw-1'));
  const found = told.dependsOn.filter(
    ({ failures }) => failures.length === 1 && failures[0]?.kind === 'host',
  );
  const ofGateway = found.filter(({ failures: [host] }) => host && 'node' in host && host.node === 'gw-1');
  expect(ofGateway.map(({ effect, targets }) => [effect, targets.length])).toEqual([
    ['lost', 1],
    ['moved', 1],
  ]);
});

test('a node that forwards in the kernel is told of where something depends on its vswitchd', () => {
  const world = story([distributed]);
  const kernel = (name: string): OvnWorld => ({
    ...world,
    nodes: world.nodes.map((node) => (node.name === name ? { ...node, datapath: 'system' } : node)),
  });
  expect(explained(address, kernel('pod-node')).assumptions).toContainEqual(
    expect.stringMatching(/^pod-node forward in the kernel: /),
  );
  expect(explained(address, kernel('gw-1')).assumptions.join()).not.toContain('kernel');
});

test('what was asked for already needs no other change than to be applied', () => {
  const field = { object: { kind: 'OvnFip', name: 'web' }, field: 'spec.type' };
  const [asked] = explained(address, story([distributed]), {
    wanted: 'centralized',
    decidedBy: [field],
  }).change;
  expect(asked).toMatch(/^berth apply: .*by ovn-fip\/web spec.type/);
  expect(asked).not.toContain('set spec.type');
  const [other] = explained(address, story([distributed]), { wanted: 'distributed', decidedBy: [] }).change;
  expect(other).not.toContain('berth apply:');
});

test('what was taken over and is kept there is lifted first, by its mark or by the annotation', () => {
  const marked = (keep: string): WorldNat => ({
    ...distributed,
    externalIds: { [originKey]: 'ovn-fip/web', [keptKey]: keep },
  });
  const changes = (nat: WorldNat, wanted?: WantedPlacement, home?: Home) =>
    explained(address, story([nat]), wanted, home).change.join();
  expect(changes(marked('{"placement":"distributed"}'))).toMatch(
    /^berth adopt --lift ovn-fip\/web first, .*; then, unless that is asked for already, set spec.type: centralized on ovn-fip\/web and apply/,
  );
  const decidedBy = [
    { object: { kind: 'OvnFip', name: 'web' }, field: "metadata.annotations['berth.dev/keep']" },
  ];
  expect(changes(marked(''), { wanted: 'distributed', decidedBy }, 'cluster')).toMatch(
    /^berth adopt --kube --lift ovn-fip\/web first, /,
  );
  expect(changes(marked('{"mac":"0a:00:00:00:00:01"}'))).toMatch(/^set spec.type: centralized/);
});

test('what a cluster asks for takes its controller, and no command that there is not', () => {
  const wanted = { wanted: 'centralized', decidedBy: [] } as const;
  const inHome = (home: Home) => explained(address, story([distributed]), wanted, home).change.join();
  expect(inHome('cluster')).toMatch(
    /^nothing but have berth-controller at work: .*\(berth plan --kube shows the difference\)/,
  );
  expect(inHome('lab-cluster')).toMatch(/^nothing but have berth run --kube at work: /);
});

test('gateway-local that comes to the other place needs to be applied, and else another wish', () => {
  const decidedBy = [{ object: { kind: 'GatewayPolicy', name: 'p' }, field: 'spec.placement' }];
  const wanted = { wanted: 'gateway-local', effective: 'gateway-local', decidedBy } as const;
  const changes = (nat: WorldNat, runsAt: 'distributed' | 'centralized') =>
    explained(address, story([nat]), { ...wanted, runsAt }).change.join();
  expect(changes(distributed, 'centralized')).toMatch(/^berth apply: .*by gatewaypolicy\/p spec.placement/);
  expect(changes(distributed, 'distributed')).toMatch(/^set spec.placement: Centralized on gatewaypolicy\/p/);
  expect(changes({ ...centralized, logicalPort: 'web.default' }, 'distributed')).toMatch(/^berth apply: /);
});

test('what does not work now is a finding, once for both ways', () => {
  const world = story([distributed]);
  const nodes = world.nodes.map((node) => (node.name === 'pod-node' ? { ...node, mappings: [] } : node));
  const broken = (each: OvnWorld) => {
    const { nb, sb } = ovnWorld(each);
    const fabric = fabricOf(nb, sb);
    return brokenNow(analyse({ fabric, flows: flowsOf(nb, fabric), failures: [] }).verdicts);
  };
  expect(broken(world)).toEqual([]);
  expect(broken({ ...world, nodes })).toMatchObject([
    {
      code: 'no-bridge-mapping',
      severity: 'error',
      object: { kind: 'NAT', name: `vpc1/dnat_and_snat/${address}` },
      message: expect.stringContaining('inbound and outbound'),
    },
  ]);
  // What a row itself stops the audit tells.
  expect(broken(story([{ ...distributed, externalMac: 'none' }]))).toEqual([]);
});

test('that a port is bound to no node is no error where its address waits for the next pod', () => {
  const { nb, sb } = ovnWorld(story([distributed]));
  const fabric = fabricOf(nb, sb);
  const claims = new Map([...fabric.claims].filter(([port]) => port.startsWith('cr-')));
  const bindings = new Map(
    [...(fabric.dataPlane?.bindings ?? [])].map(([name, each]) => [
      name,
      { ...each, chassis: name.startsWith('cr-') ? each.chassis : undefined },
    ]),
  );
  const unbound = {
    ...fabric,
    claims,
    ...(fabric.dataPlane && { dataPlane: { ...fabric.dataPlane, bindings } }),
  };
  const codes = (isKept: boolean) => {
    const flows = flowsOf(nb, unbound).map((flow) => ({ ...flow, away: { why: 'gone', isKept } }));
    return brokenNow(analyse({ fabric: unbound, flows, failures: [] }).verdicts).map(({ code }) => code);
  };
  expect(codes(false)).toEqual(['workload-down']);
  expect(codes(true)).toEqual([]);
});

test('a row of nobody that leads to an address without a port is told, an SNAT for nobody yet is not', () => {
  const broken = (nat: WorldNat) => {
    const { nb, sb } = ovnWorld(story([nat]));
    const fabric = fabricOf(nb, sb);
    return brokenNow(analyse({ fabric, flows: flowsOf(nb, fabric), failures: [], strict: false }).verdicts);
  };
  expect(broken({ ...centralized, logicalIp: '192.168.0.99' })).toMatchObject([
    {
      ...{ code: 'location-unknown', severity: 'warning' },
      object: { kind: 'NAT', name: `vpc1/dnat_and_snat/${address}` },
      message: `nobody can tell whether ${address} works, inbound and outbound: it is not known which port has the address 192.168.0.99`,
    },
  ]);
  expect(broken(centralized)).toEqual([]);
  expect(broken({ ...centralized, type: 'snat', logicalIp: '192.168.77.0/24' })).toEqual([]);
});

test('of a load-balancer of nobody whose virtual address another has too it is told what to take from it', () => {
  const { nodes, routers } = story([centralized]);
  const externals = [{ name: 'external0', subnets: ['10.9.0.0/16'] }];
  const vips = (backend: string) => ({ '10.9.101.20:80': backend });
  const balancers = [
    { name: 'one', vips: vips('192.168.0.4:80') },
    { name: 'two', vips: vips('192.168.0.4:81') },
  ];
  const { nb, sb } = ovnWorld({ nodes, externals, routers: routers.map((each) => ({ ...each, balancers })) });
  const fabric = fabricOf(nb, sb);
  const found = brokenNow(
    analyse({ fabric, flows: flowsOf(nb, fabric), failures: [], strict: false }).verdicts,
  );
  expect(found).toMatchObject([
    { code: 'location-unknown', cure: expect.stringContaining('ovn-nbctl lr-lb-list vpc1') },
  ]);
});

/** Explains the address of the story with some rows of NB otherwise. */
function explainedWith(nat: WorldNat, change: (nb: Snapshot<NbTables>) => readonly TableChange[]) {
  const { nb, sb } = ovnWorld(story([nat]));
  const changed = changeSnapshot(nb, change(nb));
  const fabric = fabricOf(changed, sb);
  const flows = flowsOf(changed, fabric);
  return explanationOf({
    ...{ target: address, nb: changed, fabric, flows },
    predict: (failures, some) => analyse({ fabric, flows: some, failures }),
  });
}

function gatewayPortWith(columns: Columns) {
  return (nb: Snapshot<NbTables>): readonly TableChange[] => {
    const row = [...nb.table('Logical_Router_Port')].find(({ gateway_chassis }) => gateway_chassis.size > 0);
    if (row === undefined) throw new Error('no gateway port');
    const changes = [{ uuid: row._uuid, after: { ...row, gateway_chassis: new Set<Uuid>(), ...columns } }];
    return [{ table: 'Logical_Router_Port', changes }];
  };
}

test.each([distributed, centralized])(
  'of a router without gateways every node behind it answers: %o',
  (nat) => {
    const told = explainedWith(nat, gatewayPortWith({}));
    expect(told.berth).toEqual({ chassis: 'other', how: 'conflict' });
    expect(told.now.addresses[0]?.inbound).toMatchObject({
      ...{ outcome: 'lost', reason: 'nat-ignored', conflict: ['other', 'pod-node'] },
    });
    expect(told.placement?.because).toBe(
      'no gateway port of router vpc1 serves it, so OVN translates it nowhere',
    );
  },
);

test('a group of nobody is enough for what is answered at its workload, and for nothing else', () => {
  const uuid = '00000000-0000-4000-9000-000000000002' as Uuid;
  const [group] = snapshotOf<NbTables>(nbSchema, { HA_Chassis_Group: [{ _uuid: uuid, name: 'g' }] }).table(
    'HA_Chassis_Group',
  );
  if (group === undefined) throw new Error('no group');
  const change = (nb: Snapshot<NbTables>): readonly TableChange[] => [
    ...gatewayPortWith({ ha_chassis_group: uuid })(nb),
    { table: 'HA_Chassis_Group', changes: [{ uuid, after: group }] },
  ];
  const { nb, sb } = ovnWorld(
    story([distributed, { ...centralized, externalIp: '10.9.101.10', logicalIp: '192.168.0.5' }]),
  );
  const changed = changeSnapshot(nb, change(nb));
  const present = fabricOf(changed, sb, [], { groupsFrom: 'nb' });
  const { verdicts } = analyse({ fabric: present, flows: flowsOf(changed, present), failures: [] });
  const states = verdicts
    .filter(({ flow }) => flow.direction === 'inbound')
    .map(({ flow, after }) => [flow.placement, after.outcome, after.reason]);
  expect(states.toSorted()).toEqual([
    ['centralized', 'lost', 'no-gateway'],
    ['distributed', 'delivered', undefined],
  ]);
});

test('an address whose workload no chassis has works nowhere else either', () => {
  const { routers, ...world } = story([distributed]);
  const away = routers.map((router) => ({
    ...router,
    subnets: router.subnets?.map((subnet) => ({
      ...subnet,
      pods: subnet.pods?.map((pod) => ({ ...pod, node: pod.name === 'web.default' ? undefined : pod.node })),
    })),
  }));
  const told = explained(address, { ...world, routers: away } as OvnWorld);
  expect(told.now.outcome).toBe('lost');
  expect(told.change).toEqual([]);
  expect(explained(address, story([distributed])).change).not.toEqual([]);
});
