import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fieldPolicies } from '@berth/source/kube';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AdmissionBench,
  annotations,
  eip,
  eips,
  fip,
  fips,
  object,
  openAdmission,
  ours,
  secret,
} from '../support/admission-bench.ts';
import { controllerUser, eventually, get, kubectl } from '../support/kube-bench.ts';

let bench: AdmissionBench;
let kube: AdmissionBench['kube'];
let api: AdmissionBench['api'];
let post: AdmissionBench['post'];
let tried: AdmissionBench['tried'];
let podTried: AdmissionBench['podTried'];
let controller: Awaited<ReturnType<AdmissionBench['start']>>;

beforeAll(async () => {
  bench = await openAdmission();
  ({ kube, api, post, tried, podTried } = bench);
  controller = await bench.start();
});
afterAll(() => bench?.[Symbol.asyncDispose]());

const policies = '/apis/gateway.berth.dev/v1alpha1/gatewaypolicies';
const grant = (to: string) => ({ metadata: { annotations: { 'berth.dev/allowed-namespaces': to } } });
const policy = (name: string, spec: object) => ({
  ...{ apiVersion: 'gateway.berth.dev/v1alpha1', kind: 'GatewayPolicy', metadata: { name } },
  spec: { targetRefs: [{ group: 'kubeovn.io', kind: 'Vpc', name: 'vpc1' }], ...spec },
});

describe('fields, by the API server alone', () => {
  test.each([
    [
      eips,
      eip('z', { v4Ip: '10.9.101.300' }),
      'bad-value: spec.v4Ip: "10.9.101.300" is not one IPv4 address; write one IPv4',
    ],
    [
      eips,
      eip('z', { v6Ip: 'fd00:101:0:0::0009' }),
      'bad-value: spec.v6Ip: "fd00:101:0:0::0009" is not one IPv6 address in its shortest form; write fd00:101::9',
    ],
    [
      eips,
      eip('z', { v6Ip: '10.9.101.9' }),
      'bad-value: spec.v6Ip: "10.9.101.9" is not one IPv6 address in its shortest form; write one IPv6 address',
    ],
    [
      eips,
      eip('z', { type: 'fip' }),
      'bad-value: spec.type: "fip" is not one of nat, lrp, lsp; write one of nat, lrp, lsp',
    ],
    ...['00:00:00:00:00:00', '01:00:5e:00:00:01'].map((macAddress): [string, object, string] => [
      eips,
      eip('z', { externalSubnet: 'external0', macAddress }),
      `bad-value: spec.macAddress: "${macAddress}" is`,
    ]),
    [
      fips,
      fip('z', { ipName: 'web.default' }),
      'missing-field: spec.ovnEip: the value is missing; set spec.ovnEip',
    ],
    [
      `${ours}/vpcs`,
      object('Vpc', 'z', { staticRoutes: [{ cidr: '10.0.0.1/8', nextHopIP: '10.0.0.1' }] }),
      'bad-value: spec.staticRoutes[].cidr: "10.0.0.1/8" is neither a network nor an address',
    ],
    [
      `${ours}/subnets`,
      object('Subnet', 'z', { cidrBlock: '10.1.0.0/16,10.2.0.0/16' }),
      'bad-value: spec.cidrBlock: "10.1',
    ],
    [
      policies,
      {
        apiVersion: 'gateway.berth.dev/v1alpha1',
        kind: 'GatewayPolicy',
        metadata: { name: 'z' },
        spec: { targetRefs: [] },
      },
      'bad-value: spec.targetRefs: the value is an empty list; write 1 or more',
    ],
    [
      policies,
      policy('z', { placement: 'GatewayLocal', onGatewayLoss: 'Distribute' }),
      'policy-contradictory: spec.onGatewayLoss: spec.placement GatewayLocal lets nothing leave through a node that is no gateway, and spec.onGatewayLoss Distribute asks for just that; set spec.onGatewayLoss to Block, or spec.placement to Centralized',
    ],
  ])('%s: %#', async (path, body, message) => {
    const said = await tried('POST', path, body);
    expect(said).toContain('ValidatingAdmissionPolicy');
    expect(said).toContain(message);
  });

  test('a value in a list is named as well, the first that is wrong', async () => {
    const routes = [
      { cidr: '10.0.0.0/8', nextHopIP: '10.0.0.1' },
      { cidr: '10.1.0.0/16', nextHopIP: '10.0.0.300' },
    ];
    const said = await tried('POST', `${ours}/vpcs`, object('Vpc', 'z', { staticRoutes: routes }));
    expect(said).toContain('bad-value: spec.staticRoutes[].nextHopIP: "10.0.0.300" is not one IP address');
    const excluded = { cidrBlock: '10.1.0.0/16', excludeIps: ['10.1.0.1', '10.1.0.9..x'] };
    expect(await tried('POST', `${ours}/subnets`, object('Subnet', 'z', excluded))).toContain(
      'bad-value: spec.excludeIps[]: "10.1.0.9..x" is neither an address nor a range',
    );
  });

  test('the address of an EIP stays while rules use it', async () => {
    const status = { nat: 'fip', v4Ip: '10.9.101.9', macAddress: '0a:00:00:00:00:09', type: 'nat' };
    await api.call({ method: 'PATCH', path: `${eips}/web/status`, patch: 'merge', body: { status } });
    const change = (spec: object) => tried('PATCH', `${eips}/web`, { spec });
    expect(await change({ v4Ip: '10.9.101.10' })).toContain(
      'immutable-field: spec.v4Ip: 10.9.101.9 may not become 10.9.101.10 while the OvnEip is used (fip); make another',
    );
    expect(await change({ macAddress: '0a:00:00:00:00:08' })).toContain('immutable-field: spec.macAddress');
    expect(await change({ type: 'lrp' })).toContain('immutable-field: spec.type');
    expect(await change({ externalSubnet: 'other' })).toContain('immutable-field: spec.externalSubnet');
    for (const same of [{ v4Ip: null }, { macAddress: '0a:00:00:00:00:09' }, { type: null }])
      expect(await change(same)).toBe('');
    await api.call({
      method: 'PATCH',
      path: `${eips}/web/status`,
      patch: 'merge',
      body: { status: { nat: null } },
    });
    expect(await change({ v4Ip: '10.9.101.10' })).toBe('');
  });
});

