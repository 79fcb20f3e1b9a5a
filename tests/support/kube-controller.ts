import type { ResourceSet } from '@berth/api';
import { connectOvn, type PassInput, type PassResult, pass, takeOver } from '@berth/engine';
import type { OwnKubeServer } from '@berth/lab';
import { type HeldSource, wholeSeconds } from '@berth/source';
import { holdCluster, type KubeObserver, KubeReader, type KubeReaderOptions } from '@berth/source/kube';
import { expect } from 'vitest';
import type { Bench } from '../../packages/engine/src/testing/bench.ts';
import { controllerUser, eventually, lease } from './kube-bench.ts';

/** A controller of a cluster that passes when it is told to. */
export type KubeController = AsyncDisposable &
  PassInput & {
    readonly source: HeldSource;
    /** One pass; throws what was refused in it. */
    pass(): Promise<PassResult>;
    /** Passes until one has nothing to do. */
    settle(): Promise<PassResult>;
    /** Passes again and again until something holds. */
    until(condition: () => boolean | Promise<boolean>, meanwhile?: string): Promise<void>;
    /** Passes until one fails, with a fault like this. */
    fails(fault: object): Promise<void>;
    /** Waits until a listing shows something, without a pass. */
    seen(condition: (resources: ResourceSet) => boolean): Promise<void>;
  };

let candidates = 0;

/** A server that is started anew on a busy machine is away for longer than a controller would go on without it. */
const leaseTimes = { durationSeconds: 120, renewWithinMs: 90_000, retryMs: 200 };

/** Opens a controller on a real cluster and the databases of a bench. */
export async function openKubeController(
  kube: OwnKubeServer,
  { nb, sb }: Pick<Bench, 'nb' | 'sb'>,
  options: {
    readonly observe?: KubeObserver;
    readonly defaultExternalSubnet?: string;
    /** Of the controller; by default the one that the API server wrote. */
    readonly kubeconfig?: string;
    readonly times?: KubeReaderOptions['times'];
    /** By how much its clock is ahead of ours. */
    readonly clockAheadMs?: number;
  } = {},
): Promise<KubeController> {
  await using stack = new AsyncDisposableStack();
  candidates += 1;
  const clockMs = (): number => Date.now() + (options.clockAheadMs ?? 0);
  const reader = stack.use(
    new KubeReader({
      kubeconfig: options.kubeconfig ?? kube.kubeconfig(controllerUser),
      times: { longestDelayMs: 500, ...options.times },
      observe: options.observe,
      nowMs: clockMs,
    }),
  );
  const held = { lease: { ...lease, identity: `controller-${candidates}`, times: leaseTimes } };
  const source = stack.use(await holdCluster(reader, held, AbortSignal.timeout(120_000)));
  const ovn = stack.use(await connectOvn({ nb: nb.remote, sb: sb.remote }));
  const fence = await takeOver(source, ovn, { instance: 'default' });
  const opened = stack.move();
  const input: PassInput = {
    source,
    ovn,
    fence,
    settings: { instance: 'default', defaultExternalSubnet: options.defaultExternalSubnet ?? 'external' },
    now: () => wholeSeconds(clockMs()),
  };
  const passOnce = async (): Promise<PassResult> => {
    const result = await pass(input);
    if (result.refusal) throw result.refusal;
    return result;
  };
  return {
    ...input,
    source,
    pass: passOnce,
    settle: () => settle(passOnce),
    until: (condition, meanwhile) => until(condition, passOnce, meanwhile),
    fails: async (expected) => {
      let fault: unknown;
      const failed = () =>
        passOnce().then(
          () => false,
          (thrown: unknown) => {
            fault = thrown;
            return !passing.includes(codeOf(thrown));
          },
        );
      await eventually(failed);
      expect(fault).toMatchObject(expected);
    },
    seen: (condition) => eventually(async () => condition((await source.list()).resources)),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function settle(passOnce: () => Promise<PassResult>): Promise<PassResult> {
  for (let passes = 0; passes < 20; passes++) {
    const result = await passed(passOnce);
    if (result.written.changes === 0 && result.statusWrites === 0) return result;
  }
  throw new Error('the passes do not come to rest');
}

/** The next pass that does not fail with a fault that another pass cures. */
async function passed(passOnce: () => Promise<PassResult>): Promise<PassResult> {
  let result: PassResult | undefined;
  let last: unknown;
  await eventually(
    async () => {
      result = await passOnce().catch((fault: unknown) => {
        last = fault;
        return retried(fault);
      });
      return result !== undefined;
    },
    () => last,
  );
  if (!result) throw new Error('no pass');
  return result;
}

/** Passes until something holds; a fault of the code `meanwhile` may come up before. */
function until(
  condition: () => boolean | Promise<boolean>,
  passOnce: () => Promise<PassResult>,
  meanwhile = 'stale-write',
): Promise<void> {
  let last: unknown = 'no fault';
  const passed = async (): Promise<boolean> => {
    await passOnce().catch((fault: unknown) => {
      last = fault;
      return retried(fault, meanwhile);
    });
    return condition();
  };
  return eventually(passed, () => last);
}

/** Codes of faults that come and go while something changes, or while the API server starts. */
const passing: readonly unknown[] = ['stale-write', 'cluster-unreachable', 'cluster-busy'];

function codeOf(fault: unknown): unknown {
  return fault instanceof Error && 'code' in fault ? fault.code : undefined;
}

/** A fault that another pass cures. */
function retried(fault: unknown, meanwhile = 'stale-write'): undefined {
  const code = codeOf(fault);
  if (passing.includes(code) || code === meanwhile) return undefined;
  throw fault;
}

/** The rows of NAT in NB, each as its address outside and what it leads to. */
export function natsOf({ ovn }: Pick<KubeController, 'ovn'>): readonly string[] {
  return [...ovn.northbound.snapshot().table('NAT')]
    .map((row) => `${row['external_ip']} ${row['logical_ip']}`)
    .sort();
}
