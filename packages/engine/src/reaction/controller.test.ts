import {
  analyse,
  compiledTables,
  type ExternalFlow,
  type FailureSet,
  fabricOf,
  flowsOf,
  intentOf,
  operations,
  Planner,
  parseFailures,
  resolveFailures,
  type Verdict,
  withInstalled,
  type withWrites,
} from '@berth/core';
import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { applyTransaction } from '@berth/ovsdb/check';
import { type Snapshot, snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { folderReader } from '@berth/source';
import { beforeAll, expect, test } from 'vitest';
import { preview } from '../pass/prepare.ts';
import { controllerOf } from './controller.ts';

const folder = new URL('../../../../examples/01-field-story', import.meta.url).pathname;
const settings = { instance: 'default', defaultExternalSubnet: 'external' };
const names = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'];
const [workload, first, second] = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'];

/** All gateways down is not down: the workload's node answers meanwhile. */
const policy: Stage['resources']['GatewayPolicy'][number] = {
  apiVersion: 'gateway.berth.dev/v1alpha1',
  kind: 'GatewayPolicy',
  metadata: {
    name: 'available',
    labels: {},
    annotations: {},
    finalizers: [],
    ownerReferences: [],
    generation: 1,
  },
  spec: {
    targetRefs: [{ group: 'kubeovn.io', kind: 'Vpc', name: 'vpc1' }],
    placement: 'Centralized',
    onGatewayLoss: 'Distribute',
  },
};

let counter = 0;
const newUuid = (): Uuid => `00000000-0000-4000-9000-${String(++counter).padStart(12, '0')}` as Uuid;

/** What northd and the chassis make of an NB: the group in its order, served by its first member. */
function southOf(
  members: readonly string[],
  witnesses: readonly string[],
  place: string,
): Snapshot<SbTables> {
  const chassis = new Map(names.map((name) => [name, newUuid()]));
  const rows = members.map((name, index) => ({
    _uuid: newUuid(),
    chassis: chassis.get(name),
    priority: 100 - index,
    external_ids: new Map([['chassis-name', name]]),
  }));
  const group = newUuid();
  return snapshotOf<SbTables>(sbSchema, {
    Chassis: names.map((name) => ({
      _uuid: chassis.get(name) ?? newUuid(),
      name,
      hostname: name,
      other_config: new Map([
        ['ovn-bridge-mappings', 'external0:br-external0'],
        ['datapath-type', 'netdev'],
      ]),
    })),
    HA_Chassis: rows,
    HA_Chassis_Group: [
      {
        _uuid: group,
        name: 'vpc1-external0',
        ha_chassis: new Set(rows.map(({ _uuid }) => _uuid)),
        ref_chassis: new Set(witnesses.flatMap((name) => chassis.get(name) ?? [])),
      },
    ],
    MAC_Binding: [{ logical_port: 'vpc1-external0', ip: '10.9.101.1', mac: '02:00:00:00:00:01' }],
    Port_Binding: [
      { logical_port: 'web.default', chassis: chassis.get(place), tunnel_key: 1, datapath: newUuid() },
      {
        logical_port: 'cr-vpc1-external0',
        type: 'chassisredirect',
        chassis: chassis.get(members[0] ?? ''),
        ha_chassis_group: group,
        tunnel_key: 2,
        datapath: newUuid(),
      },
    ],
  } as never);
}

type Stage = {
  readonly nb: Snapshot<NbTables>;
  readonly sb: Snapshot<SbTables>;
  readonly resources: Parameters<typeof withWrites>[0];
};

/** The field story with its floating IP as asked, programmed and settled. */
async function stage(
  type: 'distributed' | 'centralized',
  witnesses: readonly string[],
  place = workload,
  policies: Stage['resources']['GatewayPolicy'] = [],
): Promise<Stage> {
  await using reader = folderReader({ folder, now: () => '2026-01-01T00:00:00Z' });
  const sb = southOf([first, second], witnesses, place);
  const nothing = snapshotOf<NbTables>(nbSchema, {});
  const fabric = fabricOf(nothing, sb);
  const listed = await preview(reader, fabric, settings);
  const asked = listed.listing.resources;
  const resources = {
    ...asked,
    GatewayPolicy: policies,
    OvnFip: asked.OvnFip.map((fip) => ({ ...fip, spec: { ...fip.spec, type } })),
  };
  const { intent } = intentOf(resources, fabric, settings);
  const { changes } = new Planner({ db: 'NB', tables: compiledTables, instance: 'default' }).plan(
    intent,
    nothing,
  );
  const outcome = applyTransaction(nothing, operations(changes), { newUuid });
  if (outcome.kind !== 'committed') throw new Error('refused');
  return { nb: outcome.snapshot, sb, resources };
}

/** The same once the floating IP has changed, which a chassis has not carried out. */
function lacking({ nb, sb, resources }: Stage, chassis: string): Stage {
  const [nat] = nb.table('NAT');
  const dated = applyTransaction(
    nb,
    [
      nb.table('NB_Global').size === 0
        ? { op: 'insert', table: 'NB_Global', row: { nb_cfg: 7 } }
        : { op: 'update', table: 'NB_Global', where: [], row: { nb_cfg: 7 } },
      {
        ...{ op: 'mutate', table: 'NAT', where: nat ? [['_uuid', '==', nat._uuid]] : [] },
        mutations: [['external_ids', 'insert', new Map([['berth.dev/change', '7']])]],
      },
    ],
    { newUuid },
  );
  if (dated.kind !== 'committed') throw new Error(JSON.stringify(dated));
  const progress = names.map((name) => ({ _uuid: newUuid(), name, nb_cfg: name === chassis ? 5 : 7 }));
  const tables = Object.fromEntries(sb.tableNames.map((name) => [name, [...sb.table(name as 'Chassis')]]));
  const behind = snapshotOf<SbTables>(sbSchema, { ...tables, Chassis_Private: progress } as never);
  return { nb: dated.snapshot, sb: behind, resources };
}

function say(verdict: Verdict | undefined): string {
  const { outcome, berth, reason } = verdict?.after ?? {};
  return `${outcome} ${outcome === 'delivered' ? berth : reason}`;
}

/** `delivered vnode-117-46`, or `lost uplink-down`: with the controller, and OVN alone. */
function foretold(stage: Stage, text: string, way?: ExternalFlow['direction']) {
  const [alone, answered] = verdictsOf(stage, text, way);
  return { alone: say(alone), answered: say(answered) };
}

/** Of OVN alone, and with the controller. */
function verdictsOf({ nb, sb, resources }: Stage, text: string, way: ExternalFlow['direction'] = 'inbound') {
  const fabric = fabricOf(nb, sb);
  const parsed = parseFailures(text, names);
  if (parsed.kind === 'invalid') throw new Error(parsed.error.message);
  const resolved = resolveFailures(parsed.sets, fabric);
  if (resolved.kind === 'invalid') throw new Error(resolved.error.message);
  const flows = flowsOf(nb, fabric).filter(
    ({ target, direction }) => target === 'fip/web' && direction === way,
  );
  const controller = controllerOf({ nb, sb, resources, settings });
  return [undefined, controller].map(
    (each) => analyse({ fabric, flows, failures: resolved.sets, controller: each }).verdicts[0],
  );
}

let available: Stage;
let centralized: Stage;
let distributed: Stage;
let unwitnessed: Stage;
let onGateway: Stage;

beforeAll(async () => {
  centralized = await stage('centralized', [workload]);
  unwitnessed = await stage('centralized', []);
  onGateway = await stage('centralized', [second], second);
  distributed = await stage('distributed', [workload]);
  available = await stage('centralized', [workload], workload, [policy]);
});

test.each<[string, string, string]>([
  [`uplink:${first}`, 'lost uplink-down', `delivered ${second}`],
  [`mapping:${first}`, 'lost no-bridge-mapping', `delivered ${second}`],
  [`zombie:${first}`, 'lost flows-missing', `delivered ${second}`],
  [`ovn-controller-exit:${first}`, 'unknown two-answerers', `delivered ${second}`],
  [`host:${first}`, `delivered ${second}`, `delivered ${second}`],
  [`host:${first},host:${second}`, 'lost no-gateway', 'lost no-gateway'],
  [`host:${first},berth-controller`, `delivered ${second}`, `delivered ${second}`],
  [`uplink:${first},berth-controller`, 'lost uplink-down', 'lost uplink-down'],
  [`uplink:${first},northd`, 'lost uplink-down', 'lost uplink-down'],
  [`uplink:${first};uplink:${second}`, 'lost uplink-down', 'lost uplink-down'],
  ['upstream:external0', 'lost network-down', 'lost network-down'],
  [`ovn-controller:${first}`, `delivered ${first}`, `delivered ${first}`],
  [`ovn-controller:${second};notready:${first}`, `delivered ${first}`, `delivered ${first}`],
  [`ovn-controller:${second},notready:${first}`, `delivered ${first}`, `delivered ${first}`],
])('a centralized address under %s: alone %s, with a controller %s', (failures, alone, answered) => {
  expect(foretold(centralized, failures)).toEqual({ alone, answered });
});

test('an address that becomes distributed meanwhile is said to', () => {
  const { nb, sb, resources } = available;
  const fabric = fabricOf(nb, sb);
  const flows = flowsOf(nb, fabric).filter(({ direction }) => direction === 'inbound');
  const controller = controllerOf({ nb, sb, resources, settings });
  const say = (failures: FailureSet) =>
    analyse({ fabric, flows, failures: [failures], controller }).verdicts[0];
  const both = say([first, second].map((node) => ({ kind: 'host', node }) as const));
  expect(both).toMatchObject({
    flow: { placement: 'centralized' },
    placementAfter: 'distributed',
    after: { outcome: 'delivered', berth: workload },
    why: expect.stringContaining('it becomes distributed, answered where its workload is'),
  });
  const one = say([{ kind: 'host', node: first }]);
  expect(one).not.toHaveProperty('placementAfter');
  expect(one?.why).not.toContain('becomes');
});

test('what was answered stays answered when something else fails that needs no answer', () => {
  const other = `uplink:${workload};notready:${second}`;
  expect(foretold(distributed, other)).toEqual({ alone: 'lost uplink-down', answered: `delivered ${first}` });
});

test('gateways that left one after the other: the last one answers for the workloads on it, the first is kept from it', () => {
  const both = `ovn-controller-exit:${first};ovn-controller-exit:${second}`;
  expect(foretold(onGateway, both).answered).toBe(`delivered ${second}`);
});

test('what a gateway that left translates for workloads on it is not kept from them: it never gets to the wire', () => {
  const both = `uplink:${first};ovn-controller-exit:${second}`;
  expect(foretold(onGateway, both, 'hairpin').answered).toBe(`delivered ${second}`);
  expect(foretold(onGateway, both, 'outbound').answered).toBe('lost gateway-fenced');
  expect(foretold(onGateway, both).answered).toBe('lost uplink-down');
  expect(verdictsOf(onGateway, both, 'outbound')[1]?.why).toBe(
    `${second} does not run ovn-controller and is kept from answering for the gateway, which another node serves`,
  );
});

test.each([`uplink:${first},zombie:${second}`, `zombie:${first},uplink:${second}`])(
  'a gateway that only lost its uplink serves what stays inside, and not one without flows: %s',
  (failures) => {
    const able = failures.startsWith('uplink') ? first : second;
    expect(foretold(centralized, failures, 'hairpin').answered).toBe(`delivered ${able}`);
  },
);

test('the last gateway takes over when the dead one has left SB', () => {
  expect(foretold(unwitnessed, `host:${first}`)).toEqual({
    alone: 'lost gateway-unclaimed',
    answered: `delivered ${second}`,
  });
});

test('a distributed address whose node lost its uplink goes to a gateway', () => {
  expect(foretold(distributed, `uplink:${workload}`)).toEqual({
    alone: 'lost uplink-down',
    answered: `delivered ${first}`,
  });
  expect(foretold(distributed, `host:${workload}`)).toEqual({
    alone: 'lost workload-down',
    answered: 'lost workload-down',
  });
});

test('a gateway that hung before anything failed takes nothing over in a prediction either', () => {
  const { nb, sb } = centralized;
  const resources = {
    ...centralized.resources,
    Node: centralized.resources.Node.map((node) =>
      node.metadata.name === first ? { ...node, metadata: { ...node.metadata, labels: {} } } : node,
    ),
  };
  const hung = { controllerRuns: true, controllerConnected: false, controllerHangs: true as const };
  const reports = names.map((name) => ({
    ...{ node: name, chassis: name, isFresh: true, flowsInstalled: true },
    ...(name === second ? hung : { controllerRuns: true, controllerConnected: true }),
  }));
  const fabric = fabricOf(nb, sb, reports);
  const flows = flowsOf(nb, fabric).filter(({ direction }) => direction === 'inbound');
  const controller = controllerOf({ nb, sb, resources, settings });
  const after = (kind: 'uplink' | 'notready', node: string) =>
    analyse({ fabric, flows, failures: [[{ kind, node }]], controller }).verdicts[0]?.after;
  expect(after('uplink', workload)).toMatchObject({ outcome: 'delivered', berth: first });
  expect(after('notready', first)).toMatchObject({ outcome: 'delivered', berth: first });
});

test.each([`control:${second}`, `agent:${second},ovn-controller:${second}`])(
  'a standby that stands still with its agent silent takes nothing over: %s',
  (still) => {
    const failures = `${still};uplink:${first}`;
    expect(foretold(centralized, failures).answered).toBe('lost uplink-down');
    expect(foretold(centralized, failures, 'hairpin').answered).toBe(`delivered ${first}`);
    expect(foretold(available, failures).answered).toBe(`delivered ${workload}`);
    // How it stands is known by then; where it is not, that has to last.
    const ms = (text: string) => verdictsOf(available, text)[1]?.outage?.ms ?? 0;
    expect(ms(`${still},uplink:${first}`)).toBe(ms(failures) + 5_500);
  },
);

test('a standby whose agent alone is silent takes over', () => {
  expect(foretold(centralized, `agent:${second};uplink:${first}`).answered).toBe(`delivered ${second}`);
});

test('a node that hangs sends to the gateway that takes over: it goes by its own end of BFD, and the controller reaches it not', () => {
  const { nb, sb, resources } = centralized;
  const reports = names.map((name) => ({
    ...{ node: name, chassis: name, isFresh: true, flowsInstalled: true, controllerRuns: true },
    ...(name === workload ? { controllerConnected: false, controllerHangs: true as const } : {}),
  }));
  const fabric = fabricOf(nb, sb, reports);
  const flows = withInstalled(flowsOf(nb, fabric), fabric, { nb, sb }, () => true);
  const controller = controllerOf({ nb, sb, resources, settings });
  const failures: FailureSet = [{ kind: 'host', node: first }];
  const after = analyse({ fabric, flows, failures: [failures], controller }).verdicts.map(say);
  expect(after).toEqual(flows.map(() => `delivered ${second}`));
});

test('a gateway that hangs and lacks something gives way once its ovn-controller ends, if an agent is there to silence it', () => {
  const { nb, sb, resources } = lacking(centralized, first);
  const hung = { controllerRuns: true, controllerConnected: false, controllerHangs: true as const };
  const after = (agents: 'heard' | 'silent' | 'never said') => {
    const isFresh = agents === 'heard';
    const reports = names.map((name) => ({
      ...{ node: name, chassis: name, isFresh: true, flowsInstalled: true, controllerRuns: true },
      ...(name === first && { ...hung, isFresh }),
    }));
    const told = agents === 'never said' ? reports.filter(({ node }) => node !== first) : reports;
    const fabric = fabricOf(nb, sb, told);
    const flows = withInstalled(flowsOf(nb, fabric), fabric, { nb, sb }).filter(
      ({ direction }) => direction === 'inbound',
    );
    const bare = { node: first, chassis: first, isFresh: false };
    const silent = isFresh ? [] : [agents === 'silent' ? { ...bare, ...hung, flowsInstalled: true } : bare];
    const controller = controllerOf({ nb, sb, resources, settings, silent });
    const failures: FailureSet = [{ kind: 'ovn-controller', node: first }];
    return analyse({ fabric, flows, failures: [failures], controller }).verdicts.map(say);
  };
  expect(after('heard')).toEqual([`delivered ${second}`]);
  // Nobody tells that it has ended, and nobody would keep it from answering beside another.
  expect(after('silent')).toEqual(['lost node-frozen']);
  expect(after('never said')).toEqual(['lost node-frozen']);
});

test.each([true, false, undefined])(
  'what a gateway that hangs has of an address no failure elsewhere changes: %s',
  (has) => {
    const { nb, sb, resources } = onGateway;
    const reports = names.map((name) => ({
      ...{ node: name, chassis: name, isFresh: true, flowsInstalled: true, controllerRuns: true },
      ...(name === first ? { controllerConnected: false, controllerHangs: true as const } : {}),
    }));
    const fabric = fabricOf(nb, sb, reports);
    const flows = withInstalled(flowsOf(nb, fabric), fabric, { nb, sb }, () => has).filter(
      ({ target }) => target === 'fip/web',
    );
    const controller = controllerOf({ nb, sb, resources, settings });
    const say = (failures: readonly FailureSet[]) =>
      analyse({ fabric, flows, failures, controller }).verdicts.map(
        ({ after: { outcome, berth, missing } }) => ({ outcome, berth, missing }),
      );
    const now = say([]);
    expect(now.map(({ outcome }) => outcome)).toEqual(
      flows.map(() => (has === undefined ? 'unknown' : has ? 'delivered' : 'lost')),
    );
    expect(say([[{ kind: 'host', node: workload }]])).toEqual(now);
  },
);
