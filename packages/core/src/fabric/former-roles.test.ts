import { changeKey, formerOrderPrefix, originKey } from '@berth/api';
import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import type { Fabric, NodeHealth } from './fabric.ts';
import { lingeringFindings } from './lingering-finding.ts';
import { fabricOf } from './read.ts';

const id = (digit: string): Uuid => `00000000-0000-4000-8000-00000000000${digit}` as Uuid;

type Parts = {
  /** The orders of before, by the change that ended them. That of now is G, then N. */
  readonly orders?: Readonly<Record<string, string>>;
  /** How far N got; the gateway G got to 7. */
  readonly done?: number;
  readonly claim?: 'N' | 'G' | undefined;
  readonly first?: 'N' | 'G';
  /** When the floating IP changed last. */
  readonly change?: string;
  readonly own?: Partial<NodeHealth> | undefined;
  readonly others?: NodeHealth;
  readonly isRuled?: boolean;
  readonly options?: ReadonlyMap<string, string>;
  readonly known?: Partial<Fabric>;
};

const hanging = { controllerRuns: true, controllerConnected: false, flowsInstalled: true };
const seeing: NodeHealth = { node: 'G', chassis: 'G', tunnels: new Map([['N', true]]) };
const blind: NodeHealth = { ...seeing, tunnels: new Map([['N', false]]) };

/** What is told of 10.0.0.1, of ovn-fip/web at the gateway, and of the router's own 10.0.0.254. */
function told(parts: Parts = {}): readonly string[] {
  const { orders = { 6: 'N G' }, done = 5, claim, first = 'G', change = '4', others = seeing } = parts;
  const { own = 'own' in parts ? undefined : hanging, isRuled = false, options = new Map(), known } = parts;
  const marks = (origin: string, at: string) =>
    new Map([
      [originKey, origin],
      [changeKey, at],
    ]);
  const nb = snapshotOf<NbTables>(nbSchema, {
    NB_Global: [{ nb_cfg: 7, options }],
    NAT: [
      {
        _uuid: id('1') as never,
        ...{ type: 'dnat_and_snat', external_ip: '10.0.0.1', logical_ip: '192.168.0.1' },
        external_ids: marks('ovn-fip/web', change),
      },
    ],
    Gateway_Chassis: ['N', 'G'].map((chassis, place) => ({
      _uuid: id(String(place + 8)) as never,
      ...{ name: chassis, chassis_name: chassis, priority: chassis === first ? 100 : 99 },
    })),
    Logical_Router_Port: [
      {
        _uuid: id('2') as never,
        ...{ name: 'vpc1-out', mac: '02:00:00:00:00:FE', networks: new Set(['10.0.0.254/24']) },
        gateway_chassis: new Set([id('8'), id('9')]) as never,
        ...(isRuled && { ha_chassis_group: id('a') as never }),
        external_ids: new Map([
          ...marks('vpc/vpc1', '1'),
          ...Object.entries(orders).map(([at, order]) => [`${formerOrderPrefix}${at}`, order] as const),
        ]),
      },
    ],
    Logical_Router: [{ name: 'vpc1', nat: new Set([id('1')]) as never, ports: new Set([id('2')]) as never }],
    Logical_Switch_Port: [
      { _uuid: id('3') as never, type: 'router', options: new Map([['router-port', 'vpc1-out']]) },
      { _uuid: id('4') as never, type: 'localnet', options: new Map([['network_name', 'physical']]) },
    ],
    Logical_Switch: [{ name: 'out', ports: new Set([id('3'), id('4')]) as never }],
  });
  const chassis = { N: id('5'), G: id('6') };
  const at = 'claim' in parts ? claim : 'G';
  const sb = snapshotOf<SbTables>(sbSchema, {
    Chassis: Object.entries(chassis).map(([name, uuid]) => ({
      _uuid: uuid as never,
      ...{ name, hostname: name },
      other_config: new Map([['ovn-bridge-mappings', 'physical:br-ext']]),
    })),
    Chassis_Private: [
      { name: 'N', nb_cfg: done },
      { name: 'G', nb_cfg: 7 },
    ],
    Port_Binding: [{ logical_port: 'cr-vpc1-out', ...(at && { chassis: chassis[at] as never }) }],
  });
  const reports = own === undefined ? [] : [{ node: 'N', chassis: 'N', ...own }, others];
  return lingeringFindings({ ...fabricOf(nb, sb, reports), ...known }).map(
    ({ code, object, message }) => `${code} ${object?.kind}/${object?.name}: ${message}`,
  );
}

test('a gateway that hangs and comes first in the order it has answers beside the next one, whoever claimed the port meanwhile', () => {
  const goesOn = /N stands still \(.*\) and goes on answering for 10\.0\.0\.\d+ beside G: it had the address/;
  const both = [
    expect.stringMatching(new RegExp(`^two-answerers OvnFip/web: ${goesOn.source}`)),
    expect.stringMatching(new RegExp(`^two-answerers Vpc/vpc1: ${goesOn.source}`)),
  ];
  expect(told()).toEqual(both);
  // The order changed more than once since.
  expect(told({ orders: { 6: 'N G', 7: 'G N' } })).toEqual(both);
  expect(told({ claim: undefined })).toEqual([
    expect.stringMatching(/^address-lingers Node\/N: .* goes on answering for .* which nobody else answers/),
  ]);
});

test('a standby that was put first while it hung, or may have been, is never told of', () => {
  expect(told({ orders: { 6: 'G N', 7: 'N G' } })).toEqual([]);
  expect(told({ orders: { '>5': 'N G' } })).toEqual([]);
  expect(told({ orders: { 6: 'G N' } })).toEqual([]);
  expect(told({ orders: {} })).toEqual([]);
  expect(told({ orders: { 6: '' } })).toEqual([]);
});

test('nor is one that has caught up, has the role again, or never had one of a group that is named', () => {
  expect(told({ done: 6 })).toEqual([]);
  expect(told({ claim: 'N' })).toEqual([]);
  expect(told({ first: 'N', claim: undefined })).toEqual([]);
  expect(told({ isRuled: true })).toEqual([]);
  expect(told({ done: 0 })).toEqual([]);
  expect(told({ options: new Map([['enable_chassis_nb_cfg_update', 'false']]) })).toEqual([]);
});

test('of rows that came or changed since nothing is told, nor of those that do not say when', () => {
  for (const change of ['6', '>5', ''])
    expect(told({ change })).toEqual([expect.stringMatching(/^two-answerers Vpc\/vpc1: /)]);
});

test('of one whose agent is silent it is not certain, and one that nobody tells from a dead one is left out', () => {
  const silent = { ...hanging, controllerConnected: true, isFresh: false };
  expect(told({ own: silent })[0]).toMatch(/^address-lingers OvnFip\/web: .* may go on answering/);
  expect(told({ own: silent, others: blind })).toEqual([]);
  expect(told({ own: undefined })).toEqual([]);
  expect(told({ known: { deadChassis: new Set(['N']) } })).toEqual([]);
  expect(told({ own: silent, known: { returned: new Set(['N']) } })).toEqual([]);
  expect(told({ own: { ...hanging, flowsInstalled: false } })).toEqual([]);
});
