import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type OvsdbServer, serverOf } from './ovsdb-server.ts';
import { chosenSchema, type SchemaChoice } from './schema-files.ts';
import { ServerProcess } from './server-process.ts';

const run = promisify(execFile);

/** A member that is kept from working for a second or two is not given up: ovsdb-tool(1), in ms. */
const patient = '--election-timer=3000';

/** A real RAFT cluster of ovsdb-servers, each member in a directory of its own. The first one made it and led first. */
export type OvsdbCluster = AsyncDisposable & {
  readonly database: string;
  readonly members: readonly OvsdbServer[];
  /** Kills all members and removes their directories. */
  stop(): Promise<void>;
};

/** Starts a cluster on an empty database and resolves when all members are in it. */
export async function startOvsdbCluster(options: {
  readonly schema: SchemaChoice;
  /** Default 3. */
  readonly size?: number;
}): Promise<OvsdbCluster> {
  const { file: schemaFile, name } = await chosenSchema(options.schema);
  const directory = await mkdtemp(join(tmpdir(), 'berth-ovsdb-'));
  const members: OvsdbServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(members.map((member) => member.stop()));
    await rm(directory, { recursive: true, force: true });
  };
  const addressOf = (place: number): string => `unix:${join(directory, String(place), 'raft')}`;
  try {
    for (let place = 0; place < (options.size ?? 3); place++) {
      const folder = join(directory, String(place));
      const file = join(folder, 'db');
      await mkdir(folder);
      if (place === 0) await run('ovsdb-tool', [patient, 'create-cluster', file, schemaFile, addressOf(0)]);
      else await run('ovsdb-tool', ['join-cluster', file, name, addressOf(place), addressOf(0)]);
      members.push(await startMember({ file, database: name, directory: folder }));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { database: name, members, stop, [Symbol.asyncDispose]: stop };
}

async function startMember(
  about: Pick<OvsdbServer, 'database' | 'directory' | 'file'>,
): Promise<OvsdbServer> {
  const server = new ServerProcess(about);
  const start = () => server.start();
  try {
    await start();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return serverOf(server, { ...about, start, stop: () => server.stop() });
}
