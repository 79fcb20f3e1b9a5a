import { parseIp } from '@berth/net';
import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf, zeroUuid } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import type { Fabric } from '../fabric/fabric.ts';
import { dataPlaneOf, floatingIpFlow } from '../testing/data-plane.ts';
import { analyse } from './analyse.ts';
import type { ExternalFlow } from './flow.ts';
import { stillnessOf } from './stillness.ts';

const web = { object: { kind: 'OvnFip', name: 'web' } };
const parts = { nodes: ['N', 'G', 'S'], gateways: ['G', 'S'], ports: { 'web.default': 'N' } };
const behind = new Map([['N', 5]]);

/** What is told of chassis with the floating IP to `web.default`. */
function told(fabric: Fabric, parts: Partial<ExternalFlow> = {}) {
  const flows = (['inbound', 'outbound'] as const).map((direction) => ({
    ...floatingIpFlow(direction, 'distributed', 'web.default'),
    origins: [web],
    ...parts,
  }));
  return Object.fromEntries(stillnessOf(analyse({ fabric, flows, failures: [] }).verdicts, fabric));
}

test('what a node that stands still has not yet is dark, and named once for both ways', () => {
  const fabric = { ...dataPlaneOf(parts), behind };
  expect(told(fabric, { installed: new Map([['N', false]]) })).toEqual({
    N: 'nothing gets through to 10.9.101.9 (ovn-fip/web)',
  });
  expect(told(fabric)).toEqual({ N: 'nobody can tell of 10.9.101.9 (ovn-fip/web)' });
  expect(told(dataPlaneOf(parts), { installed: new Map([['N', false]]) })).toEqual({});
});

test('so is what is to be bound there, and not what waits for a node that keeps up', () => {
  const northbound = snapshotOf<NbTables>(nbSchema, {
    Logical_Switch_Port: [{ name: 'web.default', options: new Map([['requested-chassis', 'N']]) }],
  });
  const unbound = { ...dataPlaneOf({ ...parts, ports: {} }), northbound };
  expect(told({ ...unbound, behind })).toEqual({ N: 'nothing gets through to 10.9.101.9 (ovn-fip/web)' });
  expect(told({ ...unbound, behind: new Map([['S', 5]]) })).toEqual({});
});

test('what works there still, or is dark for another reason, is not named', () => {
  const fabric = { ...dataPlaneOf({ ...parts, unmapped: ['N'] }), behind };
  expect(told(fabric)).toEqual({});
  const gone = { overtaken: { chassis: 'N', what: 'it goes on by itself', isCertain: true } };
  expect(told({ ...dataPlaneOf(parts), behind }, { placement: 'centralized', ...gone } as never)).toEqual({
    N: 'nothing gets through to 10.9.101.9 (ovn-fip/web)',
  });
});

test('what it may answer beside another one is told once', () => {
  const ip = parseIp('10.9.101.9');
  const plain = dataPlaneOf({ ...parts, ports: { 'web.default': 'G' } });
  if (!ip || !plain.dataPlane) throw new Error('no address');
  const mark = { ip, switchName: 'out', chassis: 'N', mac: '02:00:00:00:00:01', object: 'ovn-fip/web' };
  const lingering = {
    ...mark,
    change: { number: 6, isAfter: false },
    why: 'it hangs',
    isCertain: false,
    holders: [{ ...mark, row: zeroUuid, chassis: 'G', gatewayPort: undefined, inner: [], change: undefined }],
  };
  const fabric = { ...plain, behind, lingers: [lingering] };
  expect(told(fabric, { lingering: [lingering] })).toEqual({
    N: 'it may go on answering for 10.9.101.9 (ovn-fip/web)',
  });
});
