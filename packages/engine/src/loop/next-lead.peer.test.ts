import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { NodeWatch } from '../nodes/node-watch.ts';
import type { PassResult } from '../pass/pass.ts';
import { fieldNodes, startWatchedBench } from '../testing/watched-bench.ts';
import { loop } from './loop.ts';

const times = { silentMs: 2_500, holdMs: 3_000, lagMs: 1_000, checkMs: 3_000, stillMs: 3_000 };
const [, dead] = fieldNodes;
const ovnController = { running: true, connected: true, flowsInstalled: true };

test('who leads next says from the first pass on that a gateway is dead, though its chassis is gone and reports take a while', async () => {
  await using watched = await startWatchedBench(times);
  const { board, controller, input } = watched;
  for (const node of fieldNodes) board.tell(node, { chassis: `chassis-${node}`, ovnController });
  await controller.ovn.sb.transact([{ op: 'delete', table: 'Chassis', where: [['hostname', '==', dead]] }]);
  const slow = {
    ...board,
    reports: async () => {
      await sleep(300);
      return board.reports();
    },
  };
  const passes: PassResult[] = [];
  const stop = new AbortController();
  const nodes = new NodeWatch(slow, () => performance.now());
  const ended = loop(
    { ...input, nodes },
    { signal: stop.signal, onPass: (result) => void passes.push(result) },
  );
  await vi.waitFor(() => expect(passes).not.toEqual([]), { timeout: 30_000, interval: 20 });
  stop.abort();
  await ended;
  const told = passes.map(({ findings }) =>
    findings.flatMap(({ code, object }) => (object?.name === dead ? [code] : [])),
  );
  expect(new Set(told.flat())).toEqual(new Set(['gateway-dead']));
  expect(told[0]).toEqual(['gateway-dead']);
});
