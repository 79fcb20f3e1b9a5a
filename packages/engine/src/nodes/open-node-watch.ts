import type { Source } from '@berth/source';
import { NodeWatch } from './node-watch.ts';

/** What is known of nodes, for as long as it is not disposed of. */
export type NodesHeld = AsyncDisposable & { readonly nodes: NodeWatch };

/** Hears the agents of a source's nodes, and leaves them their orders. */
export function openNodeWatch(source: Pick<Source, 'nodeBoard'>): NodesHeld {
  const board = source.nodeBoard();
  return {
    nodes: new NodeWatch(board, () => performance.now()),
    [Symbol.asyncDispose]: () => board[Symbol.asyncDispose](),
  };
}