describe('objects, by what there is', () => {
  test.each([
    [
      eips,
      eip('z', { externalSubnet: 'external0', v4Ip: '10.9.101.9' }),
      'address-taken: ovn-eip/z spec.v4Ip: 10.9.101.9 is taken by ovn-eip/web; choose another',
    ],
    [eips, eip('z', { externalSubnet: 'external0', v4Ip: '10.8.0.9' }), 'address-outside-subnet'],
    ...['0', '255', '1'].map((last): [string, object, string] => [
      eips,
      eip('z', { externalSubnet: 'external0', v4Ip: `10.9.101.${last}` }),
      `address-invalid: ovn-eip/z spec.v4Ip: 10.9.101.${last} is`,
    ]),
    ...['0', '255', '1'].map((last): [string, object, string] => [
      fips,
      fip('z', { ovnEip: 'free', vpc: 'vpc1', v4Ip: `192.168.0.${last}` }),
      `address-invalid: ovn-fip/z spec.v4Ip: 192.168.0.${last} is`,
    ]),
    [
      fips,
      fip('z', { ovnEip: 'web', ipName: 'z.default' }),
      'fip-duplicate: ovn-fip/z spec.ovnEip: ovn-eip/web already serves ovn-fip/web',
    ],
    [
      fips,
      fip('z', { ovnEip: 'web' }),
      'missing-field: ovn-fip/z spec.ipName: the rule has no target; set ipName',
    ],
    [`${ours}/subnets`, object('Subnet', 'z', { vpc: 'vpc1', cidrBlock: '192.168.0.0/16' }), 'cidr-overlap'],
    ...['10.7.0.0', '10.7.0.255'].map((gateway): [string, object, string] => [
      `${ours}/subnets`,
      object('Subnet', 'z', { vpc: 'vpc1', cidrBlock: '10.7.0.0/24', gateway }),
      `bad-value: subnet/z spec.gateway: gateway ${gateway} is no host address of 10.7.0.0/24; write a host address`,
    ]),
  ])('%s: %#', async (path, body, message) => {
    const said = await tried('POST', path, body);
    expect(said).toContain('admission webhook "objects.admission.berth.dev" denied the request');
    expect(said).toContain(message);
  });

  test('may come in any order', async () => {
    expect(await tried('POST', fips, fip('early', { ovnEip: 'later', ipName: 'later.default' }))).toBe('');
    expect(await tried('POST', eips, eip('z', { externalSubnet: 'later' }))).toBe('');
  });

  test('an EIP is for the namespaces that it is granted to', async () => {
    const allowed = { 'berth.dev/allowed-namespaces': 'shop' };
    const body = eip('owned', { externalSubnet: 'external0' }, allowed);
    await post(eips, body);
    await eventually(async () =>
      (await tried('POST', fips, fip('z', { ovnEip: 'owned', ipName: 'web.default' }))).includes(
        'eip-not-granted: ovn-fip/z spec.ipName: ovn-eip/owned is granted to shop, and web.default is in namespace default',
      ),
    );
    expect(await tried('POST', fips, fip('z', { ovnEip: 'owned', ipName: 'cart.shop' }))).toBe('');
  });

  test('a grant that takes an EIP from who uses it is let pass, with a warning that names them', async () => {
    const said = (to: string) =>
      bench.warned('annotate', '--overwrite', 'ovn-eip', 'web', `berth.dev/allowed-namespaces=${to}`);
    expect(await tried('PATCH', `${eips}/web`, grant('shop'))).toBe('');
    expect(await said('shop')).toContain(
      "Warning: eip-not-granted: ovn-eip/web metadata.annotations['berth.dev/allowed-namespaces']: ovn-fip/web loses it at once: their namespaces are not granted it any more; add these namespaces where that is not meant",
    );
    expect(await said('shop,default')).toBe('');
  });

  test('an annotation that says nothing is refused when it is written, and what was there before is not', async () => {
    const annotate = (path: string, key: string, value: string) =>
      tried('PATCH', path, { metadata: { annotations: { [key]: value } } });
    const keep = 'berth.dev/keep';
    expect(await annotate(`${fips}/web`, keep, '{"placement":"anywhere"}')).toContain(
      "keep-unreadable: ovn-fip/web metadata.annotations['berth.dev/keep']: the annotation berth.dev/keep of ovn-fip/web cannot be read (placement: ",
    );
    expect(await annotate(`${fips}/web`, keep, '{"placement":"distributed"}')).toBe('');
    expect(await annotate(`${eips}/web`, 'berth.dev/allow-address-in-use', 'yes')).toContain(
      'annotation-invalid: ovn-eip/web',
    );
    expect(await annotate(`${eips}/web`, 'example.org/any', 'yes')).toBe('');
  });

  test('a policy cannot come to contradict itself; a second one for a VPC is let pass with a warning', async () => {
    await post(policies, policy('elder', { placement: 'GatewayLocal' }));
    const change = (spec: object) => tried('PATCH', `${policies}/elder`, { spec });
    expect(await change({ onGatewayLoss: 'Distribute' })).toContain('policy-contradictory');
    expect(await change({ onGatewayLoss: 'Block' })).toBe('');
    expect(await tried('POST', policies, policy('younger', {}))).toBe('');
    const file = join(kube.folder, 'younger.json');
    await writeFile(file, JSON.stringify(policy('younger', {})));
    const create = ['create', '--dry-run=server', '-f', file];
    await eventually(async () =>
      (await kubectl(kube, ...create, '--warnings-as-errors').catch(String)).includes(
        'Warning: policy-conflict: gatewaypolicy/younger spec.targetRefs[0].name: vpc/vpc1 has the older policy gatewaypolicy/elder, which counts; remove',
      ),
    );
    await kubectl(kube, 'delete', 'gatewaypolicy', 'elder');
    await eventually(async () =>
      (await kubectl(kube, ...create, '--warnings-as-errors').catch(String)).includes('created'),
    );
  });

  test('what is in use is not deleted, and what is not may go', async () => {
    expect(await tried('DELETE', `${eips}/web`)).toContain(
      'in-use: ovn-eip/web: ovn-eip/web is used by ovn-fip/web, so it is not deleted; delete ovn-fip/web first',
    );
    expect(await tried('DELETE', `${ours}/vpcs/vpc1`)).toContain('is used by subnet/vpc1-subnet1');
    expect(await tried('DELETE', `${fips}/web`)).toBe('');
    expect(await tried('DELETE', `${eips}/owned`)).toBe('');
  });

  test('the address of a pod is not deleted while the pod is there', async () => {
    const spec = { podName: 'web', namespace: 'default', subnet: 'vpc1-subnet1', v4IpAddress: '192.168.0.4' };
    await post(`${ours}/ips`, object('IP', 'web.default', spec));
    await eventually(async () =>
      (await tried('DELETE', `${ours}/ips/web.default`)).includes(
        'in-use: ip/web.default: ip/web.default is used by pod/default/web, ovn-fip/web, so it is not deleted; delete pod/default/web, ovn-fip/web first',
      ),
    );
    await post(`${ours}/ips`, object('IP', 'idle.default', { subnet: 'vpc1-subnet1' }));
    expect(await tried('DELETE', `${ours}/ips/idle.default`)).toBe('');
  });

  test('a change that says nothing new passes, however wrong the object is', async () => {
    const wrong = eip('wrong', { externalSubnet: 'external0', v4Ip: 'nonsense' });
    for (const kind of [
      'validatingadmissionpolicybinding/berth-ovn-eips',
      'validatingwebhookconfiguration/berth',
    ])
      await kubectl(kube, 'delete', kind);
    await eventually(async () => (await tried('POST', eips, wrong)) === '');
    await post(eips, wrong);
    await kube.apply(fieldPolicies('berth'));
    await bench.installWebhooks(controller.port);
    await eventually(async () =>
      (await tried('POST', eips, eip('z', { v4Ip: 'nonsense' }))).includes('Policy'),
    );
    const change = (body: object) => tried('PATCH', `${eips}/wrong`, body);
    expect(await change({ metadata: { labels: { team: 'x' }, finalizers: ['example.org/x'] } })).toBe('');
    expect(await change({ spec: { macAddress: 'nonsense' } })).toContain('bad-value');
    expect(await change({ spec: { v4Ip: null } })).toBe('');
    expect(await tried('DELETE', `${eips}/wrong`)).toBe('');
  });
});

