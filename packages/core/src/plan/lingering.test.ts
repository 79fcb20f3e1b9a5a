import { changeKey, lingersPrefix, originKey, takenPrefix } from '@berth/api';
import type { Ip } from '@berth/net';
import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { describe, expect, it } from 'vitest';
import { lingerEntry, readLingerEntry } from '../fabric/linger-list.ts';
import { rowChangeText } from '../fabric/row-change.ts';
import type { Change } from './change.ts';
import { lingerChanges, mostDetail } from './lingering.ts';

const id = (digit: string): Uuid => `00000000-0000-4000-8000-00000000000${digit}` as Uuid;
const at = { number: 8, isAfter: false };

/** `dist` runs at the workload `web` on N, `cent` and a load balancer at the gateway G. N and G have carried out 5. */
function worldWith(ids: Readonly<Record<string, string>> = {}, natChange = '4', done = 5) {
  const marks = (origin: string) =>
    new Map([
      [originKey, origin],
      [changeKey, natChange],
    ]);
  const nb = snapshotOf<NbTables>(nbSchema, {
    NB_Global: [{ nb_cfg: 7, external_ids: new Map(Object.entries(ids)) }],
    NAT: [
      {
        _uuid: id('1') as never,
        type: 'dnat_and_snat',
        external_ip: '10.0.0.1',
        external_mac: '02:00:00:00:00:01',
        logical_port: 'web',
        logical_ip: '192.168.0.1',
        external_ids: marks('ovn-fip/dist'),
      },
      {
        _uuid: id('2') as never,
        type: 'dnat_and_snat',
        external_ip: '10.0.0.2',
        logical_ip: '192.168.0.2',
        external_ids: marks('ovn-fip/cent'),
      },
    ],
    Load_Balancer: [
      {
        _uuid: id('3') as never,
        name: 'lb',
        vips: new Map([['10.0.0.3:80', '192.168.0.3:80']]),
        external_ids: marks('ovn-dnat-rule/lb'),
      },
    ],
    Logical_Router_Port: [
      {
        _uuid: id('4') as never,
        name: 'vpc1-out',
        mac: '02:00:00:00:00:FE',
        networks: new Set(['10.0.0.254/24']),
        gateway_chassis: new Set([id('a')]) as never,
      },
      { _uuid: id('b') as never, name: 'vpc1-in', networks: new Set(['192.168.0.254/24']) },
    ],
    Gateway_Chassis: [{ _uuid: id('a') as never, name: 'g', chassis_name: 'G', priority: 100 }],
    Logical_Router: [
      {
        name: 'vpc1',
        nat: new Set([id('1'), id('2')]) as never,
        load_balancer: new Set([id('3')]) as never,
        ports: new Set([id('4'), id('b')]) as never,
      },
    ],
    Logical_Switch_Port: [
      { _uuid: id('5') as never, name: 'web', options: new Map([['requested-chassis', 'N']]) },
      {
        _uuid: id('6') as never,
        name: 'out-vpc1',
        type: 'router',
        options: new Map([['router-port', 'vpc1-out']]),
      },
      {
        _uuid: id('7') as never,
        name: 'localnet.out',
        type: 'localnet',
        options: new Map([['network_name', 'physical']]),
      },
    ],
    Logical_Switch: [{ name: 'out', ports: new Set([id('6'), id('7')]) as never }],
  });
  const sb = snapshotOf<SbTables>(sbSchema, {
    Chassis: [
      { _uuid: id('8') as never, name: 'N' },
      { _uuid: id('9') as never, name: 'G' },
    ],
    Chassis_Private: ['N', 'G'].map((name) => ({ name, nb_cfg: done })),
    Port_Binding: [
      { logical_port: 'web', chassis: id('8') as never },
      { logical_port: 'cr-vpc1-out', chassis: id('9') as never },
    ],
  });
  return { nb, sb };
}

