import { changeKey } from '@berth/api';
import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import { dataPlaneOf, floatingIpFlow } from '../../testing/data-plane.ts';
import { analyse } from '../analyse.ts';
import type { ExternalFlow } from '../flow.ts';
import { withInstalled } from './installed.ts';

const nat = '00000000-0000-4000-8000-000000000001' as Uuid;
const done = { N: 7, G: 5, S: 7 };

/** What becomes of a floating IP on G, which got to 5, by what its row and its workload's port say. */
function outcome(
  rule: string | undefined,
  port?: string,
  told?: boolean,
  behind: ReadonlyMap<string, number> = new Map([['G', done.G]]),
): string {
  const ids = (text: string | undefined) => new Map(text === undefined ? [] : [[changeKey, text]]);
  const nb = snapshotOf<NbTables>(nbSchema, {
    NAT: [
      {
        _uuid: nat as NbTables['NAT']['_uuid'],
        type: 'dnat_and_snat',
        external_ip: '10.0.0.1',
        logical_ip: '192.168.0.1',
        external_ids: ids(rule),
      },
    ],
    Logical_Switch_Port: [{ name: 'web.default', external_ids: ids(port) }],
  });
  const sb = snapshotOf<SbTables>(sbSchema, {
    Chassis_Private: Object.entries(done).map(([name, nb_cfg]) => ({ name, nb_cfg })),
  });
  const plain = dataPlaneOf({ nodes: ['N', 'G', 'S'], gateways: ['G', 'S'], ports: { 'web.default': 'N' } });
  const fabric = { ...plain, behind };
  const row = { db: 'NB' as const, table: 'NAT', uuid: nat, name: '10.0.0.1' };
  const flow: ExternalFlow = { ...floatingIpFlow('inbound', 'centralized', 'web.default'), rows: [row] };
  const flows = withInstalled([flow], fabric, { nb, sb }, () => told);
  const [verdict] = analyse({ fabric, flows, failures: [] }).verdicts;
  return verdict?.after.reason ?? verdict?.after.outcome ?? '';
}

test('a row that changed before is served by a gateway that stands still, and one that changed since is not', () => {
  expect(outcome('5')).toBe('delivered');
  expect(outcome('6')).toBe('node-frozen');
  expect(outcome('>5')).toBe('location-unknown');
});

test('a port of the workload that changed since is not where the gateway sends', () => {
  expect(outcome('5', '4')).toBe('delivered');
  expect(outcome('5', '6')).toBe('node-frozen');
});

test('of rows that say nothing the objects tell, else nobody knows', () => {
  expect(outcome(undefined, undefined, true)).toBe('delivered');
  expect(outcome(undefined, undefined, false)).toBe('node-frozen');
  expect(outcome(undefined)).toBe('location-unknown');
  expect(outcome('6', undefined, true)).toBe('node-frozen');
});

test('whether a gateway that is behind is alive another one tells that keeps up and has not taken over', () => {
  expect(outcome('5')).toBe('delivered');
  expect(
    outcome(
      '5',
      undefined,
      undefined,
      new Map([
        ['G', 5],
        ['S', 5],
      ]),
    ),
  ).toBe('chassis-stale');
});
