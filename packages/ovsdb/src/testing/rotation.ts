import { copyFile } from 'node:fs/promises';
import { type Certificates, certificatesIn } from './certificates.ts';
import type { ServerTls } from './server-process.ts';

/** Which of two authorities, and what it signed. */
export type Generation = 'old' | 'new';

/** Files of clients and servers whose content is of one generation or the other. */
export type Rotation = {
  readonly server: ServerTls;
  readonly client: {
    readonly ca: { readonly file: string };
    readonly certificate: { readonly file: string };
    readonly privateKey: { readonly file: string };
  };
  /** Replaces the files of clients. */
  renewClients(generation: Generation): Promise<void>;
  /** Replaces the files of servers; one that is started anew has them for certain. */
  renewServers(generation: Generation): Promise<void>;
};

/**
 * Two authorities that do not know each other, and of each a certificate for servers at loopback and one for clients. Whoever
 * goes by one refuses the other. All files hold the old ones at first. `directory` is there and is the caller's.
 */
export async function startRotation(directory: string): Promise<Rotation> {
  const made = certificatesIn(directory);
  for (const generation of ['old', 'new'] as const) {
    await made.authority(generation);
    await made.certificate(`${generation}-server`, generation, { names: 'IP:127.0.0.2' });
    await made.certificate(`${generation}-client`, generation);
  }
  const renew = (part: 'server' | 'client') => (generation: Generation) => replace(made, part, generation);
  const [renewClients, renewServers] = [renew('client'), renew('server')];
  await Promise.all([renewClients('old'), renewServers('old')]);
  return {
    server: {
      certificateFile: made.file('used-server.pem'),
      privateKeyFile: made.file('used-server.key'),
      caFile: made.file('used-server-ca.pem'),
    },
    client: {
      ca: { file: made.file('used-client-ca.pem') },
      certificate: { file: made.file('used-client.pem') },
      privateKey: { file: made.file('used-client.key') },
    },
    renewClients,
    renewServers,
  };
}

async function replace({ file }: Certificates, part: string, generation: Generation): Promise<void> {
  await copyFile(file(`${generation}.pem`), file(`used-${part}-ca.pem`));
  await copyFile(file(`${generation}-${part}.key`), file(`used-${part}.key`));
  await copyFile(file(`${generation}-${part}.pem`), file(`used-${part}.pem`));
}