function change(
  verb: Change['verb'],
  table: string,
  uuid: Uuid,
  columns: Change['columns'] = {},
): readonly Change[] {
  const rest = { key: ['a'], unit: 'vpc/vpc1', cause: undefined, origins: [], interrupts: null };
  return [{ db: 'NB', verb, table, uuid, columns, ...rest }];
}

function added(changes: readonly Change[], { nb, sb } = worldWith()): Record<string, string> {
  return marksIn(lingerChanges(changes, at, nb, sb).added);
}

/** What is read of each address: the change, the MAC and the object. */
function marksIn(entries: ReadonlyMap<string, string>): Record<string, string> {
  const marks = [...entries].flatMap(([key, value]) => {
    const { taken, switchName, chassis, change: when } = readLingerEntry(key, value) ?? expect.fail(key);
    return taken.map(({ ip, mac, object }) => [
      `${ip}/${switchName}/${chassis}`,
      [rowChangeText(when), mac, object].filter(Boolean).join(' '),
    ]);
  });
  return Object.fromEntries(marks);
}

describe('an address is marked as taken', () => {
  const port = (chassis: string) => ({
    options: {
      old: new Map([['requested-chassis', 'N']]),
      new: new Map([['requested-chassis', chassis]]),
    },
  });
  const dist = { '10.0.0.1/out/N': '8 02:00:00:00:00:01 ovn-fip/dist' };
  it.each<[string, readonly Change[], Record<string, string>]>([
    ['from the node of its workload', change('delete', 'NAT', id('1')), dist],
    [
      'from the gateway',
      change('delete', 'NAT', id('2')),
      { '10.0.0.2/out/G': '8 02:00:00:00:00:fe ovn-fip/cent' },
    ],
    [
      'that a load balancer had',
      change('delete', 'Load_Balancer', id('3')),
      { '10.0.0.3/out/G': '8 02:00:00:00:00:fe ovn-dnat-rule/lb' },
    ],
    [
      'with the router port',
      change('delete', 'Logical_Router_Port', id('4')),
      { '10.0.0.254/out/G': '8 02:00:00:00:00:fe' },
    ],
    [
      'by another workload',
      change('update', 'NAT', id('1'), { logical_port: { old: 'web', new: 'api' } }),
      dist,
    ],
    [
      'with the role of the gateway',
      change('delete', 'Gateway_Chassis', id('a')),
      {
        '10.0.0.2/out/G': '8 02:00:00:00:00:fe ovn-fip/cent',
        '10.0.0.3/out/G': '8 02:00:00:00:00:fe ovn-dnat-rule/lb',
        '10.0.0.254/out/G': '8 02:00:00:00:00:fe',
      },
    ],
    ['by no port inside that goes', change('delete', 'Logical_Router_Port', id('b')), {}],
    ['with a port that goes', change('delete', 'Logical_Switch_Port', id('5')), dist],
    [
      'with a port that moves to another node',
      change('update', 'Logical_Switch_Port', id('5'), port('G')),
      dist,
    ],
    [
      'by no change of anything else',
      change('update', 'NAT', id('1'), { options: { old: new Map(), new: new Map() } }),
      {},
    ],
    ['by no port that stays', change('update', 'Logical_Switch_Port', id('5'), port('N')), {}],
    ['by no row that comes', change('insert', 'NAT', id('1')), {}],
  ])('%s', (_, changes, expected) => {
    expect(added(changes)).toEqual(expected);
  });

  it('with whose packets were translated to it', () => {
    const { nb, sb } = worldWith();
    const inners = (uuid: Uuid) =>
      [...lingerChanges(change('delete', 'NAT', uuid), at, nb, sb).added].flatMap(([key, value]) =>
        readLingerEntry(key, value)?.taken.map(({ inner }) => inner),
      );
    const network = '192.168.0.2/32';
    expect(inners(id('2'))).toEqual([[{ router: 'vpc1', network, isFloating: true }]]);
  });

  it('from no chassis that stood still before it had it', () => {
    expect(added(change('delete', 'NAT', id('1')), worldWith({}, '6'))).toEqual({});
    expect(added(change('delete', 'NAT', id('1')), worldWith({}, '>5'))).toEqual(dist);
    expect(added(change('delete', 'Gateway_Chassis', id('a')), worldWith({}, '6'))).toEqual({
      '10.0.0.254/out/G': '8 02:00:00:00:00:fe',
    });
  });
});

