import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf, zeroUuid } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import { withSbMembers } from '../../fabric/database-members.ts';
import type { Fabric, NodeHealth } from '../../fabric/fabric.ts';
import type { Failure } from '../../fabric/failure.ts';
import { dataPlaneOf, floatingIpFlow, gatewayPort } from '../../testing/data-plane.ts';
import { analyse } from '../analyse.ts';
import { afterFailures, baseWorld } from '../world/world.ts';
import { assumptionsOf, flowAssumptions, predictionAssumptions } from './assumptions.ts';
import { contradictions } from './contradictions.ts';
import { withOvertaken } from './overtaken.ts';

const parts = { nodes: ['N', 'G', 'S'], gateways: ['G', 'S'], ports: { 'web.default': 'N' } };

function codes(fabric: Fabric): readonly string[] {
  return contradictions(fabric).map(({ code, object }) => `${code} ${object?.name}`);
}

function detailsWith(nbCfg: number) {
  return { row: zeroUuid, encapsulations: [], datapath: undefined, nbCfg, isRemote: false };
}

test('a settled network contradicts nothing', () => {
  expect(codes(dataPlaneOf(parts))).toEqual([]);
});

test('a gateway that nobody claims is found', () => {
  const fabric = dataPlaneOf(parts);
  const claims = new Map([...fabric.claims].filter(([port]) => port !== `cr-${gatewayPort}`));
  expect(codes({ ...fabric, claims })).toEqual([`gateway-unclaimed ${gatewayPort}`]);
});

test('of a gateway port that is off nobody is expected to act', () => {
  const fabric = dataPlaneOf(parts);
  const plane = fabric.dataPlane;
  if (plane === undefined) throw new Error('no data plane');
  const claims = new Map([...fabric.claims].filter(([port]) => port !== `cr-${gatewayPort}`));
  const groups = new Map([...plane.groups].map(([port, group]) => [port, { ...group, isOff: true }]));
  expect(codes({ ...fabric, claims, dataPlane: { ...plane, groups } })).toEqual([]);
});

test('a gateway that another one claims is found', () => {
  expect(codes(dataPlaneOf({ ...parts, claim: 'S' }))).toEqual([`gateway-moved ${gatewayPort}`]);
});

test('where nobody can act, an empty claim is no contradiction', () => {
  const fabric = dataPlaneOf({ ...parts, gateways: [] });
  expect(codes(fabric)).toEqual([]);
});

test('a chassis that lags behind the others is found', () => {
  const fabric = dataPlaneOf(parts);
  const chassis = new Map(
    [...fabric.chassis].map(([name, one]) => [name, { ...one, details: detailsWith(name === 'S' ? 5 : 7) }]),
  );
  expect(codes({ ...fabric, chassis })).toEqual(['chassis-stale S']);
});

test('what agents report is believed', () => {
  const fabric = dataPlaneOf(parts);
  const plane = fabric.dataPlane;
  if (plane === undefined) throw new Error('no data plane');
  const after = (report: Omit<NodeHealth, 'node'>) => {
    const told = { ...fabric, dataPlane: { ...plane, reports: [{ node: 'G', ...report }] } };
    const flows = [floatingIpFlow('inbound', 'centralized', 'web.default')];
    return analyse({ fabric: told, flows, failures: [] }).verdicts.map((verdict) => verdict.after.reason);
  };
  expect(after({ ready: false })).toEqual([undefined]);
  expect(after({ flowsInstalled: false })).toEqual(['flows-missing']);
  expect(after({ uplinks: new Map([['physical', false]]) })).toEqual(['uplink-down']);
});

