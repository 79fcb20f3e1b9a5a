import { join } from 'node:path';
import type { Entrance } from '../lab/enter.ts';
import { readRegistry, writeRegistry } from '../registry/entry.ts';
import type { Manifest } from './call.ts';
import type { KubeUser } from './credentials.ts';
import { freePorts } from './free-ports.ts';
import { startKubeServer } from './kube-server.ts';
import { labProcesses } from './lab-processes.ts';
import { type KubePrograms, requireKubePrograms } from './programs.ts';

/** What a lab's API server is to know beside our kinds. */
export type LabKubeOptions = {
  readonly users?: readonly Omit<KubeUser, 'token'>[];
  readonly manifests?: readonly Manifest[];
  /** The webhooks, once it is known where they are to ask, as `127.0.0.1:PORT`. */
  readonly webhooks?: (admission: string) => readonly Manifest[];
};

/** A lab's API server, as other processes find it. */
export type LabKube = {
  readonly url: string;
  /** Kubeconfig files by user; `admin` may do everything. */
  readonly kubeconfigs: Readonly<Record<string, string>>;
  /** Where it asks for a controller's verdict, as `127.0.0.1:PORT`: the lab's own, and free when the lab was made. */
  readonly admission: string;
};

const file = 'kube.json';

/** As `requireKubePrograms`, before anything is started. */
export function checkKubePrograms(): KubePrograms {
  return requireKubePrograms(process.env);
}

/** Starts an API server that lives and ends with the lab. */
export async function startLabKube(
  directory: string,
  entrance: Entrance,
  programs: KubePrograms,
  { users = [], manifests = [], webhooks }: LabKubeOptions,
): Promise<void> {
  const options = { programs, folder: join(directory, 'kube'), users, manifests };
  const server = await startKubeServer(options, labProcesses(entrance));
  // Only now, as all ports of the control plane itself are taken: nobody listens on this one before a controller does.
  const [port] = await freePorts(1);
  const admission = `127.0.0.1:${port}`;
  if (webhooks) await server.apply(webhooks(admission));
  const names = server.credentials.users.map(({ name }) => name);
  const kubeconfigs = Object.fromEntries(names.map((name) => [name, server.kubeconfig(name)]));
  writeRegistry(directory, file, { url: server.url, kubeconfigs, admission } satisfies LabKube);
}

/** The API server of the lab in this directory; undefined when it has none. */
export function readLabKube(directory: string): LabKube | undefined {
  return readRegistry(directory, file, isLabKube);
}

function isLabKube(value: unknown): value is LabKube {
  return typeof value === 'object' && value !== null && 'url' in value && 'kubeconfigs' in value;
}
