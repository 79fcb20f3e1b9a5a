import { hostCidr, type Ip, parseCidr } from '@berth/net';
import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid, zeroUuid } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import type { Fabric, NodeHealth } from '../../fabric/fabric.ts';
import type { Inner } from '../../fabric/linger-inner.ts';
import { dataPlaneOf, floatingIpFlow, gatewayPort } from '../../testing/data-plane.ts';
import { analyse } from '../analyse.ts';
import type { ExternalFlow } from '../flow.ts';
import { sweep } from '../sweep/sweep.ts';
import { withStrays } from './strays.ts';

const row = '00000000-0000-4000-8000-000000000001' as Uuid;
const floating: Inner = { router: 'vpc1', network: hostCidr('192.168.0.4' as Ip), isFloating: true };
const hangs = { node: 'G', controllerRuns: true, controllerConnected: false, flowsInstalled: true };

/** An SNAT of 192.168.0.0/24, by a workload on N: its gateway G stands still, S is the next. */
const flow: ExternalFlow = {
  ...floatingIpFlow('outbound', 'centralized', 'web.default'),
  ...{ kind: 'source-nat', target: 'snat/office', externalIp: '10.9.101.20' },
  installed: new Map([['G', true]]),
  rows: [{ db: 'NB', table: 'NAT', uuid: row, name: '10.9.101.20' }],
};

type Given = {
  /** What G translated to 10.9.101.9; null where the mark does not say. */
  readonly inner?: readonly Inner[] | null;
  readonly reports?: readonly NodeHealth[];
  readonly claim?: string;
  /** Who stands still. */
  readonly chassis?: 'G' | 'N';
};

function fabricWith({ inner = [floating], reports = [hangs], claim = 'G', chassis = 'G' }: Given): Fabric {
  const plain = dataPlaneOf({
    ...{ nodes: ['N', 'G', 'S'], gateways: claim === 'G' ? ['G', 'S'] : ['S', 'G'] },
    ...{ ports: { 'web.default': 'N' }, claim },
  });
  const { dataPlane } = plain;
  if (!dataPlane) throw new Error('no data plane');
  const external = { network: 'physical', switchName: 'out', switchRow: zeroUuid, vlanId: 0 };
  const mark = {
    ...{ ip: '10.9.101.9' as Ip, switchName: 'out', chassis, object: 'ovn-fip/web' },
    ...{ mac: '02:00:00:00:00:01', change: { number: 6, isAfter: false } },
  };
  return {
    ...plain,
    northbound: snapshotOf<NbTables>(nbSchema, {
      NAT: [{ _uuid: row as never, type: 'snat', external_ip: '10.9.101.20', logical_ip: '192.168.0.0/24' }],
    }),
    behind: new Map([[chassis, 5]]),
    lingers: [{ ...mark, ...(inner && { inner }) }],
    dataPlane: {
      ...{ ...dataPlane, reports },
      externals: new Map([[zeroUuid, { ...external, routerPorts: [gatewayPort] }]]),
    },
  };
}

function told(given: Given, one = flow, failed?: string): string {
  const fabric = fabricWith(given);
  const flows = withStrays([one], fabric);
  const failures = failed === undefined ? [] : [[{ kind: 'host', node: failed } as const]];
  const [verdict] = analyse({ fabric, flows, failures }).verdicts;
  const { outcome, reason, berth } = verdict?.after ?? {};
  return `${[outcome, reason, berth].filter(Boolean).join(' ')}: ${verdict?.why}`;
}

test('what leaves by a gateway that stands still with a floating IP that was deleted does not leave as the rule says', () => {
  expect(told({})).toMatch(
    /^lost node-frozen: G stands still and translates 192\.168\.0\.4 to 10\.9\.101\.9/,
  );
  expect(told({ reports: [] })).toMatch(/^unknown node-frozen G: .* with which address it leaves/);
});

test('so it is without any NAT, and where it is not known whose packets they were', () => {
  const routed: ExternalFlow = { ...flow, kind: 'routed', externalIp: undefined };
  const wide: Inner = {
    ...floating,
    network: parseCidr('192.168.0.0/16') ?? expect.fail(),
    isFloating: false,
  };
  expect(told({}, routed)).toMatch(/^lost node-frozen/);
  expect(told({ inner: [wide] }, routed)).toMatch(/^lost node-frozen/);
  expect(told({ inner: null })).toMatch(/^unknown node-frozen G: .*may translate/);
});

test('others are not its, nor are those of which a longer prefix is the rule, nor what others deliver', () => {
  const wide: Inner = {
    ...floating,
    network: parseCidr('192.168.0.0/16') ?? expect.fail(),
    isFloating: false,
  };
  expect(told({ inner: [wide] })).toMatch(/^delivered G/);
  expect(told({ inner: [{ ...floating, router: 'vpc2' }] })).toMatch(/^delivered G/);
  expect(told({ inner: [] })).toMatch(/^delivered G/);
  expect(told({}, { ...flow, logicalIp: '192.168.0.5' })).toMatch(/^delivered G/);
  expect(told({ claim: 'S' })).toMatch(/^delivered S/);
  expect(told({}, flow, 'G')).toMatch(/^delivered S/);
});

test('the node of the workload goes on by itself with what was distributed there', () => {
  const still = { node: 'N', controllerRuns: false, flowsInstalled: true };
  expect(told({ chassis: 'N', reports: [still] })).toMatch(
    /^lost node-frozen: N stands still and translates/,
  );
  expect(told({ chassis: 'N', reports: [still], inner: [{ ...floating, isFloating: false }] })).toMatch(
    /^delivered G/,
  );
});

test('a sweep says so of this address, and not of others that go the same way', () => {
  const fabric = fabricWith({});
  const flows = withStrays([flow, { ...flow, logicalIp: '192.168.0.5' }], fabric);
  expect(sweep({ fabric, flows, kinds: ['host'] }).summary()).toMatchObject({ flows: 2, brokenBefore: 1 });
});
