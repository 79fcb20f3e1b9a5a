import { nbSchema, sbSchema } from '@berth/ovn';
import { changeSnapshot, type Row, snapshotOf, type TableChange, type Uuid } from '@berth/ovsdb/value';
import { afterEach, expect, test, vi } from 'vitest';
import { RuleWatch, type Watched } from './rule-watch.ts';

const uuid = (place: number): Uuid => `00000000-0000-4000-8000-${String(place).padStart(12, '0')}` as Uuid;
const [router, port, policy, gateway, lsp, inner] = [1, 2, 3, 4, 5, 6].map(uuid) as [
  Uuid,
  Uuid,
  Uuid,
  Uuid,
  Uuid,
  Uuid,
];

type Changed = 'Logical_Router' | 'Logical_Switch_Port';

/** A router with floating IPs of ours, and a policy that is yet to be put on it. */
function northbound(count: number) {
  const nats = Array.from({ length: count }, (_, place) => ({
    ...{
      _uuid: uuid(1000 + place),
      type: 'dnat_and_snat',
      logical_ip: `192.168.${place >> 8}.${place & 255}`,
    },
    external_ip: `10.0.${place >> 8}.${place & 255}`,
    external_ids: new Map([
      ['berth.dev/owner', 'default'],
      ['berth.dev/origin', `ovn-fip/f${place}`],
    ]),
  }));
  let nb = snapshotOf(nbSchema, {
    Logical_Router: [
      {
        _uuid: router,
        name: 'vpc',
        ports: new Set([port, inner]),
        nat: new Set(nats.map(({ _uuid }) => _uuid)),
      },
    ],
    Logical_Router_Port: [
      {
        ...{ _uuid: port, name: 'vpc-ext', mac: '00:00:00:00:00:01' },
        ...{ networks: new Set(['10.0.255.254/16']), gateway_chassis: new Set([gateway]) },
      },
      { _uuid: inner, name: 'vpc-in', mac: '00:00:00:00:00:02', networks: new Set(['192.168.255.254/16']) },
    ],
    Gateway_Chassis: [{ _uuid: gateway, name: 'g', chassis_name: 'a', priority: 1 }],
    Logical_Router_Policy: [
      { _uuid: policy, priority: 7, match: 'ip4.src == 192.168.0.0/16', action: 'drop' },
    ],
    Logical_Switch_Port: [{ _uuid: lsp, name: 'p' }],
    NAT: nats,
  });
  const listeners = new Set<() => void>();
  const change = (table: Changed, id: Uuid, columns: Partial<Row>): void => {
    const before = nb.table(table).get(id);
    const changes: TableChange[] = [
      { table, changes: [{ uuid: id, after: { ...before, ...columns } as Row }] },
    ];
    nb = changeSnapshot(nb, changes);
    for (const each of listeners) each();
  };
  const ovn = {
    northbound: {
      snapshot: () => nb,
      subscribe(listener: () => void) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    southbound: { snapshot: () => snapshotOf(sbSchema, {}) },
  } as unknown as Watched;
  return { ovn, change, listeners };
}

let watch: RuleWatch | undefined;
afterEach(() => watch?.[Symbol.dispose]());

const codes = (): ReadonlySet<string> => new Set(watch?.findings().map(({ code }) => code));

test('of a small NB is known what is so now', () => {
  const { ovn, change } = northbound(3);
  watch = new RuleWatch(ovn, () => undefined);
  const before = codes();
  change('Logical_Router', router, { policies: new Set([policy]) });
  expect(before.has('policy-diverts')).toBe(false);
  expect(watch.findings().filter(({ code }) => code === 'policy-diverts')).toHaveLength(3);
  change('Logical_Router', router, { policies: new Set() });
  expect(codes()).toEqual(before);
});

test('of a large one it is found out beside everything else, and whoever waits is told once', async () => {
  const { ovn, change } = northbound(400);
  const told = vi.fn();
  watch = new RuleWatch(ovn, told);
  change('Logical_Router', router, { policies: new Set([policy]) });
  expect(watch.findings()).toEqual([]);
  await vi.waitFor(() => expect(codes().has('policy-diverts')).toBe(true), { timeout: 60_000 });
  expect(told).toHaveBeenCalledTimes(1);
});

test('a look stands aside while others are at work', async () => {
  const { ovn, change } = northbound(400);
  let busy = true;
  const isBusy = vi.fn(() => busy);
  watch = new RuleWatch(ovn, () => undefined, isBusy);
  change('Logical_Router', router, { policies: new Set([policy]) });
  await vi.waitFor(() => expect(isBusy.mock.calls.length).toBeGreaterThan(2), { timeout: 60_000 });
  expect(watch.findings()).toEqual([]);
  busy = false;
  await vi.waitFor(() => expect(codes().has('policy-diverts')).toBe(true), { timeout: 60_000 });
});

test('what decides about no packet is no reason to look again, nor is what says the same', () => {
  const { ovn, change } = northbound(3);
  watch = new RuleWatch(ovn, () => undefined);
  const first = watch.findings();
  change('Logical_Switch_Port', lsp, { up: true });
  expect(watch.findings()).toBe(first);
  change('Logical_Switch_Port', lsp, { tag: 7 });
  expect(watch.findings()).toBe(first);
});

test('nobody listens any more once it is closed', () => {
  const { ovn, listeners } = northbound(3);
  watch = new RuleWatch(ovn, () => undefined);
  expect(listeners.size).toBe(1);
  watch[Symbol.dispose]();
  expect(listeners.size).toBe(0);
});
