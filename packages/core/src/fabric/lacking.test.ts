import { changeKey, originKey } from '@berth/api';
import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { describe, expect, it } from 'vitest';
import type { NodeHealth } from './fabric.ts';
import { frozenChassis, hasRowsOf } from './frozen.ts';
import { fabricOf } from './read.ts';

const id = (digit: string): Uuid => `00000000-0000-4000-8000-00000000000${digit}` as Uuid;

function marks(origin: string, change?: string): ReadonlyMap<string, string> {
  return new Map([[originKey, origin], ...(change === undefined ? [] : [[changeKey, change] as const])]);
}

type Parts = {
  /** The number that each chassis has carried out. */
  readonly done: Readonly<Record<string, number>>;
  /** The chassis of the workload `web`. */
  readonly home?: string;
  readonly options?: ReadonlyMap<string, string>;
};

/** Two floating IPs of `vpc1`: `old` came with change 4, `new` with 7; a third one says nothing. */
function fabricFrom(
  { done, home = 'N', options = new Map() }: Parts,
  reports: readonly string[] = [],
  says: Partial<NodeHealth> = { controllerRuns: false, flowsInstalled: true },
) {
  const nat = (digit: string, name: string, change?: string) => ({
    _uuid: id(digit) as NbTables['NAT']['_uuid'],
    type: 'dnat_and_snat' as const,
    external_ip: `10.0.0.${digit}`,
    logical_ip: '192.168.0.1',
    external_ids: marks(`ovn-fip/${name}`, change),
  });
  const nb = snapshotOf<NbTables>(nbSchema, {
    NB_Global: [{ nb_cfg: 7, options }],
    NAT: [nat('1', 'old', '4'), nat('2', 'new', '7'), nat('3', 'theirs')],
    Logical_Router_Port: [
      { _uuid: id('4') as NbTables['Logical_Router_Port']['_uuid'], name: 'vpc1-in' },
      { _uuid: id('7') as never, name: 'vpc1-out', gateway_chassis: new Set([id('a')]) as never },
    ],
    Logical_Router: [
      {
        name: 'vpc1',
        nat: new Set([id('1'), id('2'), id('3')]) as never,
        ports: new Set([id('4'), id('7')]) as never,
      },
    ],
    Logical_Switch_Port: [
      { _uuid: id('5') as never, name: 'web' },
      {
        _uuid: id('6') as never,
        name: 'in-vpc1',
        type: 'router',
        options: new Map([['router-port', 'vpc1-in']]),
      },
      { _uuid: id('8') as never, name: 'bw-1' },
      {
        _uuid: id('9') as never,
        name: 'out-vpc1',
        type: 'router',
        options: new Map([['router-port', 'vpc1-out']]),
      },
    ],
    Logical_Switch: [
      { name: 'inner', ports: new Set([id('5'), id('6')]) as never },
      { name: 'outer', ports: new Set([id('8'), id('9')]) as never },
    ],
  });
  const names = Object.keys(done);
  const sb = snapshotOf<SbTables>(sbSchema, {
    SB_Global: [{ nb_cfg: 7 }],
    Chassis: names.map((name, place) => ({ _uuid: id(`${place}`) as never, name, hostname: name })),
    Chassis_Private: names.map((name) => ({ name, nb_cfg: done[name] ?? 0 })),
    Port_Binding: [
      { logical_port: 'web', type: '', chassis: id(`${Math.max(0, names.indexOf(home))}`) as never },
      { logical_port: 'bw-1', type: '', chassis: id(`${Math.max(0, names.indexOf('G'))}`) as never },
    ],
  });
  return fabricOf(
    nb,
    sb,
    reports.map((node) => ({ node, ...says })),
  );
}

const has = (fabric: ReturnType<typeof fabricFrom>, chassis: string) =>
  ['old', 'new', 'theirs'].map((name) => hasRowsOf(fabric, chassis, `ovn-fip/${name}`));

describe('a chassis that is behind others', () => {
  it('by a single number stands still, and lacks what changed with that number', () => {
    const fabric = fabricFrom({ done: { N: 7, G: 6, S: 7 } });
    expect([...frozenChassis(fabric)]).toEqual([['G', 'it has carried out nothing of NB since change 6']]);
    expect(has(fabric, 'G')).toEqual([true, false, undefined]);
    expect([...(fabric.lacking?.get('G')?.routers ?? [])]).toEqual(['vpc1']);
  });

  it('lacks nothing where all have the same, and nobody is behind', () => {
    const fabric = fabricFrom({ done: { N: 7, G: 7 } });
    expect(frozenChassis(fabric).size).toBe(0);
    expect(fabric.lacking).toBeUndefined();
  });

  it('is none where chassis are told not to say how far they are', () => {
    const options = new Map([['enable_chassis_nb_cfg_update', 'false']]);
    expect(frozenChassis(fabricFrom({ done: { N: 7, G: 0 }, options })).size).toBe(0);
  });

  it('is told with the routers that have a workload on it, and not those that it is outside of', () => {
    const onIt = fabricFrom({ done: { N: 7, G: 6 }, home: 'G' });
    expect([...(onIt.lacking?.get('G')?.workloadsOf ?? [])]).toEqual(['vpc1']);
    const elsewhere = fabricFrom({ done: { N: 7, G: 6 } });
    expect(elsewhere.lacking?.get('G')?.workloadsOf.size).toBe(0);
  });
});

it('a chassis of which an agent says that it stands still has what it carried out', () => {
  const fabric = fabricFrom({ done: { N: 7, G: 7 } }, ['G']);
  expect([...frozenChassis(fabric).values()]).toEqual(['ovn-controller does not run there']);
  expect(has(fabric, 'G')).toEqual([true, true, undefined]);
});

it('a chassis whose ovn-controller was started again stands still until it has carried out what others have', () => {
  const started = { controllerRuns: true, controllerConnected: false, flowsInstalled: true };
  const behind = fabricFrom({ done: { N: 7, G: 6 } }, ['G'], started);
  expect([...frozenChassis(behind).keys()]).toEqual(['G']);
  expect(has(behind, 'G')).toEqual([true, false, undefined]);
  expect(frozenChassis(fabricFrom({ done: { N: 7, G: 7 } }, ['G'], started)).size).toBe(0);
});