test('a node that stands still delivers what it was told before, and of the rest nobody knows', () => {
  const fabric = dataPlaneOf(parts);
  const plane = fabric.dataPlane;
  if (plane === undefined) throw new Error('no data plane');
  const after = (told: Fabric, isInstalled?: boolean, failures: readonly Failure[] = []) => {
    const flow = floatingIpFlow('inbound', 'centralized', 'web.default');
    const flows = [isInstalled === undefined ? flow : { ...flow, installed: new Map([['G', isInstalled]]) }];
    const [verdict] = analyse({ fabric: told, flows, failures: [failures] }).verdicts;
    return [verdict?.after.reason ?? 'delivered', verdict?.after.berth].join(' ').trim();
  };
  const reports = [{ node: 'G', controllerRuns: false, flowsInstalled: true }];
  const stands = { ...fabric, dataPlane: { ...plane, reports } };
  expect(after(stands)).toBe('location-unknown G');
  expect(after(stands, true)).toBe('delivered G');
  expect(after(stands, false)).toBe('node-frozen');
  expect(after(stands, false, [{ kind: 'host', node: 'G' }])).toBe('delivered S');
  const done = (name: string) => (name === 'G' ? 5 : 7);
  const chassis = new Map(
    [...fabric.chassis].map(([name, one]) => [name, { ...one, details: detailsWith(done(name)) }]),
  );
  expect(after({ ...fabric, chassis })).toBe('location-unknown G');
  const running = { ...plane, reports: [{ node: 'G', controllerRuns: true }] };
  expect(after({ ...fabric, chassis, dataPlane: running })).toBe('delivered G');
});

test('a standby that stands still takes nothing over, whatever it has', () => {
  const fabric = dataPlaneOf(parts);
  const chassis = new Map(
    [...fabric.chassis].map(([name, one]) => [name, { ...one, details: detailsWith(name === 'S' ? 5 : 7) }]),
  );
  const flow = floatingIpFlow('inbound', 'centralized', 'web.default');
  const flows = [{ ...flow, installed: new Map([['S', true]]) }];
  const after = (node: string) =>
    analyse({ fabric: { ...fabric, chassis }, flows, failures: [[{ kind: 'host', node }]] }).verdicts.map(
      (verdict) => verdict.after.outcome,
    );
  expect([after('G'), after('S')]).toEqual([['lost'], ['delivered']]);
});

test('a node that stands still delivers nothing where its router had learned of nobody outside', () => {
  const fabric = dataPlaneOf(parts);
  const plane = fabric.dataPlane;
  if (plane === undefined) throw new Error('no data plane');
  const reports = [{ node: 'G', controllerRuns: false, flowsInstalled: true }];
  const after = (...learned: readonly string[]) => {
    const told = { ...fabric, dataPlane: { ...plane, reports }, learned: new Set(learned) };
    const flow = floatingIpFlow('inbound', 'centralized', 'web.default');
    const flows = [{ ...flow, installed: new Map([['G', true]]) }];
    const [verdict] = analyse({ fabric: told, flows, failures: [] }).verdicts;
    return verdict?.after.reason ?? verdict?.after.berth;
  };
  expect(after()).toBe('node-frozen');
  expect(after('another-port')).toBe('node-frozen');
  expect(after(gatewayPort)).toBe('G');
});

test.each([
  ['centralized', 'G'],
  ['distributed', 'N'],
] as const)(
  'the node of a workload that stands still and had learned of nobody outside sends nothing of what is %s',
  (placement, berth) => {
    const fabric = dataPlaneOf(parts);
    const plane = fabric.dataPlane;
    if (plane === undefined) throw new Error('no data plane');
    const reports = [{ node: 'N', controllerRuns: false, flowsInstalled: true }];
    const flow = {
      ...floatingIpFlow('inbound', placement, 'web.default'),
      installed: new Map([['N', true]]),
    };
    const after = (isSeen: boolean, ...learned: readonly string[]) => {
      const told = {
        ...{ ...fabric, dataPlane: { ...plane, reports }, learned: new Set(learned) },
        ...(isSeen && { learnedBy: new Map([['N', new Set(learned)]]) }),
      };
      const flows = withOvertaken([flow, { ...flow, direction: 'hairpin' }], told);
      const [verdict] = analyse({ fabric: told, flows: flows.slice(0, 1), failures: [] }).verdicts;
      return [
        verdict?.after.outcome,
        verdict?.after.reason ?? verdict?.after.berth,
        flows[1]?.overtaken?.chassis,
      ];
    };
    expect(after(true)).toEqual(['lost', 'node-frozen', undefined]);
    // SB may have forgotten whom it knew.
    expect(after(false)).toEqual(['unknown', 'node-frozen', undefined]);
    expect(after(false, gatewayPort)).toEqual(['delivered', berth, undefined]);
  },
);

