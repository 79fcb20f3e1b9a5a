import type { Api } from '../api/api.ts';
import { objectIn, textIn } from '../api/json.ts';
import { fieldManagers } from '../write/owned.ts';
import { webhooks } from './webhook-configurations.ts';

/** Where a Secret is. */
export type SecretPlace = { readonly namespace: string; readonly name: string };

/** The certificate that the webhooks are answered with, as it is stored; empty texts where there is none yet. */
export type WebhookSecret = {
  /** Of the Secret, so that two who renew at once do not overwrite each other. */
  readonly version: string;
  readonly certificate: string;
  readonly privateKey: string;
  /** The certificates to be trusted: this one, and the one before it while others may still serve that. */
  readonly trusted: string;
};

const keys = { certificate: 'tls.crt', privateKey: 'tls.key', trusted: 'ca.crt' } as const;

/** Reads the Secret. Throws ApiError, of status 404 when somebody has yet to make it. */
export async function readWebhookSecret(
  api: Api,
  place: SecretPlace,
  signal?: AbortSignal,
): Promise<WebhookSecret> {
  const secret = await api.call({ method: 'GET', path: pathOf(place), ...(signal && { signal }) });
  const data = objectIn(secret, 'data');
  const read = (key: string): string => Buffer.from(textIn(data, key) ?? '', 'base64').toString('utf8');
  return {
    version: textIn(objectIn(secret, 'metadata'), 'resourceVersion') ?? '',
    certificate: read(keys.certificate),
    privateKey: read(keys.privateKey),
    trusted: read(keys.trusted),
  };
}

/** Stores it, if it is still of that version. Throws ApiError, of status 409 when it is not. */
export async function storeWebhookSecret(
  api: Api,
  place: SecretPlace,
  { version, ...texts }: WebhookSecret,
  signal?: AbortSignal,
): Promise<void> {
  const data = Object.fromEntries(
    (['certificate', 'privateKey', 'trusted'] as const).map((name) => [
      keys[name],
      Buffer.from(texts[name]).toString('base64'),
    ]),
  );
  const metadata = { ...place, resourceVersion: version };
  await apply(api, pathOf(place), { apiVersion: 'v1', kind: 'Secret', metadata, data }, signal);
}

/** Tells the API server whom to trust when it asks the webhooks of a configuration. Throws ApiError. */
export async function trustWebhooks(
  api: Api,
  name: string,
  trusted: string,
  signal?: AbortSignal,
): Promise<void> {
  const group = 'admissionregistration.k8s.io';
  const caBundle = Buffer.from(trusted).toString('base64');
  for (const [kind, webhook] of [
    ['ValidatingWebhookConfiguration', webhooks.objects],
    ['MutatingWebhookConfiguration', webhooks.pods],
  ] as const) {
    const path = `/apis/${group}/v1/${kind.toLowerCase()}s/${name}`;
    const entry = { name: webhook.name, clientConfig: { caBundle } };
    const body = { apiVersion: `${group}/v1`, kind, metadata: { name }, webhooks: [entry] };
    await apply(api, path, body, signal);
  }
}

async function apply(api: Api, path: string, body: object, signal: AbortSignal | undefined): Promise<void> {
  const query = { fieldManager: fieldManagers.main, force: 'true' };
  await api.call({ method: 'PATCH', path, patch: 'apply', query, body, ...(signal && { signal }) });
}

function pathOf({ namespace, name }: SecretPlace): string {
  return `/api/v1/namespaces/${namespace}/secrets/${name}`;
}
