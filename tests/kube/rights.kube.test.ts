import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OwnKubeServer } from '@berth/lab';
import { openDatabase } from '@berth/ovsdb';
import { startOvsdbServer } from '@berth/ovsdb/testing';
import {
  admissionRules,
  admissionSecretRules,
  agentRules,
  cniRules,
  controllerRules,
  formatRight,
  leaseRules,
  type PolicyRule,
  type Right,
  webhookConfigurations,
} from '@berth/source/kube';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPlace } from '../../apps/agent/src/place.ts';
import { reportTo } from '../../apps/agent/src/report.ts';
import { runAgent } from '../../apps/agent/src/run.ts';
import { readFlags } from '../../apps/controller/src/flags.ts';
import { runController } from '../../apps/controller/src/run.ts';
import { type Bench, startBench } from '../../packages/engine/src/testing/bench.ts';
import { FakeHost } from '../../packages/node/src/testing/fake-host.ts';
import { Api } from '../../packages/source/src/kube/api/api.ts';
import { resourcePath } from '../../packages/source/src/kube/api/resource-path.ts';
import {
  agentUser,
  apply,
  controllerUser,
  eventually,
  kubectl,
  lease,
  startKube,
} from '../support/kube-bench.ts';

/*
 * Both programs begin with no right at all, and are given one only when they have told that they lack it, which is when a
 * call of theirs was refused for it. So each right of their roles has been missing while the program ran that had all it
 * needed until there, its loss was told by name, and none is granted that nothing needs.
 */

const example = join(import.meta.dirname, '../../examples/01-field-story');
const nodes = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'];
const [node = ''] = nodes;
const secret = { namespace: 'kube-system', name: 'berth-admission' };
const configuration = 'berth';

/** One of each kind that the field story has none of, and the ConfigMap for which the default VPC is made. */
const more = `apiVersion: v1
kind: ConfigMap
metadata: { namespace: kube-system, name: ovn-external-gw-config }
data: { enable-external-gw: "true" }
---
apiVersion: kubeovn.io/v1
kind: OvnEip
metadata: { name: shared }
spec: { externalSubnet: external0, v4Ip: 10.9.101.20, type: nat }
---
apiVersion: kubeovn.io/v1
kind: OvnSnatRule
metadata: { name: outgoing }
spec: { ovnEip: shared, vpcSubnet: vpc1-subnet1 }
---
apiVersion: kubeovn.io/v1
kind: OvnDnatRule
metadata: { name: http }
spec: { ovnEip: shared, ipName: web.default, protocol: tcp, externalPort: "80", internalPort: "8080" }
---
apiVersion: kubeovn.io/v1
kind: Vip
metadata: { name: service }
spec: { subnet: vpc1-subnet1, v4ip: 192.168.0.100 }
---
apiVersion: gateway.berth.dev/v1alpha1
kind: GatewayPolicy
metadata: { name: central }
spec:
  targetRefs: [{ group: kubeovn.io, kind: Vpc, name: vpc1 }]
  placement: Centralized
`;

/** What nobody can read. */
const bad = `apiVersion: kubeovn.io/v1
kind: OvnEip
metadata: { name: bad }
spec: { v4Ip: x }
`;

/** An object of each kind that is written to. */
const written = [
  ...(['ProviderNetwork', 'Vlan', 'Subnet'] as const).map((kind) => ({ kind, name: 'external0' })),
  { kind: 'Vpc', name: 'vpc1' },
  { kind: 'OvnEip', name: 'shared' },
  { kind: 'OvnFip', name: 'web' },
  { kind: 'OvnSnatRule', name: 'outgoing' },
  { kind: 'OvnDnatRule', name: 'http' },
  { kind: 'IP', name: 'web.default' },
  { kind: 'Vip', name: 'service' },
  { kind: 'GatewayPolicy', name: 'central' },
] as const;

let kube: OwnKubeServer;
let bench: Bench;
let api: Api;
beforeAll(async () => {
  [kube, bench] = await Promise.all([
    startKube({ nodes, manifests: [] }),
    startBench(example, nodes, 'external0'),
  ]);
  api = new Api({ kubeconfig: kube.kubeconfig() });
  await kubectl(kube, 'apply', '--server-side', '-f', example);
  await apply(kube, more);
});
afterAll(async () => {
  await api?.close();
  await kube?.[Symbol.asyncDispose]();
  await bench?.[Symbol.asyncDispose]();
});