test('a tunnel that an agent sees down is down, unless its other end sees it up', () => {
  const fabric = dataPlaneOf({ ...parts, nodes: ['N', 'G', 'S'] });
  const plane = fabric.dataPlane;
  if (plane === undefined) throw new Error('no data plane');
  const after = (...reports: readonly NodeHealth[]) => {
    const flows = [floatingIpFlow('inbound', 'centralized', 'web.default')];
    const told = { ...fabric, dataPlane: { ...plane, reports } };
    return analyse({ fabric: told, flows, failures: [] }).verdicts.map(({ after: { reason, berth } }) => [
      reason,
      berth,
    ]);
  };
  const sees = (node: string, ups: Readonly<Record<string, boolean>>) => ({
    node,
    tunnels: new Map(Object.entries(ups)),
  });
  expect(after(sees('G', { N: false, S: true }))).toEqual([['tunnel-down', 'G']]);
  expect(after(sees('G', { N: false }), sees('N', { G: true }))).toEqual([[undefined, 'G']]);
  expect(after({ ...sees('G', { N: false }), isFresh: false })).toEqual([[undefined, 'G']]);
  expect(after(sees('G', { N: false, S: false }), sees('S', { N: false }))).toEqual([
    ['gateway-unclaimed', undefined],
  ]);
});

test('in the strict sense nothing is known of chassis that nobody reports on', () => {
  const fabric = dataPlaneOf(parts);
  const plane = fabric.dataPlane;
  if (plane === undefined) throw new Error('no data plane');
  const assuming = { ...fabric, dataPlane: { ...plane, assumptions: ['all are taken as alive'] } };
  const flows = [floatingIpFlow('inbound', 'centralized', 'web.default')];
  const verdict = (strict: boolean) =>
    analyse({ fabric: assuming, flows, failures: [], strict }).verdicts.map(({ after }) => after);
  expect(verdict(false)).toMatchObject([{ outcome: 'delivered', berth: 'G' }]);
  expect(verdict(true)).toMatchObject([
    { outcome: 'unknown', missing: ['whether this holds: all are taken as alive'] },
  ]);
});

test('in the strict sense nothing is known of a flow that rests on something that is not worked out', () => {
  const fabric = dataPlaneOf(parts);
  const sure = floatingIpFlow('inbound', 'centralized', 'web.default');
  const flows = [sure, { ...sure, assumptions: ['an ACL takes a part'] }];
  const after = (strict: boolean) =>
    analyse({ fabric, flows, failures: [], strict }).verdicts.map((each) => each.after.outcome);
  expect([after(false), after(true)]).toEqual([
    ['delivered', 'delivered'],
    ['delivered', 'unknown'],
  ]);
});

test('what takes a part of a flow is told with predictions, and leaves nothing sure in the strict sense', () => {
  const fabric = dataPlaneOf(parts);
  const drop = {
    by: 'ACL 7',
    what: 'drops what has tcp',
    rows: [],
    cure: { how: 'delete it', command: 'c' } as const,
  };
  const partly = { drops: [drop], tried: [] };
  const flows = [{ ...floatingIpFlow('inbound', 'centralized', 'web.default'), partly }];
  expect(flowAssumptions(flows)).toEqual([]);
  expect(predictionAssumptions(flows)).toEqual(['ACL 7 drops what has tcp; the others are meant']);
  const { verdicts } = analyse({ fabric, flows, failures: [], strict: true });
  expect(verdicts[0]?.after.missing).toEqual(['whether this holds: no packet is meant that ACL 7 drops']);
});

test('what flows rest on is told once, and of many rows that there are more', () => {
  const sure = floatingIpFlow('inbound', 'centralized', 'web.default');
  const resting = (...places: readonly number[]) =>
    places.map((place) => ({ ...sure, assumptions: [`ACL ${place}`] }));
  expect(flowAssumptions([sure, ...resting(1, 2, 1)])).toEqual(['ACL 1', 'ACL 2']);
  const many = flowAssumptions(resting(...Array.from({ length: 20 }, (_, place) => place)));
  expect([many.length, many.at(-1)]).toEqual([9, expect.stringContaining('12 more ACLs and policies')]);
});

test('a dead host adds what is not known of the databases', () => {
  const fabric = dataPlaneOf(parts);
  expect(assumptionsOf(fabric, new Set(['uplink']))).toEqual([]);
  expect(assumptionsOf(fabric, new Set(['sb', 'host']))).toHaveLength(1);
});

