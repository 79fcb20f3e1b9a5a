import 'reflect-metadata';
import { createPrivateKey, KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';

/** A certificate that is its own authority, with its key; both PEM. */
export type OwnCertificate = { readonly certificate: string; readonly privateKey: string };

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** Clocks of API servers may be behind ours by so much. */
const skewMs = 5 * 60_000;

/** Makes a certificate for DNS names and addresses, good from `nowMs` on for `validityMs`. */
export async function makeCertificate(
  names: readonly string[],
  nowMs: number,
  validityMs: number,
): Promise<OwnCertificate> {
  const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
  const made = await X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=berth-admission',
      notBefore: new Date(nowMs - skewMs),
      notAfter: new Date(nowMs + validityMs),
      signingAlgorithm: { ...keyAlgorithm, hash: 'SHA-256' },
      keys,
      extensions: [
        new SubjectAlternativeNameExtension(
          names.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value })),
        ),
      ],
    },
    webcrypto,
  );
  const privateKey = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' });
  return { certificate: `${made.toString('pem')}\n`, privateKey: String(privateKey) };
}

/** When a certificate ends, in ms; 0 for a text that is none, or one without some of the names. */
export function endOf(pem: string, names: readonly string[]): number {
  try {
    const read = new X509Certificate(pem);
    const hasAll = names.every((name) => (isIP(name) ? read.checkIP(name) : read.checkHost(name)));
    return hasAll ? read.validToDate.getTime() : 0;
  } catch {
    return 0;
  }
}

/** Whether a key is that of a certificate. */
export function isKeyOf({ certificate, privateKey }: OwnCertificate): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(privateKey));
  } catch {
    return false;
  }
}
