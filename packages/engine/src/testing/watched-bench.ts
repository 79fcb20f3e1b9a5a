import { NodeWatch, type WatchTimes } from '../nodes/node-watch.ts';
import type { PassInput } from '../pass/pass.ts';
import { type Bench, type Controller, openController, startBench } from './bench.ts';
import { type MemoryBoard, memoryBoard } from './memory-board.ts';

/** The nodes of the field story; the first has its workload. */
export const fieldNodes = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'] as const;

/** The field story on a bench with a controller that hears agents, which the test plays on the board. */
export type WatchedBench = AsyncDisposable & {
  readonly bench: Bench;
  readonly controller: Controller;
  readonly board: MemoryBoard;
  readonly input: PassInput;
  /** Lets time go by. */
  readonly wait: (ms: number) => void;
};

/** Starts it, at time 0. */
export async function startWatchedBench(times: WatchTimes): Promise<WatchedBench> {
  const example = new URL('../../../../examples/01-field-story', import.meta.url).pathname;
  await using stack = new AsyncDisposableStack();
  const bench = stack.use(await startBench(example, fieldNodes, 'external0'));
  const controller = stack.use(await openController(bench));
  const board = memoryBoard();
  let nowMs = 0;
  const input = { ...controller, nodes: new NodeWatch(board, () => nowMs, times) };
  const held = stack.move();
  return {
    ...{ bench, controller, board, input },
    wait(ms) {
      nowMs += ms;
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