/** Each right of some rules as a program names it, with the rule that gives it and nothing else. */
function rightsOf(rules: readonly PolicyRule[]): ReadonlyMap<string, PolicyRule> {
  return new Map(
    rules.flatMap(({ apiGroups, resources, verbs, resourceNames }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          verbs.flatMap((verb) =>
            (verb === 'get' ? (resourceNames ?? [undefined]) : [undefined]).map((name) => {
              const right: Right = { verb, group, resource, ...(name !== undefined && { name }) };
              const named = name === undefined ? resourceNames : [name];
              const one = { apiGroups: [group], resources: [resource], verbs: [verb] };
              return [formatRight(right), { ...one, ...(named && { resourceNames: named }) }] as const;
            }),
          ),
        ),
      ),
    ),
  );
}

/** Gives a user what he says he lacks, and nothing that is not in his roles. */
function granter(user: string, rules: readonly PolicyRule[]) {
  const all = rightsOf(rules);
  const told: string[] = [];
  const granted = new Map<string, PolicyRule>();
  const group = 'rbac.authorization.k8s.io';
  const name = `as-told-${user.replace(/\W/g, '-')}`;
  const grant = async (): Promise<void> => {
    if (told.length === granted.size) return;
    for (const each of told) {
      const rule = all.get(each);
      if (!rule) throw new Error(`${user} asks for what its roles do not have: ${each}`);
      granted.set(each, rule);
    }
    const head = { apiVersion: `${group}/v1`, metadata: { name } };
    const roleRef = { apiGroup: group, kind: 'ClusterRole', name };
    const subjects = [{ kind: 'User', name: user, apiGroup: group }];
    await kube.apply([
      {
        collection: `/apis/${group}/v1/clusterroles`,
        object: { ...head, kind: 'ClusterRole', rules: [...granted.values()] } as never,
      },
      {
        collection: `/apis/${group}/v1/clusterrolebindings`,
        object: { ...head, kind: 'ClusterRoleBinding', roleRef, subjects } as never,
      },
    ]);
  };
  return {
    all: [...all.keys()].sort(),
    /** Rights that were missing, in the order in which that was told. */
    told,
    /** The program tells of a right; one that is read by name may be given for every name. */
    lacks: (right: Right): void => {
      const { name: _name, ...any } = right;
      told.push(formatRight(all.has(formatRight(right)) ? right : any));
    },
    /** Grants what is told until something holds. */
    until: (condition: () => boolean | Promise<boolean>): Promise<void> =>
      eventually(
        async () => {
          await grant();
          return condition();
        },
        () => `not missed yet: ${[...all.keys()].filter((each) => !granted.has(each)).join(', ')}`,
      ),
  };
}

const isThere = (path: string): Promise<boolean> =>
  api.call({ method: 'GET', path }).then(
    () => true,
    () => false,
  );

type LogLine = {
  readonly level: number;
  readonly msg: string;
  readonly code?: string;
  readonly fault?: string;
  readonly right?: Right;
};

/** The controller as it is started, with every line of its log. */
function startController(logged: (line: LogLine) => void) {
  const words = [
    ...['--kubeconfig', kube.kubeconfig(controllerUser), '--nb', bench.nb.remote, '--sb', bench.sb.remote],
    ...['--external-gateway-switch', 'external0', '--listen', '127.0.0.1:0'],
    ...['--admission-listen', '127.0.0.1:0', '--admission-names', '127.0.0.1'],
  ];
  const stop = new AbortController();
  const { promise: served, resolve: onServing } = Promise.withResolvers<string>();
  const running = runController(readFlags(words, { out: () => undefined, err: () => undefined }), {
    log: pino({ level: 'info' }, { write: (line: string) => logged(JSON.parse(line)) }),
    signal: stop.signal,
    onServing,
    certificateTimes: { retryMs: 100, checkMs: 200, spreadMs: 100 },
    rightsSettleMs: 0,
  });
  return { stop, served, running };
}

