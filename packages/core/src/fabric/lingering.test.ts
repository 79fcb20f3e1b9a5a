import { lingersPrefix, originKey, takenPrefix } from '@berth/api';
import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import type { NodeHealth } from './fabric.ts';
import { lingeringByNode, lingeringFindings } from './lingering-finding.ts';
import { fabricOf } from './read.ts';

const id = (digit: string): Uuid => `00000000-0000-4000-8000-00000000000${digit}` as Uuid;
const marks = {
  '10.0.0.1/out/N': '6 02:00:00:00:00:01 ovn-fip/web',
  '10.0.0.9/out/N': '6 02:00:00:00:00:01 ovn-fip/gone',
};

type Parts = {
  /** Marks with a key each, as they were written before. */
  readonly marked?: Readonly<Record<string, string>>;
  /** Lists by their keys, instead. */
  readonly lists?: ReadonlyMap<string, string>;
  /** How far N got; the gateway G got to 7. */
  readonly done?: number;
  /** Who claims the gateway port, and so answers for 10.0.0.1 of ovn-fip/new. */
  readonly gateway?: 'N' | 'G';
  readonly options?: ReadonlyMap<string, string>;
  readonly reports?: readonly NodeHealth[];
  /** Another object that has the address. */
  readonly sharing?: string;
  readonly deadChassis?: ReadonlySet<string>;
  /** Those that are too new to be told of. */
  readonly freshLingers?: ReadonlySet<string>;
  readonly tell?: typeof lingeringFindings;
};

function told({
  lists = new Map(),
  marked = lists.size > 0 ? {} : marks,
  done = 5,
  gateway = 'G',
  options = new Map(),
  reports = [],
  sharing,
  deadChassis = new Set(),
  freshLingers = new Set(),
  tell = lingeringFindings,
}: Parts) {
  const nb = snapshotOf<NbTables>(nbSchema, {
    NB_Global: [
      {
        nb_cfg: 7,
        options,
        external_ids: new Map([
          ...[...lists].map(([key, value]) => [`${takenPrefix}${key}`, value] as const),
          ...Object.entries(marked).map(([key, value]) => [`${lingersPrefix}${key}`, value] as const),
        ]),
      },
    ],
    NAT: [
      {
        _uuid: id('1') as never,
        type: 'dnat_and_snat',
        external_ip: '10.0.0.1',
        logical_ip: '192.168.0.1',
        external_ids: new Map([[originKey, 'ovn-fip/new']]),
      },
      {
        _uuid: id('7') as never,
        ...{ type: 'snat', external_ip: '10.0.0.1', logical_ip: '192.168.0.0/24' },
        external_ids: new Map([[originKey, sharing ?? '']]),
      },
    ],
    Logical_Router_Port: [
      { _uuid: id('2') as never, name: 'vpc1-out', networks: new Set(['10.0.0.254/24']) },
    ],
    Logical_Router: [
      {
        name: 'vpc1',
        nat: new Set([id('1'), ...(sharing === undefined ? [] : [id('7')])]) as never,
        ports: new Set([id('2')]) as never,
      },
    ],
    Logical_Switch_Port: [
      {
        _uuid: id('3') as never,
        name: 'out-vpc1',
        type: 'router',
        options: new Map([['router-port', 'vpc1-out']]),
      },
      {
        _uuid: id('4') as never,
        name: 'localnet.out',
        type: 'localnet',
        options: new Map([['network_name', 'physical']]),
      },
    ],
    Logical_Switch: [{ name: 'out', ports: new Set([id('3'), id('4')]) as never }],
  });
  const chassis = { N: id('5'), G: id('6') };
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
    Port_Binding: [{ logical_port: 'cr-vpc1-out', chassis: chassis[gateway] as never }],
  });
  return tell({ ...fabricOf(nb, sb, reports), deadChassis, freshLingers }).map(
    ({ code, severity, object, message }) =>
      `${severity} ${code} ${object?.kind}/${object?.name}: ${message}`,
  );
}

const why = 'it has carried out nothing of NB since change 5';

test('what a node that stands still goes on answering for is told of who has it now, and of the node', () => {
  expect(told({})).toEqual([
    `warning address-lingers OvnFip/new: N stands still (${why}) and may go on answering for 10.0.0.1 beside G: it had the address before, as ovn-fip/web had it`,
    `warning address-lingers Node/N: N stands still (${why}) and may go on answering for 10.0.0.9 (ovn-fip/gone), which nobody else answers for`,
  ]);
});

test('every object that shares the address is told of it, and of a dead node nobody is', () => {
  const one = { marked: { '10.0.0.1/out/N': '6 02:00:00:00:00:01' } };
  expect(told({ ...one, sharing: 'ovn-snat-rule/more' })).toEqual([
    expect.stringContaining('OvnFip/new: N stands still'),
    expect.stringContaining('OvnSnatRule/more: N stands still'),
  ]);
  expect(told({ ...one, deadChassis: new Set(['N']) })).toEqual([]);
});