describe('pods', () => {
  const spec = { workloads: 'RequireGateways' };
  const gateway = { key: 'ovn.kubernetes.io/external-gw', operator: 'In', values: ['true'] };
  const nodesOf = (pod: { readonly [key: string]: unknown }) =>
    (pod['spec'] as { readonly affinity?: { readonly nodeAffinity?: object } }).affinity?.nodeAffinity;

  test('of a VPC whose policy requires gateways are sent there, or refused', async () => {
    expect(nodesOf(await podTried('default'))).toBeUndefined();
    await post(policies, policy('strict', spec));
    await eventually(async () => nodesOf(await podTried('default')) !== undefined);
    const required = { nodeSelectorTerms: [{ matchExpressions: [gateway] }] };
    const expected = { requiredDuringSchedulingIgnoredDuringExecution: required };
    expect(nodesOf(await podTried('default'))).toEqual(expected);
    const ofDeployment = { generateName: 'cart-', annotations };
    expect(nodesOf(await podTried('shop', {}, ofDeployment))).toEqual(expected);
    expect(nodesOf(await podTried('shop', {}, { name: 'plain', annotations: {} }))).toBeUndefined();
    await expect(podTried('default', { nodeSelector: { disk: 'ssd' } })).rejects.toThrow(
      /pods\.admission\.berth\.dev.*pod-unplaceable: pod\/default\/p spec\.nodeSelector: the pod asks for nodes with disk=ssd/,
    );
  });

  test('that ask for what is no address are refused', async () => {
    const asking = { ...annotations, 'ovn.kubernetes.io/ip_address': '192.168.0.300' };
    await expect(podTried('default', {}, { name: 'p', annotations: asking })).rejects.toThrow(
      /pods\.admission\.berth\.dev.*annotation-invalid: pod\/default\/p metadata\.annotations\['ovn\.kubernetes\.io\/ip_address'\]: .*"192\.168\.0\.300" is not an IP address.*write one/,
    );
    const far = { ...annotations, 'net1.default.ovn.kubernetes.io/mac_address': 'none' };
    await expect(podTried('default', {}, { name: 'p', annotations: far })).rejects.toThrow(
      /annotation-invalid/,
    );
    await podTried(
      'default',
      {},
      { name: 'p', annotations: { ...asking, 'ovn.kubernetes.io/ip_address': '' } },
    );
  });

  test.each([
    [
      '192.168.0.0',
      /address-invalid: .*192\.168\.0\.0 is not an address a host of 192\.168\.0\.0\/24 can have/,
    ],
    ['192.168.0.255', /address-invalid: .*192\.168\.0\.255 is not an address a host/],
    ['192.168.0.1', /address-invalid: .*192\.168\.0\.1 is the gateway of subnet\/vpc1-subnet1/],
    [
      '10.8.0.9',
      /address-outside-subnet: .*10\.8\.0\.9 is not in 192\.168\.0\.0\/24 of subnet\/vpc1-subnet1/,
    ],
  ])('that ask for %s, which no host of their subnet can have, are refused', async (address, message) => {
    const asking = { ...annotations, 'ovn.kubernetes.io/ip_address': address };
    await expect(podTried('default', {}, { name: 'p', annotations: asking })).rejects.toThrow(message);
  });

  test('of the system, of nodes and of DaemonSets are left alone', async () => {
    expect(nodesOf(await podTried('kube-system'))).toBeUndefined();
    expect(nodesOf(await podTried('default', { hostNetwork: true }))).toBeUndefined();
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', uid: 'u' }];
    expect(nodesOf(await podTried('default', {}, { name: 'd', ownerReferences }))).toBeUndefined();
  });
});