test('SB is gone with the hosts of most of its members, and with it those who still choose', () => {
  const small = { nodes: ['N', 'G', 'S', 'O'], gateways: ['G', 'S'], ports: { 'web.default': 'N' } };
  const fabric = withSbMembers(
    dataPlaneOf(small),
    ['N', '10.0.0.9', 'gateway-1'],
    new Map([['gateway-1', 'G']]),
  );
  expect(fabric.dataPlane?.sbMembers).toEqual(['N', undefined, 'G']);
  const sbAfter = (...hosts: readonly string[]) =>
    afterFailures(
      baseWorld(fabric),
      hosts.map((node) => ({ kind: 'host' as const, node })),
    ).failed.sb;
  expect([sbAfter('G'), sbAfter('S', 'O', 'G'), sbAfter('N', 'G')]).toEqual([false, false, true]);
  expect(withSbMembers(fabric, []).dataPlane?.sbMembers).toEqual(['N', undefined, 'G']);
  const world = afterFailures(afterFailures(baseWorld(fabric), [{ kind: 'host', node: 'N' }]), [
    { kind: 'control', node: 'G' },
  ]);
  expect(world.failed.sb).toBe(true);
});

test('whether the last member of SB still tells that a gateway died with the others is not known', () => {
  const small = { nodes: ['N', 'G', 'S', 'O'], gateways: ['G', 'S'], ports: { 'web.default': 'N' } };
  const fabric = withSbMembers(dataPlaneOf(small), ['O', 'G', 'S']);
  const flows = [floatingIpFlow('inbound', 'centralized', 'web.default')];
  const after = (...failures: readonly Failure[]) =>
    analyse({ fabric, flows, failures: [failures] }).verdicts.map((verdict) => verdict.after.outcome);
  expect(after({ kind: 'host', node: 'G' })).toEqual(['delivered']);
  expect(after({ kind: 'host', node: 'G' }, { kind: 'host', node: 'O' })).toEqual(['unknown']);
  expect(after({ kind: 'host', node: 'G' }, { kind: 'sb' })).toEqual(['lost']);
});

test('where the databases run is an assumption, or it is known', () => {
  const fabric = dataPlaneOf(parts);
  expect(assumptionsOf(fabric, new Set(['host']))[0]).toContain('is not known');
  const known = withSbMembers(fabric, ['N', 'G', '10.0.0.9']);
  expect(assumptionsOf(known, new Set(['host']))[0]).toContain('a cluster of 3 (N, G, elsewhere)');
});

test('what the kernel may go on forwarding without vswitchd is told where it matters', () => {
  const fabric = dataPlaneOf(parts);
  const datapaths = { N: 'kernel', G: 'userspace', S: undefined } as const;
  const chassis = new Map(
    [...fabric.chassis].map(([name, one]) => {
      const datapath = datapaths[name as keyof typeof datapaths];
      return [
        name,
        { ...one, details: { row: zeroUuid, encapsulations: [], datapath, nbCfg: 1, isRemote: false } },
      ];
    }),
  );
  const told = assumptionsOf({ ...fabric, chassis }, new Set(['vswitchd']));
  expect(told).toEqual([
    expect.stringMatching(/^N forward in the kernel: /),
    expect.stringMatching(/^S do not say whether /),
  ]);
  expect(assumptionsOf({ ...fabric, chassis }, new Set(['uplink']))).toEqual([]);
});

test('a workload that is bound to no node is told with the node it is to be on, and whether that one stands still', () => {
  const plain = dataPlaneOf({ ...parts, ports: {} });
  const northbound = snapshotOf<NbTables>(nbSchema, {
    Logical_Switch_Port: [{ name: 'web.default', options: new Map([['requested-chassis', 'N']]) }],
  });
  const why = (more: Partial<Fabric>, away?: object) => {
    const flows = [{ ...floatingIpFlow('inbound', 'distributed', 'web.default'), ...away }];
    return analyse({ fabric: { ...plain, ...more }, flows, failures: [] }).verdicts[0]?.why;
  };
  const unbound = 'port web.default of its workload is bound to no node';
  expect(why({})).toBe(unbound);
  expect(why({ northbound })).toBe(
    `${unbound}: it is to be on N; see that ovn-controller runs there, and that the pod does`,
  );
  expect(why({ northbound }, { away: { why: 'its pod is gone', isKept: true } })).toBe(
    `${unbound}: its pod is gone`,
  );
  expect(why({ northbound, behind: new Map([['N', 5]]) })).toBe(
    `${unbound}: N, where it is to be, stands still (it has carried out nothing of NB since change 5); see that ovn-controller runs there and reaches SB, and start it anew where it hangs`,
  );
});
