import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Operation } from '@berth/ovsdb';
import { type OvsdbServer, startOvsdbServer } from '@berth/ovsdb/testing';
import { openFolderSource, type Source } from '@berth/source';
import { Fence } from '../ovn/fence.ts';
import { connectOvn, type Ovn, southOf } from '../ovn/ovn.ts';
import type { PassInput } from '../pass/pass.ts';
import { addChassis } from './chassis.ts';

/** Real NB and SB servers with a folder beside them, for tests of the engine. */
export type Bench = AsyncDisposable & {
  readonly nb: OvsdbServer;
  readonly sb: OvsdbServer;
  readonly folder: string;
  readonly stateFolder: string;
};

/** Starts the servers with a copy of `example`, and chassis in SB for `nodes`, each with the bridge of `network`. */
export async function startBench(example: string, nodes: readonly string[], network: string): Promise<Bench> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-engine-'));
  const folder = join(directory, 'folder');
  await cp(example, folder, { recursive: true });
  const [nb, sb] = await Promise.all([
    startOvsdbServer({ schema: 'nb' }),
    startOvsdbServer({ schema: 'sb' }),
  ]);
  await addChassis(sb.remote, nodes, network);
  return {
    nb,
    sb,
    folder,
    stateFolder: join(directory, 'state'),
    async [Symbol.asyncDispose]() {
      await Promise.all([nb.stop(), sb.stop()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A controller that can be disposed of. */
export type Controller = PassInput & AsyncDisposable & { readonly source: Source; readonly ovn: Ovn };

/** Stands around every write, to the state and to NB. May refuse it, or throw when it is done: the controller is dead then. */
export type WriteGuard = <T>(write: () => Promise<T>) => Promise<T>;

/** One controller on a bench: what `run` and `apply` put together. */
export async function openController(
  { nb, sb, folder, stateFolder }: Bench,
  guard: WriteGuard = (write) => write(),
): Promise<Controller> {
  await using stack = new AsyncDisposableStack();
  let uid = 0;
  const now = (): string => '2026-01-01T00:00:00Z';
  const source = guardedSource(
    stack.use(
      await openFolderSource({
        folder,
        stateFolder,
        settleMs: 0,
        identify: { now, newUid: () => `uid-${++uid}` },
      }),
    ),
    guard,
  );
  const connected = stack.use(await connectOvn({ nb: nb.remote, sb: sb.remote }));
  const ovn = { ...connected, nb: guardedDatabase(connected.nb, guard) };
  const { epoch } = await source.list();
  const fence = await Fence.claim(
    ovn.nb,
    ovn.northbound,
    { stored: epoch, store: (next) => source.storeEpoch(next) },
    southOf(ovn),
  );
  const held = stack.move();
  const settings = { instance: 'default', defaultExternalSubnet: 'external' };
  return { source, ovn, fence, settings, now, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

function guardedSource(source: Source, guard: WriteGuard): Source {
  return new Proxy(source, {
    get(target, name) {
      if (name === 'store')
        return (writes: Parameters<Source['store']>[0]) => guard(() => target.store(writes));
      if (name === 'storeEpoch') return (epoch: number) => guard(() => target.storeEpoch(epoch));
      return bound(target, name);
    },
  });
}

function guardedDatabase(database: Ovn['nb'], guard: WriteGuard): Ovn['nb'] {
  return new Proxy(database, {
    get(target, name) {
      if (name === 'transact')
        return (operations: readonly Operation[]) => guard(() => target.transact(operations));
      return bound(target, name);
    },
  });
}

/** A member of an object with private fields, usable through a proxy. */
function bound(target: object, name: string | symbol): unknown {
  const member: unknown = Reflect.get(target, name, target);
  return typeof member === 'function' ? member.bind(target) : member;
}
