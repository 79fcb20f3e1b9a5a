import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Authorities and certificates of a test, as files `NAME.pem` and `NAME.key` of one directory. */
export type Certificates = {
  file(name: string): string;
  /** Makes an authority. */
  authority(name: string): Promise<void>;
  /** Makes a certificate that an authority signs, good for `days` from now. */
  certificate(
    name: string,
    by: string,
    more?: { readonly names?: string; readonly days?: number },
  ): Promise<void>;
};

/** Makes certificates with openssl(1) in a directory that is there. */
export function certificatesIn(directory: string): Certificates {
  const file = (name: string): string => join(directory, name);
  const newKey = (name: string): readonly string[] => [
    ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-keyout', file(`${name}.key`)],
  ];
  return {
    file,
    async authority(name) {
      const about = ['-out', file(`${name}.pem`), '-days', '2', '-subj', `/CN=${name}`];
      await run('openssl', ['req', '-x509', ...newKey(name), ...about]);
    },
    async certificate(name, by, { names = '', days = 2 } = {}) {
      const [request, extensions] = [file(`${name}.csr`), file(`${name}.ext`)];
      await run('openssl', ['req', ...newKey(name), '-out', request, '-subj', `/CN=${name} id:1`]);
      await writeFile(extensions, names === '' ? '' : `subjectAltName=${names}\n`);
      const signer = ['-CA', file(`${by}.pem`), '-CAkey', file(`${by}.key`), '-CAcreateserial'];
      const output = ['-out', file(`${name}.pem`), '-extfile', extensions, '-days', String(days)];
      await run('openssl', ['x509', '-req', '-in', request, ...signer, ...output]);
    },
  };
}
