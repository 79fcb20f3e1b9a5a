import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Somebody the API server knows. */
export type KubeUser = { readonly name: string; readonly groups: readonly string[]; readonly token: string };

/** What a server shows and whom it knows; the files are in its folder. */
export type KubeCredentials = {
  /** Of the authority that signed the server's certificate, PEM. */
  readonly ca: string;
  readonly certificateFile: string;
  readonly privateKeyFile: string;
  readonly serviceAccountKeyFile: string;
  readonly tokenFile: string;
  readonly users: readonly KubeUser[];
};

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes an authority, a certificate for loopback, a key for service accounts, and a token for every user. */
export async function makeCredentials(
  folder: string,
  users: readonly Omit<KubeUser, 'token'>[],
): Promise<KubeCredentials> {
  const file = (name: string): string => join(folder, name);
  await openssl('-subj', '/CN=berth-lab-ca', ...newKey, '-keyout', file('ca.key'), '-out', file('ca.crt'));
  await openssl(
    ...['-subj', '/CN=kube-apiserver', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
    ...['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'extendedKeyUsage=serverAuth'],
    ...['-CA', file('ca.crt'), '-CAkey', file('ca.key')],
    ...[...newKey, '-keyout', file('server.key'), '-out', file('server.crt')],
  );
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const serviceAccountKeyFile = file('service-accounts.key');
  await writeFile(serviceAccountKeyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), {
    mode: 0o600,
  });
  const known = users.map((user) => ({ ...user, token: randomBytes(16).toString('hex') }));
  const tokenFile = file('tokens.csv');
  await writeFile(tokenFile, known.map(tokenLine).join(''), { mode: 0o600 });
  return {
    ca: await readFile(file('ca.crt'), 'utf8'),
    certificateFile: file('server.crt'),
    privateKeyFile: file('server.key'),
    serviceAccountKeyFile,
    tokenFile,
    users: known,
  };
}

/** A line of the API server's `--token-auth-file`: token, user, user id, groups. */
function tokenLine({ token, name, groups }: KubeUser): string {
  return `${token},${name},${name},"${groups.join(',')}"\n`;
}

async function openssl(...words: readonly string[]): Promise<void> {
  await run('openssl', ['req', '-x509', '-days', '3650', ...words]);
}
