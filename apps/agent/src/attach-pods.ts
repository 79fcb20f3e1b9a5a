import { once } from 'node:events';
import {
  type Attachments,
  type CniServerOptions,
  openAttachments,
  type PodReader,
  serveCni,
} from '@berth/node';
import type { CniRequest, CniResult } from '@berth/node/cni';
import type { RunOptions } from './run-options.ts';

/** How often it is looked for sandboxes that went away without a word. */
const sweepMs = 15_000;

/**
 * Begins to attach pods for berth-cni, as soon as the node's database can be reached; nobody listens at the socket before. Disposing of
 * it ends that and leaves every pod as it is.
 */
export function attachPods(options: RunOptions, retryMs: number): AsyncDisposable {
  const { place, host, instance, cniSocket, report, signal } = options;
  const { pods } = place;
  if (!pods || cniSocket === undefined) return { async [Symbol.asyncDispose]() {} };
  const stop = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal]);
  const held = new AsyncDisposableStack();
  const begin = async (): Promise<void> => {
    await using stack = new AsyncDisposableStack();
    const attachments = stack.use(await openAttachments({ host, instance, pods, signal: ended }));
    const follower = stack.use(keepFollowing(attachments, pods, report, ended));
    const sweeper = keepSweeping(attachments, () => follower.follow(), report);
    stack.defer(() => clearInterval(sweeper));
    const handle: CniServerOptions['handle'] = async (request, hungUp) => {
      const result = await attachments.handle(request, AbortSignal.any([hungUp, ended]));
      if (request.command !== 'STATUS') report.told(doneLine(request, result));
      return result;
    };
    stack.use(
      await serveCni({
        socketPath: cniSocket,
        handle,
        onRefused: (request, fault) => report.told(refusedLine(request, fault)),
      }),
    );
    held.use(stack.move());
  };
  const begun = untilDone(begin, { signal: ended, retryMs, onFault: report.failed });
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await begun;
      await held.disposeAsync();
      await pods.close();
    },
  };
}

/** Sweeps at once, since the node may have been away, and then again and again. */
function keepSweeping(
  attachments: Attachments,
  follow: () => void,
  report: RunOptions['report'],
): NodeJS.Timeout {
  let turn = 0;
  let isMending = false;
  const mend = async (): Promise<void> => {
    if (isMending) return;
    isMending = true;
    const { pods, faults } = await attachments.mend(turn++).finally(() => {
      isMending = false;
    });
    for (const pod of pods) report.told(`cni      ${pod} has addresses and routes back that it had lost`);
    for (const fault of faults) report.failed(fault);
  };
  const sweep = (): void => {
    follow();
    void mend().catch(report.failed);
    void attachments.sweep().then((pods) => {
      for (const pod of pods) report.told(`cni      ${pod} is gone without DEL: its port is removed`);
    }, report.failed);
  };
  sweep();
  return setInterval(sweep, sweepMs);
}

/** Lets pods that run follow what is asked for them: when something about them changed, and whenever it is told to. One turn at a time. */
function keepFollowing(
  attachments: Attachments,
  pods: PodReader,
  report: RunOptions['report'],
  ended: AbortSignal,
): AsyncDisposable & { follow(): void } {
  let turn: Promise<void> | undefined;
  let isDue = false;
  const turns = async (): Promise<void> => {
    while (isDue && !ended.aborted) {
      isDue = false;
      try {
        const followed = await attachments.follow();
        if (ended.aborted) return;
        for (const pod of followed) report.told(`cni      ${pod} has the routes it asks for`);
      } catch (fault) {
        if (!ended.aborted) report.failed(fault);
      }
    }
    turn = undefined;
  };
  const follow = (): void => {
    isDue = true;
    turn ??= turns();
  };
  const watch = pods.watch(follow);
  return {
    follow,
    async [Symbol.asyncDispose]() {
      watch[Symbol.dispose]();
      isDue = false;
      // The cluster may be slow to list pods; nobody waits for that at the end.
      if (!ended.aborted) await Promise.race([turn, once(ended, 'abort')]);
    },
  };
}

async function untilDone(
  work: () => Promise<void>,
  how: { readonly signal: AbortSignal; readonly retryMs: number; onFault(fault: unknown): void },
): Promise<void> {
  while (!how.signal.aborted) {
    try {
      await work();
      return;
    } catch (fault) {
      if (how.signal.aborted) return;
      how.onFault(fault);
      await new Promise((resolve) => setTimeout(resolve, how.retryMs));
    }
  }
}

function doneLine(request: CniRequest, result: CniResult | undefined): string {
  const addresses = (result?.ips ?? []).map(({ address }) => address);
  return ['cni     ', request.command, whose(request), ...addresses].filter((word) => word !== '').join(' ');
}

function refusedLine(request: CniRequest | undefined, fault: unknown): string {
  const message = fault instanceof Error ? fault.message : String(fault);
  return `cni      ${request ? `${request.command} ${whose(request)}`.trim() : 'request'} failed: ${message}`;
}

/** The pod, or the container where no pod is named, that a request is about. */
function whose(request: CniRequest): string {
  if ('pod' in request && request.pod) return `pod/${request.pod.namespace}/${request.pod.name}`;
  return 'attachment' in request ? request.attachment.containerId : '';
}
