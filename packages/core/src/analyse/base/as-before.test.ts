import { changeKey } from '@berth/api';
import { parseIp } from '@berth/net';
import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import type { LingerMark } from '../../fabric/linger-mark.ts';
import { dataPlaneOf, floatingIpFlow } from '../../testing/data-plane.ts';
import { analyse } from '../analyse.ts';
import type { ExternalFlow } from '../flow.ts';
import { sweep } from '../sweep/sweep.ts';
import { withInstalled } from './installed.ts';

const nat = '00000000-0000-4000-8000-000000000001' as Uuid;
const ids = (change: string) => new Map([[changeKey, change]]);
const [own, routers] = ['00:00:00:cc:00:01', '00:00:00:cc:00:fe'];
const web: Pick<LingerMark, 'object' | 'mac'> = { object: 'ovn-fip/web', mac: own };

type Given = {
  /** What the node had of the address when it stopped. */
  readonly had?: Pick<LingerMark, 'object' | 'mac'>;
  readonly placement?: ExternalFlow['placement'];
  readonly isBound?: boolean;
};

/** A floating IP whose row changed with 6, on the node and gateway N, which got to 5. */
function flowsWith({ had, placement = 'distributed', isBound = true }: Given) {
  const flow: ExternalFlow = {
    ...floatingIpFlow('inbound', placement, 'web.default'),
    rows: [{ db: 'NB', table: 'NAT', uuid: nat, name: '10.0.0.1' }],
    origins: [{ object: { kind: 'OvnFip', name: 'web' } }],
  };
  const ip = parseIp(flow.externalIp ?? '');
  if (!ip) throw new Error('no address');
  const row = { type: 'dnat_and_snat' as const, external_ip: ip, logical_ip: '192.168.0.1' };
  const nb = snapshotOf<NbTables>(nbSchema, {
    NAT: [{ _uuid: nat as never, ...row, external_ids: ids('6') }],
    Logical_Switch_Port: [
      {
        name: 'web.default',
        addresses: new Set([`${own.toUpperCase()} 192.168.0.1`]),
        external_ids: ids('2'),
      },
    ],
    Logical_Router_Port: [{ name: 'vpc1-out', mac: routers }],
  });
  const sb = snapshotOf<SbTables>(sbSchema, {
    Chassis_Private: [
      { name: 'N', nb_cfg: 5 },
      { name: 'S', nb_cfg: 7 },
    ],
  });
  const plain = dataPlaneOf({
    nodes: ['N', 'S'],
    gateways: ['N', 'S'],
    ports: isBound ? { 'web.default': 'N' } : {},
  });
  const change = { number: 6, isAfter: false };
  const lingers = had ? [{ ip, switchName: 'out', chassis: 'N', change, ...had }] : [];
  const fabric = { ...plain, northbound: nb, behind: new Map([['N', 5]]), lingers };
  return { fabric, flows: withInstalled([flow], fabric, { nb, sb }) };
}

function outcome(given: Given): string {
  const [verdict] = analyse({ ...flowsWith(given), failures: [] }).verdicts;
  const { outcome: is, reason, berth } = verdict?.after ?? {};
  return `${[is, reason, berth].filter(Boolean).join(' ')}: ${verdict?.why}`;
}

test.each(['distributed', 'centralized'] as const)(
  'an address that the node that is to serve had before may be carried by its flows of then: %s',
  (placement) => {
    expect(outcome({ had: web, placement })).toMatch(
      /^unknown node-frozen N: it is not known whether the flows of before on N still carry it/,
    );
    for (const had of [
      { object: 'ovn-fip/former', mac: own },
      { object: 'ovn-fip/former', mac: routers },
      { object: undefined, mac: '00:00:00:cc:00:99' },
    ])
      expect(outcome({ had, placement })).toMatch(/^unknown node-frozen N/);
  },
);

test('one that it had for another workload is answered and not delivered', () => {
  expect(outcome({ had: { object: 'ovn-fip/api', mac: '00:00:00:cc:00:99' } })).toMatch(
    /^lost node-frozen N: .*still answers for the address$/,
  );
});

test('one that it never had it does not answer for', () => {
  expect(outcome({})).toMatch(/^lost node-frozen: it is not yet installed on N/);
  const unbound = outcome({ placement: 'centralized', isBound: false });
  expect(unbound).toMatch(/^lost workload-down: /);
  expect(unbound).not.toContain('answers');
});

test('a sweep says the same', () => {
  const { fabric, flows } = flowsWith({ had: web });
  const plain = flowsWith({});
  expect(sweep({ fabric, flows, kinds: ['host'] }).summary()).toMatchObject({ unknownBefore: 1 });
  expect(sweep({ ...plain, kinds: ['host'] }).summary()).toMatchObject({ brokenBefore: 1 });
});