test('one node is told of once with what it answers for, and what is new is told of by nobody', () => {
  const one = { marked: { '10.0.0.1/out/N': '6 02:00:00:00:00:01' }, sharing: 'ovn-snat-rule/more' };
  const tell = lingeringByNode;
  expect(told({ ...one, tell })).toEqual([
    `warning address-lingers Node/N: N stands still (${why}) and may go on answering for 10.0.0.1 (ovn-fip/new) and 10.0.0.1 (ovn-snat-rule/more) beside G: it had them before`,
  ]);
  const still: NodeHealth = { node: 'N', controllerRuns: false, flowsInstalled: true };
  expect(told({ ...one, tell, reports: [still] })).toEqual([
    expect.stringMatching(/^error two-answerers Node\/N: .* and goes on answering for /),
  ]);
  // One alone is told of its object.
  expect(told({ tell })).toEqual([]);
  const freshLingers = new Set(['10.0.0.1 out N']);
  expect(told({ ...one, tell, freshLingers })).toEqual([]);
  expect(told({ ...one, freshLingers })).toEqual([]);
});

test('its agent makes it certain, or says that nobody is met there', () => {
  const still: NodeHealth = { node: 'N', controllerRuns: false, flowsInstalled: true };
  expect(told({ reports: [still] })[0]).toMatch(/^error two-answerers OvnFip\/new: .* goes on answering/);
  // What it said last stands while it is late.
  const late = { ...still, isFresh: false };
  expect(told({ reports: [late] })).toEqual(told({ reports: [still] }));
  expect(told({ reports: [{ ...late, fenced: new Set(['02:00:00:00:00:01']) }] })).toEqual([]);
  expect(told({ reports: [{ node: 'N', isFresh: false }] })[0]).toMatch(/^warning address-lingers/);
  expect(told({ reports: [{ ...still, flowsInstalled: false }] })).toEqual([]);
  expect(told({ reports: [{ ...still, controllerRuns: true }] })).toEqual([]);
  expect(told({ reports: [{ ...still, fenced: new Set(['02:00:00:00:00:01']) }] })).toEqual([]);
  const others: NodeHealth = { node: 'G', uplinks: new Map([['physical', true]]) };
  expect(told({ reports: [{ ...still, uplinks: new Map([['physical', false]]) }, others] })).toEqual([]);
});

test('lists tell the same, and without a MAC a fence may be for any of them', () => {
  const lists = new Map([['6/out/10.0.0.1/N', '10.0.0.1,8 020000000001,*1 ovn-fip/web,8~gone']]);
  expect(told({ lists })).toEqual(told({}));
  const bare = new Map([['6/out/10.0.0.1/N', '10.0.0.1,8']]);
  const still: NodeHealth = { node: 'N', controllerRuns: false, flowsInstalled: true };
  expect(told({ lists: bare, reports: [still] })).toEqual([
    expect.stringMatching(
      /^error two-answerers OvnFip\/new: .* goes on answering for 10.0.0.1 beside G: it had the address before$/,
    ),
    expect.stringMatching(/^warning address-lingers Node\/N: .* goes on answering for 10.0.0.9, which/),
  ]);
  const fenced = { ...still, fenced: new Set(['02:00:00:00:00:01']) };
  expect(told({ lists: bare, reports: [fenced] })[0]).toMatch(
    /^warning address-lingers .* may go on answering/,
  );
});

test('of an address that was taken twice the later is told', () => {
  const lists = new Map([
    ['7/out/10.0.0.1/N', '10.0.0.1 020000000001 ovn-fip/later'],
    ['6/out/10.0.0.1/N', '10.0.0.1 020000000001 ovn-fip/before'],
  ]);
  const marked = { '10.0.0.1/out/N': '6 02:00:00:00:00:01 ovn-fip/first' };
  expect(told({ lists, marked })).toEqual([
    expect.stringMatching(/it had the address before, as ovn-fip\/later had it$/),
  ]);
});

test('nothing is told of a node that has caught up, that has the address again, or of which it is not known how far it got', () => {
  expect(told({ done: 6 })).toEqual([]);
  expect(told({ done: 7 })).toEqual([]);
  expect(told({ gateway: 'N', marked: { '10.0.0.1/out/N': '6 02:00:00:00:00:01 ovn-fip/web' } })).toEqual([]);
  expect(told({ options: new Map([['enable_chassis_nb_cfg_update', 'false']]) })).toEqual([]);
  expect(
    told({
      marked: {
        '10.0.0.9/out/nobody': '6 m',
        'x/out/N': '6 m',
        '10.0.0.9/out/N': 'six m',
        '10.0.0.8/out/N': '6',
      },
    }),
  ).toEqual([]);
});

test('many addresses are counted', () => {
  const many = Object.fromEntries(
    [11, 12, 13, 14, 15, 16].map((last) => [`10.0.0.${last}/out/N`, '7 02:00:00:00:00:01']),
  );
  expect(told({ marked: many })).toEqual([expect.stringContaining('10.0.0.14 and 2 more, which nobody')]);
});
