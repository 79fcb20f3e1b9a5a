import { describe, expect, test } from 'vitest';
import { makeCertificate } from './certificate.ts';
import { keepCertificate, usualCertificateTimes } from './keeper.ts';

const names = ['a.b.svc'];

type Secret = { version: number; data: Record<string, string> };

/** An API server that has one Secret, and what was done there in order. */
function server(secret: Secret | undefined) {
  const done: string[] = [];
  const refusal = (status: number) => Object.assign(new Error(`HTTP ${status}`), { status });
  const call = async (asked: {
    readonly method: string;
    readonly path: string;
    readonly body?: {
      readonly metadata: { readonly resourceVersion?: string };
      readonly data?: Record<string, string>;
    };
  }): Promise<object> => {
    const what = asked.path.split('/').at(-2) ?? '';
    if (asked.method === 'GET') {
      if (!secret) throw refusal(404);
      return { metadata: { resourceVersion: String(secret.version) }, data: { ...secret.data } };
    }
    if (what === 'secrets') {
      if (asked.body?.metadata.resourceVersion !== String(secret?.version)) throw refusal(409);
      if (secret && asked.body?.data)
        Object.assign(secret, { version: secret.version + 1, data: asked.body.data });
    }
    done.push(what);
    return {};
  };
  return { api: { call } as never, done };
}

/** Keeps until it was served so many certificates or had so many faults. */
async function kept(
  secret: Secret | undefined,
  until: { readonly served?: number; readonly faults?: number },
) {
  const { api, done } = server(secret);
  const stop = new AbortController();
  const served: string[] = [];
  const faults: string[] = [];
  const look = (): void => {
    if (served.length >= (until.served ?? 9) || faults.length >= (until.faults ?? 9)) stop.abort();
  };
  await keepCertificate({
    ...{ api, names, secret: { namespace: 'n', name: 's' }, configuration: 'berth', signal: stop.signal },
    times: { ...usualCertificateTimes, checkMs: 1, spreadMs: 1, retryMs: 1 },
    onCertificate: ({ certificate }) => {
      done.push('served');
      served.push(certificate);
      look();
    },
    onFault: (fault) => {
      faults.push(String(fault));
      look();
    },
  });
  return { done, served, faults };
}

const stored = (secret: Secret, key: string): string =>
  Buffer.from(secret.data[key] ?? '', 'base64').toString('utf8');

function secretOf({
  certificate,
  privateKey,
}: {
  readonly certificate: string;
  readonly privateKey: string;
}): Secret {
  const texts = { 'tls.crt': certificate, 'tls.key': privateKey, 'ca.crt': certificate };
  const data = Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
  return { version: 1, data: Object.fromEntries(data) };
}

describe('the certificate of the webhooks', () => {
  test('is made where there is none, and trusted before it is served', async () => {
    const secret: Secret = { version: 1, data: {} };
    const { done, served } = await kept(secret, { served: 1 });
    expect(done).toEqual([
      'secrets',
      'validatingwebhookconfigurations',
      'mutatingwebhookconfigurations',
      'served',
    ]);
    expect(served).toEqual([stored(secret, 'tls.crt')]);
    expect(stored(secret, 'ca.crt')).toBe(served[0]);
  });

  test('is taken as another controller left it', async () => {
    const own = await makeCertificate(names, Date.now(), usualCertificateTimes.validityMs);
    const { done, served } = await kept(secretOf(own), { served: 1 });
    expect(served).toEqual([own.certificate]);
    expect(done).not.toContain('secrets');
  });

  test.each([
    ['with less than a third of its time left', names, 29 * 86_400_000],
    ['that lacks a name', ['other.svc'], usualCertificateTimes.validityMs],
  ])('is renewed %s, and the one before stays trusted', async (_, before, validityMs) => {
    const own = await makeCertificate(before, Date.now(), validityMs);
    const secret = secretOf(own);
    const { served } = await kept(secret, { served: 1 });
    expect(served[0]).not.toBe(own.certificate);
    expect(stored(secret, 'ca.crt')).toBe(`${served[0]}${own.certificate}`);
  });

  test('that has ended is trusted no more', async () => {
    const secret = secretOf(await makeCertificate(names, Date.now() - 100_000, 50_000));
    const { served } = await kept(secret, { served: 1 });
    expect(stored(secret, 'ca.crt')).toBe(served[0]);
  });

  test('waits for the Secret, and serves nothing that is not stored', async () => {
    expect(await kept(undefined, { faults: 2 })).toMatchObject({
      done: [],
      served: [],
      faults: ['Error: HTTP 404', 'Error: HTTP 404'],
    });
  });
});