test('the controller names each right of its roles that it lacks, once, and goes on as soon as it has it', async () => {
  await kubectl(kube, '-n', secret.namespace, 'create', 'secret', 'generic', secret.name);
  const client = { url: 'https://127.0.0.1:9' };
  const answers = {
    exemptNamespaces: ['kube-system'],
    failurePolicy: 'Ignore',
    deletions: 'Refuse',
  } as const;
  await kube.apply(webhookConfigurations({ configuration, client, controllerUser, ...answers }));
  const given = granter(controllerUser, [
    ...controllerRules(),
    ...leaseRules(lease.name),
    ...admissionRules(configuration),
    ...admissionSecretRules(secret.name),
  ]);
  const lines: LogLine[] = [];
  const { stop, served, running } = startController((line) => {
    lines.push(line);
    if (line.msg.startsWith('not allowed to ') && line.right) given.lacks(line.right);
  });
  try {
    await given.until(async () => given.told.length > 0);
    const url = await served;
    const ready = async (): Promise<string> => (await fetch(`${url}/readyz`)).text();
    expect(await ready()).toContain('[+]rights ok, but not allowed: ');
    const fip = resourcePath('OvnFip', { name: 'web' });
    await given.until(async () => 'status' in (await api.call({ method: 'GET', path: fip })));
    await given.until(() => isThere(resourcePath('Vpc', { name: 'ovn-cluster' })));
    await given.until(() => isThere(resourcePath('NodeOrder', { name: node })));
    await given.until(() => isThere(resourcePath('IP', { name: 'web.default' })));
    // What it kept of an object that could not be read it takes away once that can; it looks for such ones while one is bad.
    const kept = { metadata: { annotations: { 'berth.dev/last-good': '{}' } } };
    for (const { kind, name } of written)
      await api.call({ method: 'PATCH', path: resourcePath(kind, { name }), patch: 'merge', body: kept });
    await apply(kube, bad);
    await given.until(() =>
      ['patch ips (kubeovn.io)', 'patch vlans (kubeovn.io)'].every((each) => given.told.includes(each)),
    );
    await kubectl(kube, 'delete', '--wait=false', 'ovn-fip/web', 'ovn-dnat-rule/http', 'node/vnode-117-46');
    await kubectl(kube, 'delete', '--wait=false', '--force', 'pod/web');
    await kubectl(kube, 'delete', '-n', 'kube-system', 'configmap', 'ovn-external-gw-config');
    await given.until(() => given.told.length === given.all.length);
    await given.until(async () => (await ready()).includes('[+]rights ok\n'));
  } finally {
    stop.abort();
    await running;
  }
  expect(given.told.toSorted()).toEqual(given.all);
  // Nothing but the right itself is said of a refusal, however often it is met.
  expect(
    lines.filter(
      ({ level, msg, code }) => level >= 40 && code === 'forbidden' && !msg.startsWith('not allowed to '),
    ),
  ).toEqual([]);
});

/** Writes the role that the first test has left with every right, but for some. */
async function takeAway(...rights: readonly string[]): Promise<void> {
  const all = rightsOf([
    ...controllerRules(),
    ...leaseRules(lease.name),
    ...admissionRules(configuration),
    ...admissionSecretRules(secret.name),
  ]);
  const rules = [...all].flatMap(([name, rule]) => (rights.includes(name) ? [] : [rule]));
  const group = 'rbac.authorization.k8s.io';
  const metadata = { name: `as-told-${controllerUser}` };
  const object = { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata, rules };
  await kube.apply([{ collection: `/apis/${group}/v1/clusterroles`, object: object as never }]);
}

/** Has the API server refuse the status of EIPs, by a rule of the cluster's own that answers like RBAC. */
function ruleAgainst(...names: readonly string[]) {
  const group = 'admissionregistration.k8s.io';
  const [apiVersion, metadata] = [`${group}/v1`, { name: 'own-rule' }];
  const rule = {
    apiGroups: ['kubeovn.io'],
    apiVersions: ['*'],
    operations: ['UPDATE'],
    resources: ['ovn-eips/status'],
  };
  const validation = {
    expression: `!(object.metadata.name in ${JSON.stringify(names)})`,
    message: 'the network team says no',
    reason: 'Forbidden',
  };
  const spec = {
    failurePolicy: 'Fail',
    matchConstraints: { resourceRules: [rule] },
    validations: [validation],
  };
  return [
    {
      collection: `/apis/${group}/v1/validatingadmissionpolicies`,
      object: { apiVersion, kind: 'ValidatingAdmissionPolicy', metadata, spec },
    },
    {
      collection: `/apis/${group}/v1/validatingadmissionpolicybindings`,
      object: {
        ...{ apiVersion, kind: 'ValidatingAdmissionPolicyBinding', metadata },
        spec: { policyName: metadata.name, validationActions: ['Deny'] },
      },
    },
  ];
}

const eipNamed = (name: string) => resourcePath('OvnEip', { name });

/** Whether an EIP has been given an address, and shows it. */
async function isGiven(name: string): Promise<boolean> {
  return 'status' in (await api.call({ method: 'GET', path: eipNamed(name) }));
}

async function makeEip(name: string): Promise<void> {
  await apply(
    kube,
    `apiVersion: kubeovn.io/v1\nkind: OvnEip\nmetadata: { name: ${name} }\nspec: { externalSubnet: external0 }\n`,
  );
}