it('a mark goes with the next change once its chassis has caught up or is no more, and is replaced by a later one', () => {
  const key = (rest: string): string => `${lingersPrefix}${rest}`;
  const { nb, sb } = worldWith({
    [key('10.0.0.7/out/N')]: '5 02:00:00:00:00:01 ovn-fip/old',
    [key('10.0.0.8/out/N')]: '6 02:00:00:00:00:01 ovn-fip/pending',
    [key('10.0.0.9/out/gone')]: '6 02:00:00:00:00:01 ovn-fip/gone',
    [key('10.0.0.1/out/N')]: '6 02:00:00:00:00:01 ovn-fip/dist',
    [key('10.0.0.6/out/N')]: 'nonsense',
    'berth.dev/epoch': '3',
  });
  const { added: marks, dropped } = lingerChanges(change('delete', 'NAT', id('1')), at, nb, sb);
  expect([...marks.keys()]).toEqual([`${takenPrefix}8/out/10.0.0.1/N`]);
  expect([...dropped].toSorted()).toEqual(['10.0.0.1/out/N', '10.0.0.7/out/N', '10.0.0.9/out/gone'].map(key));
});

describe('lists of marks', () => {
  const ofN = { switchName: 'out', chassis: 'N' };
  const listed = (number: number, ips: readonly string[]) =>
    lingerEntry(
      {
        ...ofN,
        change: { ...at, number },
        taken: ips.map((ip) => ({ ip: ip as Ip, mac: '02:00:00:00:00:07', object: `ovn-fip/${ip}` })),
      },
      mostDetail,
    );
  const changesIn = (entries: readonly (readonly [string, string])[]) => {
    const { nb, sb } = worldWith(Object.fromEntries(entries));
    return lingerChanges(change('delete', 'NAT', id('1')), at, nb, sb);
  };
  const ips = (count: number) =>
    Array.from({ length: count }, (_, at) => `10.1.${at >> 7}.${2 * (at & 127)}`);

  it('of one change are joined while they are short, and others stay', () => {
    const [same, other, long] = [listed(8, ['10.0.0.7']), listed(6, ['10.0.0.8']), listed(8, ips(900))];
    const { added: marks, dropped } = changesIn([same, other, long]);
    expect([...dropped]).toEqual([same[0]]);
    expect(marksIn(marks)).toEqual({
      '10.0.0.1/out/N': '8 02:00:00:00:00:01 ovn-fip/dist',
      '10.0.0.7/out/N': '8 02:00:00:00:00:07 ovn-fip/10.0.0.7',
    });
  });

  it('go where a later one tells all they tell', () => {
    const [whole, part] = [listed(6, ['10.0.0.1']), listed(7, ['10.0.0.1', '10.0.0.2'])];
    expect([...changesIn([whole, part]).dropped]).toEqual([whole[0]]);
  });

  it('leave MACs and objects out where all together have no more room', () => {
    const full = [6, 7, 9].map((number) => listed(number, ips(4_000)));
    expect(full.join().length).toBeGreaterThan(mostDetail);
    expect(marksIn(changesIn(full).added)).toEqual({ '10.0.0.1/out/N': '8' });
    expect(marksIn(changesIn(full.slice(1, 2)).added)).toEqual({
      '10.0.0.1/out/N': '8 02:00:00:00:00:01 ovn-fip/dist',
    });
  });
});
