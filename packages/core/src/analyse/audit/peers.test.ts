import { originKey } from '@berth/api';
import type { NbTables } from '@berth/ovn';
import { changeSnapshot, type Uuid } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import { fabricOf } from '../../fabric/read.ts';
import { central, worldOf } from '../../testing/audited.ts';
import { ovnWorld } from '../../testing/ovn-world.ts';
import { flowsOf } from '../flows/flows-of.ts';
import { auditOf } from './audit-of.ts';

const peers = '00000000-0000-4000-9000-0000000000aa' as Uuid;

test('finds a NAT row that is for some peers only, and not that its own workload is none of them', () => {
  const found = (change: Partial<NbTables['NAT']>, addresses: readonly string[], externalIds = {}) => {
    const { nb, sb } = ovnWorld(worldOf({ nat: [{ ...central, externalIds }] }));
    const [row] = [...nb.table('NAT')];
    if (row === undefined) throw new Error('no NAT row');
    const set = { _uuid: peers, name: 'peers', addresses: new Set(addresses), external_ids: new Map() };
    const changed = changeSnapshot(nb, [
      { table: 'Address_Set', changes: [{ uuid: peers, after: set }] },
      { table: 'NAT', changes: [{ uuid: row._uuid, after: { ...row, ...change } }] },
    ]);
    const fabric = fabricOf(changed, sb);
    const isControlled = false;
    return auditOf({ nb: changed, sb, fabric, flows: flowsOf(changed, fabric), isControlled });
  };
  const own = { [originKey]: 'ovn-fip/web' };
  const [allowed, exempted] = [{ allowed_ext_ips: peers }, { exempted_ext_ips: peers }];
  expect(found(allowed, ['10.0.0.1'], own)).toMatchObject([
    {
      ...{ code: 'nat-ignored', severity: 'warning', object: { kind: 'OvnFip', name: 'web' } },
      message:
        '10.100.0.9: its NAT row is only for peers in address set peers: OVN ignores it for all others',
      cure: expect.stringMatching(
        /^clear that where it is not meant: ovn-nbctl clear NAT [-0-9a-f]{36} allowed_ext_ips$/,
      ),
      rows: [{ table: 'NAT', columns: ['allowed_ext_ips'] }],
    },
  ]);
  expect(found(exempted, ['10.0.0.1'])).toMatchObject([
    { severity: 'info', message: expect.stringMatching(/is not for peers .* OVN ignores it for these$/) },
  ]);
  expect(found(exempted, [], own)).toEqual([]);
  const [both] = found({ ...allowed, ...exempted }, ['10.0.0.1'], own);
  expect(both).toMatchObject({
    severity: 'error',
    cure: expect.stringMatching(/exempted_ext_ips; no pass of Berth clears them$/),
  });
  const [odd, ...others] = found(allowed, ['10.0.0.1', 'fd00::1'], own);
  expect(others).toEqual([]);
  expect(odd?.cure).toMatch(/which no pass of Berth does: ovn-nbctl clear NAT \S+ allowed_ext_ips$/);
});
