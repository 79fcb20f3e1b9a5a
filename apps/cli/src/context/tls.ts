import type { TlsOptions } from '@berth/ovsdb';
import type { Options } from '../tree/options.ts';
import { CliFault } from './cli-fault.ts';

/** The files of TLS, as far as they are named. Throws CliFault `usage` where it is to be used and nobody is named that is trusted. */
export function tlsOf({
  privateKey,
  certificate,
  caCert,
  nb = '',
  sb = '',
}: Pick<Options, 'privateKey' | 'certificate' | 'caCert' | 'nb' | 'sb'>): TlsOptions | undefined {
  if (caCert === undefined) {
    const isUsed = [nb, sb].some((remotes) => remotes.split(',').some((each) => each.startsWith('ssl:')));
    if (!isUsed && privateKey === undefined && certificate === undefined) return undefined;
    throw new CliFault('usage', '--ca-cert is missing', 'it says whose certificates are trusted');
  }
  return {
    ca: { file: caCert },
    ...(certificate !== undefined && { certificate: { file: certificate } }),
    ...(privateKey !== undefined && { privateKey: { file: privateKey } }),
  };
}
