import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rowUuid } from '@berth/core';
import { openDatabase } from '@berth/ovsdb';
import { type OvsdbServer, startOvsdbServer } from '@berth/ovsdb/testing';
import { openFolderSource, type Source } from '@berth/source';
import { Fence } from '../ovn/fence.ts';
import { connectOvn, type Ovn } from '../ovn/ovn.ts';
import type { PassInput } from '../pass/pass.ts';

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

/** One controller on a bench: what `run` and `apply` put together. */
export async function openController({
  nb,
  sb,
  folder,
  stateFolder,
}: Bench): Promise<PassInput & AsyncDisposable & { readonly source: Source; readonly ovn: Ovn }> {
  await using stack = new AsyncDisposableStack();
  let uid = 0;
  const now = (): string => '2026-01-01T00:00:00Z';
  const source = stack.use(
    await openFolderSource({
      folder,
      stateFolder,
      settleMs: 0,
      identify: { now, newUid: () => `uid-${++uid}` },
    }),
  );
  const ovn = stack.use(await connectOvn({ nb: nb.remote, sb: sb.remote }));
  const { epoch } = await source.list();
  const fence = await Fence.claim(ovn.nb, ovn.northbound, {
    stored: epoch,
    store: (next) => source.storeEpoch(next),
  });
  const held = stack.move();
  const settings = { instance: 'default', defaultExternalSubnet: 'external' };
  return { source, ovn, fence, settings, now, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

async function addChassis(remote: string, nodes: readonly string[], network: string): Promise<void> {
  await using south = await openDatabase({ remotes: [remote], database: 'OVN_Southbound' });
  for (const [index, hostname] of nodes.entries()) {
    const uuid = rowUuid('Encap', [hostname]);
    await south.transact([
      {
        op: 'insert',
        table: 'Encap',
        uuid,
        row: { type: 'geneve', ip: `10.0.0.${index + 1}`, chassis_name: hostname },
      },
      {
        op: 'insert',
        table: 'Chassis',
        row: {
          name: `chassis-${hostname}`,
          hostname,
          encaps: new Set([uuid]),
          other_config: new Map([['ovn-bridge-mappings', `${network}:br-${network}`]]),
        },
      },
    ]);
  }
}
