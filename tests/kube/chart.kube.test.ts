import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { customResourceDefinition, definedKinds } from '@berth/api';
import type { OwnKubeServer } from '@berth/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readFlags } from '../../apps/controller/src/flags.ts';
import { type Bench, startBench } from '../../packages/engine/src/testing/bench.ts';
import { findHelm, helm } from '../support/helm.ts';
import { apply, eventually, get, kubectl, nodeOrder, startKube } from '../support/kube-bench.ts';
import { openKubeController } from '../support/kube-controller.ts';

const root = join(import.meta.dirname, '../..');
const chart = join(root, 'charts/berth');
const example = join(root, 'examples/01-field-story');
const nodes = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'];
const namespace = 'berth-system';
const install = ['-n', namespace, '--create-namespace'];
const collection = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
/** Everything that can be switched on and needs no kind of somebody else's. */
const everything =
  'agent.enabled=true,cni.enabled=true,ovn.nb=ssl:192.0.2.1:6641,ovn.sb=ssl:192.0.2.1:6642,admission.enabled=true,grafanaDashboard.enabled=true,networkPolicy.enabled=true,ovn.tls.secretName=ovn-tls';

const policy = `apiVersion: gateway.berth.dev/v1alpha1
kind: GatewayPolicy
metadata: { name: strict }
spec:
  targetRefs: [{ group: kubeovn.io, kind: Vpc, name: vpc1 }]
  placement: Centralized
  override: true
`;

/** What this story does not need: a policy that can no longer be read is told what it said before (berth.dev/last-good). */
const onOtherDays = ['patch gateway.berth.dev/gatewaypolicies'];

/** Fields of objects as they come from the cluster or from helm. */
// biome-ignore lint/suspicious/noExplicitAny: manifests of every kind
type Manifest = any;

/** As in a rule: `kubeovn.io/vpcs/status`. */
function resourceOf({ apiGroup = '', resource, subresource }: Manifest): string {
  return [apiGroup, resource, subresource].filter((each) => each !== undefined).join('/');
}

/** Verbs of a rule that were never needed for any of its resources. */
function unusedOf({ apiGroups: [group], resources, verbs }: Manifest, used: ReadonlySet<string>) {
  return verbs
    .filter((verb: string) => !resources.some((each: string) => used.has(`${verb} ${group}/${each}`)))
    .map((verb: string) => `${verb} ${group}/${resources}`);
}

