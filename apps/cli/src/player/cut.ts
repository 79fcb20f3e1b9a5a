import type { Duplex } from 'node:stream';
import { type Dial, OvsdbFault, socketDial } from '@berth/ovsdb';
import { type AgentBoard, SourceFault } from '@berth/source';

/** The ways from a node to the controller and to SB, which can be cut and mended as one. */
export type ControlPlane = { readonly board: AgentBoard; readonly dial: Dial; cut(isCut: boolean): void };

/**
 * A node's control plane over a board, whole at first. `isSilenced` is asked at every report: whoever is dead by then must not be
 * heard of for the moment that it takes to be told so.
 */
export function controlPlane(board: AgentBoard, isSilenced: () => boolean): ControlPlane {
  const streams = new Set<Duplex>();
  const listeners = new Set<() => void>();
  const dialSocket = socketDial();
  let isCut = false;
  const reach = (): void => {
    if (isCut) throw new SourceFault('state-unreadable', 'the node is cut off from the control plane');
  };
  return {
    board: {
      async order() {
        reach();
        return board.order();
      },
      async reported() {
        reach();
        return board.reported();
      },
      async report(report) {
        reach();
        if (isSilenced()) throw new SourceFault('state-unreadable', 'the node cannot be heard');
        await board.report(report);
      },
      watch(onChange) {
        const listener = (): void => {
          if (!isCut) onChange();
        };
        listeners.add(listener);
        const watch = board.watch(listener);
        return {
          [Symbol.dispose]() {
            listeners.delete(listener);
            watch[Symbol.dispose]();
          },
        };
      },
      [Symbol.asyncDispose]: () => board[Symbol.asyncDispose](),
    },
    async dial(remote, options) {
      if (isCut) throw new OvsdbFault('connect-failed', 'the node is cut off', { retry: 'backoff' });
      const stream = await dialSocket(remote, options);
      streams.add(stream);
      stream.once('close', () => streams.delete(stream));
      return stream;
    },
    cut(now) {
      if (now === isCut) return;
      isCut = now;
      for (const stream of isCut ? streams : []) stream.destroy();
      for (const listener of isCut ? [] : listeners) listener();
    },
  };
}
