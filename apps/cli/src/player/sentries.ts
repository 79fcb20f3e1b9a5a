import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Failure } from '@berth/core';
import type { Lab } from '@berth/lab';
import { nodeSentry, type Sentry } from '@berth/node';
import { now } from '../context/session.ts';
import type { BoardOf } from './agent-boards.ts';
import { type ControlPlane, controlPlane } from './cut.ts';

export type SentriesOptions = {
  readonly lab: Lab;
  readonly instance: string;
  readonly boardOf: BoardOf;
  /** Told of what goes wrong on a node that no failure in force names. */
  readonly onFault: (node: string, fault: unknown) => void;
  /** A node's agent has left a report. */
  readonly onReported: (node: string) => void;
};

type Post = {
  readonly node: string;
  readonly control: ControlPlane;
  sentry: Sentry | undefined;
};

/** Whether something that is on record keeps a node's agent from being heard. It is there before anything breaks. */
function isSilenced(lab: Lab, node: string): boolean {
  return lab
    .failures()
    .some((failure) => silencing.has(failure.kind) && 'node' in failure && failure.node === node);
}

const silencing: ReadonlySet<Failure['kind']> = new Set(['host', 'agent', 'control']);

/** How often it is looked what was broken and healed. */
const lookMs = 200;

/**
 * Plays the part of every node's agent that reports and carries out orders, in this process. A dead host and a dead agent
 * do nothing and report nothing; what the agent of a host remembers dies with the host. A node that is cut off goes on by
 * itself. The kubelet of every node is fine unless `notready` says otherwise. Ends when disposed of.
 */
export function playSentries({
  lab,
  instance,
  boardOf,
  onFault,
  onReported,
}: SentriesOptions): AsyncDisposable {
  let failures: readonly Failure[] = [];
  let isEnded = false;
  let turn: Promise<void> = Promise.resolve();
  let isLooking = false;
  const isIn = (kind: Failure['kind'], node: string): boolean =>
    failures.some((failure) => failure.kind === kind && 'node' in failure && failure.node === node);
  const memoryFile = (node: string): string => path.join(lab.directory, 'nodes', node, 'berth-agent.json');
  const posts = lab.nodeNames.map(
    (node): Post => ({
      node,
      control: controlPlane(boardOf(node), () => isSilenced(lab, node)),
      sentry: undefined,
    }),
  );

  const start = async ({ node, control }: Post): Promise<Sentry> => {
    const host = lab.host(node);
    return nodeSentry({
      host: { ...host, southbound: { ...host.southbound, dial: control.dial } },
      instance,
      board: {
        ...control.board,
        async report(report) {
          await control.board.report(report);
          onReported(node);
        },
      },
      memoryFile: memoryFile(node),
      agent: randomUUID(),
      now,
      isReady: () => !isIn('notready', node),
      onFault: (fault) => {
        const isNamed = failures.some((failure) => 'node' in failure && failure.node === node);
        if (!isNamed && !isEnded) onFault(node, fault);
      },
    });
  };
  const follow = async (post: Post): Promise<void> => {
    const { node, control } = post;
    control.cut(isIn('control', node));
    if (isEnded || isIn('host', node) || isIn('agent', node)) {
      await post.sentry?.close();
      post.sentry = undefined;
      if (isIn('host', node)) await rm(memoryFile(node), { force: true });
    } else {
      post.sentry ??= await start(post);
    }
  };
  const look = async (): Promise<void> => {
    if (!isEnded && !lab.isRunning()) return;
    failures = lab.failures();
    const done = await Promise.allSettled(posts.map(follow));
    for (const [place, each] of done.entries()) {
      const node = posts[place]?.node;
      if (each.status === 'rejected' && node !== undefined && !isEnded) onFault(node, each.reason);
    }
  };
  const inTurn = (): void => {
    isLooking = true;
    turn = turn.then(look).finally(() => {
      isLooking = false;
    });
  };
  const timer = setInterval(() => isLooking || inTurn(), lookMs);
  inTurn();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      isEnded = true;
      inTurn();
      await turn;
      for (const { control } of posts) await control.board[Symbol.asyncDispose]();
    },
  };
}