describe.skipIf(findHelm(process.env) === undefined)('the chart, by helm', () => {
  let kube: OwnKubeServer;
  let bench: Bench;
  beforeAll(async () => {
    [kube, bench] = await Promise.all([
      startKube({ definitions: false, manifests: [] }),
      startBench(example, nodes, 'external0'),
    ]);
  });
  afterAll(async () => {
    await kube[Symbol.asyncDispose]();
    await bench[Symbol.asyncDispose]();
  });

  async function rendered(...words: readonly string[]): Promise<readonly Manifest[]> {
    const text = await helm(kube, 'template', 'berth', chart, '-n', namespace, ...words);
    return parseAllDocuments(text).flatMap((document) => document.toJS() ?? []);
  }

  /** Says what the API server says of a pod made from a template, in a namespace with this level of pod security. */
  async function admitted(level: string, { metadata, spec }: Manifest): Promise<string> {
    const file = join(kube.folder, 'pod.json');
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: 'try' }, spec };
    await writeFile(file, JSON.stringify(pod));
    const label = `pod-security.kubernetes.io/enforce=${level}`;
    await kubectl(kube, 'label', 'namespace', 'default', '--overwrite', label);
    return kubectl(kube, '-n', 'default', 'create', '--dry-run=server', '-f', file).catch(String);
  }

  test('has nothing that helm complains of', async () => {
    expect(await helm(kube, 'lint', chart, '--strict', '--set', everything)).toContain('0 chart(s) failed');
  });

  test('starts the controller with flags that it reads', async () => {
    const deployment = (await rendered()).find(({ kind }) => kind === 'Deployment');
    const [{ args }] = deployment.spec.template.spec.containers;
    const words = args.map((word: string) => word.replace('$(POD_IP)', 'fd00::7'));
    expect(readFlags(words, { out: () => undefined, err: () => undefined })).toMatchObject({
      nb: 'tcp:ovn-nb.kube-system.svc:6641',
      listen: { host: 'fd00::7', port: 10_668 },
      leaseNamespace: 'kube-system',
    });
  });

  test('lets the API server ask the controllers, by the Service that the certificate is for', async () => {
    const all = await rendered('--set', 'admission.enabled=true,admission.deletions=Wait');
    const deployment = all.find(({ kind }) => kind === 'Deployment');
    const [{ args, ports }] = deployment.spec.template.spec.containers;
    const words = args.map((word: string) => word.replace('$(POD_IP)', 'fd00::7'));
    const settings = readFlags(words, { out: () => undefined, err: () => undefined });
    expect(settings).toMatchObject({ admissionListen: { host: 'fd00::7', port: 10_669 } });
    const [webhook] = all.find(({ kind }) => kind === 'ValidatingWebhookConfiguration').webhooks;
    const { service } = webhook.clientConfig;
    expect(settings.admissionNames).toEqual([`${service.name}.${service.namespace}.svc`]);
    expect(webhook.rules[0].operations).toEqual(['CREATE', 'UPDATE']);
    const named = all.find(({ kind, metadata }) => kind === 'Service' && metadata.name === service.name);
    expect(ports.map(({ name }: Manifest) => name)).toContain(named.spec.ports[0].targetPort);
    const place = `${settings.admissionSecret.namespace}/${settings.admissionSecret.name}`;
    const secret = all.find(({ kind }) => kind === 'Secret');
    expect(`${secret.metadata.namespace}/${secret.metadata.name}`).toBe(place);
    expect((await rendered()).some(({ kind }) => /Webhook|Secret/.test(kind))).toBe(false);
  });

  test.each([
    ['a database by ssl: without certificates', 'ovn.nb=ssl:db:6641', 'ovn.tls.secretName'],
    ['pods to attach and nobody to do it', 'cni.enabled=true,agent.enabled=false', 'agent.enabled'],
    ['names of Services before pods have a network', 'cni.enabled=true', 'ovn.nb by address'],
    ['a log level that is none', 'controller.logLevel=loud', 'controller/logLevel'],
    ['deletions that are none', 'admission.deletions=Never', 'admission/deletions'],
    ['a value that is none', 'controler.replicas=3', 'controler'],
  ])('refuses %s, and says where', async (_, values, where) => {
    await expect(rendered('--set', values)).rejects.toThrow(where);
  });

  test('installs what the API server takes, and leaves a definition of somebody else alone', async () => {
    const foreign = structuredClone(customResourceDefinition('OvnFip')) as Manifest;
    delete foreign.spec.names.categories;
    await kube.apply([{ collection, object: foreign }]);
    await helm(kube, 'install', 'berth', chart, ...install, '--set', everything);
    await kubectl(kube, 'wait', '--for=condition=Established', 'crd', '--all', '--timeout=120s');
    const { items } = await get(kube, 'crd');
    expect(items).toHaveLength(definedKinds.length);
    const theirs = items.find(({ spec }: Manifest) => spec.names.kind === 'OvnFip');
    expect(theirs.spec.names.categories).toBeUndefined();
    expect(theirs.metadata.annotations?.['meta.helm.sh/release-name']).toBeUndefined();
    const { data } = await get(kube, '-n', namespace, 'configmap', 'berth-controller-dashboard');
    expect(JSON.parse(data['berth.json']).title).toBe('Berth');
    const policies = (await get(kube, 'validatingadmissionpolicies')).items;
    expect(policies.length).toBeGreaterThan(10);
    expect(
      policies.flatMap(({ status }: Manifest) => status?.typeChecking?.expressionWarnings ?? []),
    ).toEqual([]);
  });

  test('the controller is a restricted pod; the agent has to be more', async () => {
    const controller = (await rendered()).find(({ kind }) => kind === 'Deployment');
    expect(await admitted('restricted', controller.spec.template)).toContain('pod/try created');
    // Where it attaches pods it has the node's network, and is restricted in everything else.
    const early = await get(kube, '-n', namespace, 'deployment', 'berth-controller');
    const refusal = await admitted('restricted', early.spec.template);
    expect(refusal).toMatch(/: host namespaces \(hostNetwork=true\), hostPort \([^)]*\)\n$/);
    const agent = await get(kube, '-n', namespace, 'daemonset', 'berth-agent');
    expect(await admitted('privileged', agent.spec.template)).toContain('pod/try created');
    expect(await admitted('baseline', agent.spec.template)).toMatch(/hostNetwork.*hostPath|host namespaces/s);
  });

  test('upgrades its own definitions, and only those', async () => {
    const newer = join(kube.folder, 'newer');
    await cp(chart, newer, { recursive: true });
    for (const name of ['kubeovn.io/vpcs', 'kubeovn.io/ovn-fips']) {
      const file = join(newer, 'files/crds', `${name}.yaml`);
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.replace('categories:\n', 'categories:\n      - newer\n'));
    }
    await helm(kube, 'upgrade', 'berth', newer, ...install, '--set', everything);
    const categories = async (name: string) => (await get(kube, 'crd', name)).spec.names.categories;
    expect(await categories('vpcs.kubeovn.io')).toContain('newer');
    expect(await categories('ovn-fips.kubeovn.io')).toBeUndefined();
  });

  test('the controller runs with the rights that the chart gives, is refused nothing, and needs them', async () => {
    const account = `${namespace}:berth-controller`;
    const token = (await kubectl(kube, '-n', namespace, 'create', 'token', 'berth-controller')).trim();
    const config = JSON.parse(await readFile(kube.kubeconfig(), 'utf8'));
    const file = join(kube.folder, 'account.kubeconfig');
    config.users[0].user = { token };
    await writeFile(file, JSON.stringify(config), { mode: 0o600 });
    await kubectl(kube, 'apply', '--server-side', '-f', example);
    /** What the account asked for so far, by the audit log. Its last line may be in the writing. */
    const asked = async (): Promise<readonly Manifest[]> =>
      (await readFile(join(kube.folder, 'audit.log'), 'utf8'))
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Manifest)
        .filter(({ user }) => user.username === `system:serviceaccount:${account}`);
    {
      await using controller = await openKubeController({ ...kube, kubeconfig: () => file }, bench);
      await controller.until(async () => (await get(kube, 'ovn-fip', 'web')).status?.v4Eip === '10.9.101.9');
      await apply(kube, policy);
      await controller.until(
        async () => (await get(kube, 'ovn-fip', 'web')).status.placement === 'centralized',
      );
      await kubectl(kube, 'delete', 'ovn-fip', 'web', '--wait=false');
      await kubectl(kube, 'delete', 'pod', 'web', '--force', '--wait=false');
      await controller.until(async () => (await get(kube, 'ovn-fips,ips')).items.length === 0);
      await using board = controller.source.nodeBoard();
      const [node = ''] = nodes;
      for (const orders of [[nodeOrder(node, 'a')], [nodeOrder(node, 'b')], []]) await board.order(orders);
      expect(await board.reports()).toEqual([]);
      const areWatched = async () => {
        const watched = (await asked()).filter(({ verb }) => verb === 'watch');
        const plurals = watched.map(({ objectRef }) => objectRef.resource);
        return plurals.includes('nodereports') && plurals.includes('nodeorders');
      };
      await eventually(areWatched);
    }
    const requests = await asked();
    expect(requests.length).toBeGreaterThan(30);
    expect(requests.filter(({ responseStatus }) => responseStatus?.code === 403)).toEqual([]);
    const used = new Set(requests.map(({ verb, objectRef }) => `${verb} ${resourceOf(objectRef)}`));
    const roles = [
      await get(kube, 'clusterrole', 'berth-controller'),
      await get(kube, '-n', 'kube-system', 'role', 'berth-leader'),
    ];
    const unused = roles.flatMap(({ rules }) => rules).flatMap((rule) => unusedOf(rule, used));
    expect(onOtherDays).toEqual(expect.arrayContaining(unused));
  });

  test('goes, and definitions and objects stay', async () => {
    await helm(kube, 'uninstall', 'berth', '-n', namespace);
    expect((await get(kube, 'crd')).items).toHaveLength(definedKinds.length);
    expect((await get(kube, 'vpcs')).items.length).toBeGreaterThan(0);
    expect((await get(kube, 'clusterroles', '-l', 'app.kubernetes.io/instance=berth')).items).toEqual([]);
  });
});
