import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SourceFault } from '@berth/source';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Fence } from '../ovn/fence.ts';
import { southOf } from '../ovn/ovn.ts';
import type { PassResult } from '../pass/pass.ts';
import { type Bench, openController, startBench } from '../testing/bench.ts';
import { loop } from './loop.ts';

const example = new URL('../../../../examples/01-field-story', import.meta.url).pathname;

let bench: Bench;
let controller: Awaited<ReturnType<typeof openController>>;
let stop: AbortController;
let passes: PassResult[];
let faults: unknown[];
let ended: Promise<void>;

beforeEach(async () => {
  bench = await startBench(example, ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'], 'external0');
  controller = await openController(bench);
  stop = new AbortController();
  passes = [];
  faults = [];
  ended = loop(controller, {
    signal: stop.signal,
    onPass: (result) => void passes.push(result),
    onFault: (fault) => faults.push(fault),
  });
});
afterEach(async () => {
  stop.abort();
  await ended.catch(() => undefined);
  await controller[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

function nats(): number {
  return controller.ovn.northbound.snapshot().table('NAT').size;
}

const soon = { timeout: 60_000, interval: 20 };

test('programs at the start, follows the folder, and ends when told to', async () => {
  await vi.waitFor(() => expect(nats()).toBe(1), soon);
  const file = join(bench.folder, '05-floating-ip.yaml');
  await writeFile(
    file,
    (await readFile(file, 'utf8')).replace('ipName: web.default', 'ipName: gone.default'),
  );
  await vi.waitFor(() => expect(nats()).toBe(0), soon);
  const found = (): unknown => passes.at(-1)?.findings.map(({ code, at }) => [code, at?.line]);
  await vi.waitFor(() => expect(found()).toEqual([['reference-not-found', 16]]), soon);
  stop.abort();
  await expect(ended).resolves.toBeUndefined();
});

test('repairs NB as soon as it is damaged, and then is quiet', async () => {
  await vi.waitFor(() => expect(nats()).toBe(1), soon);
  await controller.ovn.nb.transact([{ op: 'delete', table: 'Logical_Router', where: [] }]);
  await vi.waitFor(() => {
    const repairs = passes.filter(({ plan }) =>
      plan.changes.some(({ table, verb }) => table === 'NAT' && verb === 'insert'),
    );
    expect(repairs.length).toBe(2);
  }, soon);
  await vi.waitFor(() => expect(nats()).toBe(1), soon);
  await vi.waitFor(
    () => expect(passes.at(-1)).toMatchObject({ written: { changes: 0 }, statusWrites: 0 }),
    soon,
  );
});

test('tells of a rule that does not work though NB has its row, and that it is over', async () => {
  await vi.waitFor(() => expect(nats()).toBe(1), soon);
  const found = (): readonly string[] => passes.at(-1)?.findings.map(({ code }) => code) ?? [];
  const reason = async (): Promise<string | undefined> => {
    const [fip] = (await controller.source.list()).resources.OvnFip;
    return fip?.status?.conditions?.find(({ type }) => type === 'Ready')?.reason;
  };
  const change = (table: string, name: string, column: string, row: Record<string, string | number>) =>
    controller.ovn.nb.transact([
      { op: 'insert', table: column === 'acls' ? 'ACL' : 'Logical_Router_Policy', uuidName: 'more', row },
      {
        ...{ op: 'mutate', table, where: [['name', '==', name]] },
        mutations: [[column, 'insert', new Set(['more'])]],
      },
    ]);
  await change('Logical_Router', 'vpc1', 'policies', {
    ...{ priority: 1000, match: 'ip4.src == 192.168.0.0/24', action: 'drop' },
  });
  await vi.waitFor(() => expect(found()).toContain('policy-diverts'), soon);
  await vi.waitFor(async () => expect(await reason()).toBe('PolicyDiverts'), soon);
  const policies = new Set(
    [...controller.ovn.northbound.snapshot().table('Logical_Router_Policy')].map(({ _uuid }) => _uuid),
  );
  await controller.ovn.nb.transact([
    { op: 'mutate', table: 'Logical_Router', where: [], mutations: [['policies', 'delete', policies]] },
  ]);
  await vi.waitFor(() => expect(found()).not.toContain('policy-diverts'), soon);
  await vi.waitFor(async () => expect(await reason()).not.toBe('PolicyDiverts'), soon);
  await change('Logical_Switch', 'vpc1-subnet1', 'acls', {
    ...{ priority: 1000, direction: 'to-lport', match: 'outport == "web.default"', action: 'drop' },
  });
  await vi.waitFor(async () => expect(await reason()).toBe('AclDrops'), soon);
});

test('survives a restart of NB and catches up', async () => {
  await vi.waitFor(() => expect(nats()).toBe(1), soon);
  await bench.nb.kill();
  const file = join(bench.folder, '05-floating-ip.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replace('10.9.101.9', '10.9.101.33'));
  await vi.waitFor(() => expect(faults.length).toBeGreaterThan(0), soon);
  await bench.nb.start();
  await vi.waitFor(() => {
    const [nat] = controller.ovn.northbound.snapshot().table('NAT');
    expect(nat?.external_ip).toBe('10.9.101.33');
  }, soon);
});

test('waits as long as the other side asks, within reason', async () => {
  await vi.waitFor(() => expect(passes.at(-1)?.statusWrites).toBe(0), soon);
  stop.abort();
  await ended;
  const asked = [700, 10 ** 9];
  const store = vi.spyOn(controller.source, 'list');
  for (const retryAfterMs of asked) {
    store.mockRejectedValueOnce(new SourceFault('cluster-busy', 'busy', { retryAfterMs }));
    const again = new AbortController();
    const delays: number[] = [];
    await loop(controller, {
      signal: again.signal,
      onFault: (_fault, delayMs) => {
        delays.push(delayMs);
        again.abort();
      },
    });
    expect(delays).toEqual([Math.min(retryAfterMs, 60_000)]);
  }
});

test('ends as soon as another controller has taken over, though there is nothing to write', async () => {
  await vi.waitFor(
    () => expect(passes.at(-1)).toMatchObject({ written: { changes: 0 }, statusWrites: 0 }),
    soon,
  );
  const { ovn } = controller;
  const store = async (): Promise<void> => undefined;
  await Fence.claim(ovn.nb, ovn.northbound, { stored: 0, store }, southOf(ovn));
  await expect(ended).rejects.toMatchObject({ code: 'fenced' });
});
