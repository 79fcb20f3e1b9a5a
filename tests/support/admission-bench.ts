import { join } from 'node:path';
import { admissionGrants, fieldPolicies, webhookConfigurations } from '@berth/source/kube';
import { pino } from 'pino';
import type { CertificateTimes } from '../../apps/controller/src/admission/keeper.ts';
import { readFlags } from '../../apps/controller/src/flags.ts';
import { runController } from '../../apps/controller/src/run.ts';
import { Api } from '../../packages/source/src/kube/api/api.ts';
import { controllerUser, eventually, kubectl, startKube } from './kube-bench.ts';

const example = join(import.meta.dirname, '../../examples/01-field-story');
const configuration = 'berth';

/** The Secret with the certificate of the webhooks. */
export const secret = { namespace: 'kube-system', name: 'berth-admission' };

export const ours = '/apis/kubeovn.io/v1';
export const eips = `${ours}/ovn-eips`;
export const fips = `${ours}/ovn-fips`;

/** An object of Kube-OVN's kinds, as a user writes it. */
export const object = (kind: string, name: string, spec: object, annotations: object = {}) => ({
  ...{ apiVersion: 'kubeovn.io/v1', kind, metadata: { name, annotations }, spec },
});
export const eip = (name: string, spec: object, annotations?: object) =>
  object('OvnEip', name, spec, annotations);
export const fip = (name: string, spec: object) => object('OvnFip', name, spec);

/** On the subnet of the example. */
export const annotations = { 'ovn.kubernetes.io/logical_switch': 'vpc1-subnet1' };

/** A real API server with the objects of the field story, and what is needed to have it ask a controller. */
export type AdmissionBench = Awaited<ReturnType<typeof openAdmission>>;

/** Starts the API server; nobody is asked yet but itself. */
export async function openAdmission() {
  await using stack = new AsyncDisposableStack();
  const kube = stack.use(await startKube());
  const api = stack.adopt(new Api({ kubeconfig: kube.kubeconfig() }), (each) => each.close());
  await kube.apply([...fieldPolicies('berth'), ...admissionGrants(controllerUser, secret, configuration)]);
  await kubectl(kube, '-n', secret.namespace, 'create', 'secret', 'generic', secret.name);
  await kubectl(kube, 'apply', '--server-side', '-f', example);
  await kubectl(kube, 'create', 'namespace', 'shop');

  /** Makes an object. */
  const post = (path: string, body: object): Promise<unknown> => api.call({ method: 'POST', path, body });

  /** Tries a request without doing it: what the API server says against it, or an empty text. */
  const tried = (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<string> => {
    const query = { dryRun: 'All' };
    const merge = method === 'PATCH' ? ({ patch: 'merge' } as const) : {};
    return api.call({ method, path, query, ...merge, ...(body && { body }) }).then(() => '', String);
  };

  /** What a pod would be like, in the VPC of the example unless told otherwise. */
  const podTried = (namespace: string, spec: object = {}, metadata: object = { name: 'p' }) => {
    const body = {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { annotations, ...metadata } },
      spec: { containers: [{ name: 'c', image: 'none' }], ...spec },
    };
    const path = `/api/v1/namespaces/${namespace}/pods`;
    return api.call({ method: 'POST', path, query: { dryRun: 'All' }, body });
  };

  /** Tries what kubectl is to do without doing it: the warnings there are, or what the API server says against it; an empty text for neither. */
  const warned = (...words: readonly string[]): Promise<string> =>
    kubectl(kube, ...words, '--dry-run=server', '--warnings-as-errors').then(() => '', String);

  /** Has the API server ask a controller, and waits until it does. */
  const installWebhooks = async (port: number): Promise<void> => {
    const manifests = webhookConfigurations({
      ...{ configuration, controllerUser, client: { url: `https://127.0.0.1:${port}` } },
      ...{ exemptNamespaces: ['kube-system'], failurePolicy: 'Ignore', deletions: 'Refuse' },
    });
    await kube.apply(manifests.map(patient));
    const bad = eip('probe', { externalSubnet: 'external0', v4Ip: '10.9.101.9' });
    await eventually(async () => (await tried('POST', eips, bad)).includes('address-taken'));
  };

  const held = stack.move();
  return {
    ...{ kube, api, post, tried, podTried, warned, installWebhooks },
    /** Starts a controller, which the API server asks from then on, until that or the bench ends. */
    start: async (times?: Partial<CertificateTimes>) => {
      const controller = held.use(await startController(kube.kubeconfig(controllerUser), times));
      await installWebhooks(controller.port);
      return controller;
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** A controller that has no OVN: what it knows of the cluster is all that admission needs. */
async function startController(kubeconfig: string, times: Partial<CertificateTimes> = {}) {
  const words = [
    ...['--kubeconfig', kubeconfig, '--nb', 'unix:/nowhere/nb', '--sb', 'unix:/nowhere/sb'],
    ...['--listen', '127.0.0.1:0', '--admission-listen', '127.0.0.1:0', '--admission-names', '127.0.0.1'],
    ...['--external-gateway-switch', 'external0'],
  ];
  const stop = new AbortController();
  const { promise, resolve } = Promise.withResolvers<{ readonly url: string; readonly port: number }>();
  const running = runController(readFlags(words, { out: () => undefined, err: () => undefined }), {
    log: pino({ level: 'silent' }),
    signal: stop.signal,
    onServing: (url, port = 0) => resolve({ url, port }),
    certificateTimes: { retryMs: 100, checkMs: 200, spreadMs: 500, ...times },
  });
  const { url, port } = await promise;
  await eventually(async () => (await (await fetch(`${url}/readyz`)).text()).includes('[+]caches ok'));
  return {
    port,
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

/** As long as Kubernetes allows: what does not answer in time is let pass, and here nothing is to pass by chance. */
function patient<M extends { readonly object: object }>(manifest: M): M {
  const held = manifest.object as { readonly webhooks: readonly object[] };
  const webhooks = held.webhooks.map((each) => ({ ...each, timeoutSeconds: 30 }));
  return { ...manifest, object: { ...held, webhooks } };
}
