import { setTimeout as sleep } from 'node:timers/promises';
import {
  type KubeReader,
  readWebhookSecret,
  type SecretPlace,
  storeWebhookSecret,
  trustWebhooks,
  type WebhookSecret,
} from '@berth/source/kube';
import { endOf, isKeyOf, makeCertificate, type OwnCertificate } from './certificate.ts';

/** How long certificates are good, and how often they are looked at, in ms. */
export type CertificateTimes = {
  readonly validityMs: number;
  readonly checkMs: number;
  /** How long the API server may take to hear of a certificate before it is served. */
  readonly spreadMs: number;
  readonly retryMs: number;
};

const dayMs = 86_400_000;

export const usualCertificateTimes: CertificateTimes = {
  validityMs: 90 * dayMs,
  checkMs: 5 * 60_000,
  spreadMs: 10_000,
  retryMs: 10_000,
};

export type KeeperOptions = {
  readonly api: KubeReader['api'];
  readonly secret: SecretPlace;
  readonly names: readonly string[];
  readonly configuration: string;
  readonly times: CertificateTimes;
  readonly signal: AbortSignal;
  /** Called with each certificate that is to be served from now on. */
  readonly onCertificate: (own: OwnCertificate, endMs: number) => void;
  readonly onFault: (fault: unknown) => void;
};

/**
 * Keeps the certificate of the webhooks until the signal: takes it from the Secret, makes it there where it is missing or has
 * less than a third of its time left, and tells the API server to trust it before it is served. Every controller does so;
 * the Secret's version decides who renews. While one serves the certificate of before, that one stays trusted.
 */
export async function keepCertificate(options: KeeperOptions): Promise<void> {
  const { times, signal, onFault } = options;
  let served = '';
  while (!signal.aborted) {
    let waitMs = times.checkMs;
    try {
      served = await look(options, served);
    } catch (fault) {
      if (signal.aborted) return;
      onFault(fault);
      waitMs = times.retryMs;
    }
    await pause(waitMs, signal);
  }
}

/** One look; gives the certificate that is served after it. */
async function look(options: KeeperOptions, served: string): Promise<string> {
  const { api, secret, names, configuration, times, signal, onCertificate } = options;
  const stored = await readWebhookSecret(api, secret, signal);
  const isUsable = isKeyOf(stored) && stored.trusted.includes(stored.certificate);
  const isDue = !isUsable || endOf(stored.certificate, names) - Date.now() < times.validityMs / 3;
  const next = isDue ? await renewed(options, stored) : stored;
  await trustWebhooks(api, configuration, next.trusted, signal);
  if (next.certificate === served) return served;
  // The first one is served at once: before it nothing was.
  if (served !== '') await pause(times.spreadMs, signal);
  if (!signal.aborted) onCertificate(next, endOf(next.certificate, names));
  return next.certificate;
}

async function renewed(
  { api, secret, names, times, signal }: KeeperOptions,
  before: WebhookSecret,
): Promise<WebhookSecret> {
  const own = await makeCertificate(names, Date.now(), times.validityMs);
  const isTrusted = endOf(before.certificate, []) > Date.now();
  const trusted = `${own.certificate}${isTrusted ? before.certificate : ''}`;
  const next = { version: before.version, ...own, trusted };
  await storeWebhookSecret(api, secret, next, signal);
  return next;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal }).catch(() => undefined);
}