describe('the controller', () => {
  test('tells in metrics what it answered', async () => {
    const lines = await controller.metrics();
    expect(lines).toMatch(/berth_admission_requests_total\{webhook="objects",answer="refused"\} [1-9]/);
    expect(lines).toMatch(/berth_admission_requests_total\{webhook="pods",answer="changed"\} [1-9]/);
    expect(lines).toMatch(/berth_admission_certificate_expiry_timestamp_seconds 1?[1-9]\d{8}/);
  });

  test('stops nothing while it is down: pods are made, and the API server checks fields by itself', async () => {
    await controller[Symbol.asyncDispose]();
    await podTried('default', { nodeSelector: { disk: 'ssd' } });
    expect(await tried('POST', fips, fip('z', { ovnEip: 'web', ipName: 'z.default' }))).toBe('');
    expect(await tried('DELETE', `${eips}/web`)).toBe('');
    expect(await tried('POST', eips, eip('z', { v4Ip: 'nonsense' }))).toContain('bad-value: spec.v4Ip');
  });

  test('renews its certificate, and no question is let pass meanwhile', async () => {
    const before = await get(kube, '-n', secret.namespace, 'secret', secret.name);
    await kubectl(
      kube,
      '-n',
      secret.namespace,
      'patch',
      'secret',
      secret.name,
      '--type=json',
      '-p',
      '[{"op":"remove","path":"/data"}]',
    );
    // A third of it is what a stall may take before it is too late.
    controller = await bench.start({ validityMs: 30_000 });
    const first = (await get(kube, '-n', secret.namespace, 'secret', secret.name)).data['tls.crt'];
    expect(first).not.toBe(before.data['tls.crt']);
    let passed = 0;
    let asked = 0;
    const isRenewed = async (): Promise<boolean> => {
      const said = await tried('POST', fips, fip('z', { ovnEip: 'web', ipName: 'z.default' }));
      asked += 1;
      if (!said.includes('fip-duplicate')) passed += 1;
      const { data } = await get(kube, '-n', secret.namespace, 'secret', secret.name);
      return data['tls.crt'] !== first && Date.parse(await servedUntil()) > Date.now();
    };
    const servedUntil = async (): Promise<string> => {
      const lines = await controller.metrics();
      const [, seconds = '0'] = /certificate_expiry_timestamp_seconds (\d+)$/m.exec(lines) ?? [];
      return new Date(Number(seconds) * 1_000).toISOString();
    };
    await eventually(isRenewed);
    for (let more = 0; more < 10; more++) await isRenewed();
    expect({ passed, wasAsked: asked > 10 }).toEqual({ passed: 0, wasAsked: true });
  });

  test('reads one Secret by its name, and no other', async () => {
    const mine = ['--kubeconfig', kube.kubeconfig(controllerUser), '-n', secret.namespace, 'auth', 'can-i'];
    expect(await kubectl(kube, ...mine, 'get', `secret/${secret.name}`)).toContain('yes');
    await expect(kubectl(kube, ...mine, 'get', 'secrets')).rejects.toThrow();
    expect(await readFile(kube.kubeconfig(controllerUser), 'utf8')).not.toContain('PRIVATE KEY');
  });
});
