import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext } from 'node:tls';
import { OvsdbFault } from '../value/fault.ts';

/** PEM text, or the file that holds it. A file is read again for each connection, so that a renewed one is taken up. */
export type Pem = { readonly pem: string } | { readonly file: string };

/** Who may be talked to over `ssl:` remotes, and as whom. */
export type TlsOptions = {
  /** The certificate authorities that may sign the server's certificate; no others are trusted. */
  readonly ca: Pem;
  /** This client's certificate, with the intermediate ones after it. Servers of OVN ask for one unless told not to. */
  readonly certificate?: Pem;
  readonly privateKey?: Pem;
  /**
   * The name that the server's certificate must carry, when it is not the remote's host: a DNS name or IP address among its alternative names
   * or, in a certificate without any, its common name.
   */
  readonly serverName?: string;
};

/** What a connection needs of `TlsOptions`, as it is on disk now. Rejects with `OvsdbFault` `bad-credentials`. */
export async function readCredentials(options: TlsOptions): Promise<SecureContext> {
  const [ca, cert, key] = await Promise.all([
    readPem('CA', options.ca),
    readPem('certificate', options.certificate),
    readPem('private key', options.privateKey),
  ]);
  if ((cert === undefined) !== (key === undefined)) {
    throw credentialsFault('a client certificate and its private key go together: one of them is missing');
  }
  if (ca === undefined || !/-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/.test(ca))
    throw credentialsFault('the CA is not PEM');
  try {
    return createSecureContext({
      ca,
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      minVersion: 'TLSv1.2',
    });
  } catch (cause) {
    throw credentialsFault(`the TLS credentials do not fit together: ${textOf(cause)}`, cause);
  }
}

async function readPem(role: string, pem: Pem | undefined): Promise<string | undefined> {
  if (pem === undefined) return undefined;
  if ('pem' in pem) return pem.pem;
  try {
    return await readFile(pem.file, 'utf8');
  } catch (cause) {
    throw credentialsFault(`the ${role} cannot be read: ${textOf(cause)}`, cause);
  }
}

/** Files may be half-way through being renewed: the next connection may find them whole. */
function credentialsFault(message: string, cause?: unknown): OvsdbFault {
  return new OvsdbFault('bad-credentials', message, { retry: 'backoff', outcome: 'not-sent', cause });
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