test('rights that are taken from a controller at work are named once, and all goes on when they are back', async () => {
  const [watching, telling] = ['watch ovn-eips (kubeovn.io)', 'patch ovn-eips/status (kubeovn.io)'];
  const lines: LogLine[] = [];
  const { stop, served, running } = startController((line) => lines.push(line));
  const said = (what: string): readonly string[] =>
    lines.flatMap(({ msg }) => (msg.startsWith(what) ? [msg] : []));
  try {
    await makeEip('before');
    await eventually(() => isGiven('before'));
    await takeAway(watching, telling);
    await eventually(async () => {
      const asked = ['auth', 'can-i', 'patch', 'ovn-eips.kubeovn.io', '--subresource=status'];
      return (
        await kubectl(kube, '--kubeconfig', kube.kubeconfig(controllerUser), ...asked).catch(String)
      ).includes('no');
    });
    await makeEip('unshown');
    await eventually(() => said('not allowed').includes(`not allowed to ${telling}`));
    // A definition that changes ends the watches of its kind; the next one is refused.
    const names = '[{"op":"add","path":"/spec/names/shortNames/-","value":"oeips"}]';
    await kubectl(kube, 'patch', 'crd', 'ovn-eips.kubeovn.io', '--type=json', '-p', names);
    await eventually(() => said('not allowed').includes(`not allowed to ${watching}`));
    await makeEip('unseen');
    const ready = async (): Promise<string> => (await fetch(`${await served}/readyz`)).text();
    expect(await ready()).toContain(`[+]rights ok, but not allowed: ${telling}, ${watching}`);
    await takeAway();
    await eventually(async () => (await isGiven('unshown')) && (await isGiven('unseen')));
    await eventually(async () => (await ready()).includes('[+]rights ok\n'));
    expect(said('not allowed')).toEqual([`not allowed to ${telling}`, `not allowed to ${watching}`]);
    expect(said('allowed now').toSorted()).toEqual([`allowed now: ${telling}`, `allowed now: ${watching}`]);

    await kube.apply(ruleAgainst('before', 'refused'));
    const tried = () => {
      const path = `${eipNamed('before')}/status`;
      const asked = { method: 'PATCH', path, patch: 'merge', query: { dryRun: 'All' } } as const;
      return api.call({ ...asked, body: { status: { type: 'nat' } } }).then(() => '', String);
    };
    await eventually(async () => (await tried()).includes('the network team says no'));
    await makeEip('refused');
    await eventually(() => lines.some(({ fault }) => fault?.includes('the network team says no')));
    const refusals = lines.filter(({ fault }) => fault?.includes('the network team says no'));
    for (const { code, fault, level } of refusals) {
      expect({ code, level }).toEqual({ code: 'write-refused', level: 50 });
      expect(fault).toMatch(
        /^storing ovn-eip\/refused: .*the network team says no; what refuses it is a rule of the cluster/,
      );
    }
    expect(said('not allowed')).toHaveLength(2);
    // The others go on meanwhile.
    await makeEip('beside');
    await eventually(() => isGiven('beside'));
    await kubectl(kube, 'delete', 'validatingadmissionpolicybinding,validatingadmissionpolicy', 'own-rule');
    await eventually(() => isGiven('refused'));
  } finally {
    stop.abort();
    await running;
  }
});

test('so does the agent of a node', async () => {
  await using server = await startOvsdbServer({ schema: 'vswitch' });
  await using database = await openDatabase({ remotes: [server.remote], database: 'Open_vSwitch' });
  const bridges = new Set(['bridge']);
  await database.transact([
    { op: 'insert', table: 'Bridge', uuidName: 'bridge', row: { name: 'br-int' } },
    { op: 'insert', table: 'Open_vSwitch', row: { bridges } },
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'berth-rights-'));
  const user = agentUser(node);
  const given = granter(user, [...agentRules(), ...cniRules()]);
  const byText = new Map(given.all.map((each) => [each, each]));
  const lines: string[] = [];
  const told = (line: string): void => {
    lines.push(line);
    const [, text = ''] = /^error {4}forbidden: not allowed to ([^;]+);/.exec(line) ?? [];
    if (text === '') return;
    const withoutName = text.replace(` ${node}`, '');
    given.told.push(byText.get(text) ?? byText.get(withoutName) ?? text);
  };
  const stop = new AbortController();
  const now = (): string => new Date().toISOString();
  const inputs = { kind: 'cluster', kubeconfig: kube.kubeconfig(user), context: undefined } as const;
  const running = runAgent({
    place: await openPlace(inputs, node, { now, attachesPods: true, told, rightsSettleMs: 0 }),
    instance: 'default',
    host: new FakeHost(node, server.remote, [{ name: 'eth0' }, { name: 'eth1' }], 'eth0'),
    memoryFile: join(folder, 'memory.json'),
    cniSocket: join(folder, 'agent.sock'),
    report: reportTo(told),
    now,
    signal: stop.signal,
  });
  try {
    await given.until(() => isThere(resourcePath('NodeReport', { name: node })));
    await given.until(() => given.told.length === given.all.length);
    const missing = (): number =>
      lines.filter((line) => line.startsWith('resolved forbidden: ')).length - given.told.length;
    await given.until(() => missing() === 0);
  } finally {
    stop.abort();
    await running;
    await rm(folder, { recursive: true });
  }
  expect(given.told.toSorted()).toEqual(given.all);
});
