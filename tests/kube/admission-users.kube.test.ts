import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type AdmissionBench,
  eip,
  eips,
  fip,
  fips,
  object,
  openAdmission,
  ours,
} from '../support/admission-bench.ts';
import { applyObjects, controllerUser, eventually, kubectl } from '../support/kube-bench.ts';

let bench: AdmissionBench;
let kube: AdmissionBench['kube'];
let post: AdmissionBench['post'];
let tried: AdmissionBench['tried'];
let podTried: AdmissionBench['podTried'];

beforeAll(async () => {
  bench = await openAdmission();
  ({ kube, post, tried, podTried } = bench);
  await bench.start();
});
afterAll(() => bench?.[Symbol.asyncDispose]());

test('an address beside the name of a target that has another one is refused', async () => {
  const spec = { podName: 'web', namespace: 'default', subnet: 'vpc1-subnet1', v4IpAddress: '192.168.0.4' };
  await post(`${ours}/ips`, object('IP', 'web.default', spec));
  const mismatch = (name: string) => `address-mismatch: ovn-fip/${name} spec.v4Ip: `;
  const wanted = { ovnEip: 'free', ipName: 'web.default', v4Ip: '192.168.0.99' };
  await eventually(async () => (await tried('POST', fips, fip('z', wanted))).includes(mismatch('z')));
  expect(await tried('POST', fips, fip('z', { ...wanted, v4Ip: '192.168.0.4' }))).toBe('');
  expect(await tried('PATCH', `${fips}/web`, { spec: { v4Ip: '192.168.0.99' } })).toContain(mismatch('web'));
  expect(await tried('PATCH', `${fips}/web`, { spec: { v4Ip: '192.168.0.4' } })).toBe('');
});

test('a subnet that comes to be for others than its EIP is granted to is let pass, with a warning that names the rule', async () => {
  const allowed = { 'berth.dev/allowed-namespaces': 'shop' };
  const net = { vpc: 'vpc9', cidrBlock: '10.6.0.0/24', namespaces: ['shop'] };
  const rule = object('OvnSnatRule', 'shops', { ovnEip: 'shop-only', vpcSubnet: 'shops' });
  await post(`${ours}/vpcs`, object('Vpc', 'vpc9', {}));
  await post(eips, eip('shop-only', { externalSubnet: 'external0' }, allowed));
  await post(`${ours}/subnets`, object('Subnet', 'shops', net));
  await eventually(async () => (await tried('POST', `${ours}/ovn-snat-rules`, rule)) === '');
  await post(`${ours}/ovn-snat-rules`, rule);
  const said = (namespaces: readonly string[]) =>
    bench.warned('patch', 'subnet', 'shops', '--type=merge', '-p', JSON.stringify({ spec: { namespaces } }));
  await eventually(async () =>
    (await said(['shop', 'bank'])).includes(
      'Warning: eip-not-granted: subnet/shops spec.namespaces: ovn-snat-rule/shops loses its EIP at once, not granted to all whom the subnet is for then; grant the EIP to them first',
    ),
  );
  expect(await said(['shop'])).not.toContain('Warning');
});

test('a grant that is taken back is let pass, with a warning that names the rule that a pod by its annotation takes it from', async () => {
  const annotations = { 'ovn.kubernetes.io/logical_switch': 'shops' };
  const granted = 'berth.dev/allowed-namespaces';
  await kubectl(kube, 'annotate', '--overwrite', 'ovn-eip', 'shop-only', `${granted}=shop,default`);
  const guest = {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'guest', namespace: 'default', annotations } },
    spec: { containers: [{ name: 'c', image: 'none' }] },
  };
  // The webhook sees the grant a moment after it is written.
  await eventually(() =>
    applyObjects(kube, guest).then(
      () => true,
      () => false,
    ),
  );
  const given = { podName: 'guest', namespace: 'default', subnet: 'shops', v4IpAddress: '10.6.0.9' };
  await post(`${ours}/ips`, object('IP', 'guest.default', given));
  await eventually(async () =>
    (await bench.warned('annotate', '--overwrite', 'ovn-eip', 'shop-only', `${granted}=shop`)).includes(
      'ovn-snat-rule/shops loses it at once: their namespaces are not granted it any more',
    ),
  );
  await kubectl(kube, 'delete', 'pod', 'guest', '--force');
  await kubectl(kube, 'annotate', '--overwrite', 'ovn-eip', 'shop-only', `${granted}=shop`);
});

test('what is being deleted takes no new users, and those it has may change', async () => {
  const leaving = (kind: string, spec: object) => {
    const { metadata, ...rest } = object(kind, 'leaving', spec);
    return { ...rest, metadata: { ...metadata, finalizers: ['example.org/test'] } };
  };
  const ports = { externalPort: '80', internalPort: '80', protocol: 'tcp' };
  const forward = (name: string, ovnEip: string) =>
    object('OvnDnatRule', name, { ovnEip, ipName: 'web.default', ...ports });
  const dnats = `${ours}/ovn-dnat-rules`;
  await post(eips, leaving('OvnEip', { externalSubnet: 'external0' }));
  await post(`${ours}/subnets`, leaving('Subnet', { vpc: 'vpc9', cidrBlock: '10.5.0.0/24' }));
  await post(dnats, forward('old', 'leaving'));
  await post(dnats, forward('other', 'later'));
  // The controller is not asked about what it does itself: so the EIP is on its way out though it is used, as where deletions wait.
  const asController = ['--kubeconfig', kube.kubeconfig(controllerUser)];
  await kubectl(kube, ...asController, 'delete', '--wait=false', 'ovn-eip', 'leaving');
  await kubectl(kube, 'delete', '--wait=false', 'subnet', 'leaving');
  await eventually(async () =>
    (await tried('POST', dnats, forward('z', 'leaving'))).includes(
      'reference-terminating: ovn-dnat-rule/z spec.ovnEip: ovn-eip/leaving is being deleted, so it takes no new users; name another in spec.ovnEip',
    ),
  );
  const source = { ovnEip: 'later', vpcSubnet: 'leaving' };
  await eventually(async () =>
    (await tried('POST', `${ours}/ovn-snat-rules`, object('OvnSnatRule', 'z', source))).includes(
      'reference-terminating: ovn-snat-rule/z spec.vpcSubnet: subnet/leaving is being deleted',
    ),
  );
  expect(await tried('PATCH', `${dnats}/other`, { spec: { ovnEip: 'leaving' } })).toContain(
    'reference-terminating: ovn-dnat-rule/other spec.ovnEip: ',
  );
  expect(await tried('PATCH', `${dnats}/old`, { spec: { externalPort: '81' } })).toBe('');
});

test('a pod that its subnet is not for, or whose subnet is being deleted, is refused', async () => {
  const on = (subnet: string) => ({
    name: 'p',
    annotations: { 'ovn.kubernetes.io/logical_switch': subnet },
  });
  await expect(podTried('default', {}, on('shops'))).rejects.toThrow(
    /pods\.admission\.berth\.dev.*eip-not-granted: pod\/default\/p metadata\.annotations\['ovn\.kubernetes\.io\/logical_switch'\]: subnet\/shops goes out by ovn-eip\/shop-only \(ovn-snat-rule\/shops\), which is granted to shop, and the pod is in namespace default; name another subnet/,
  );
  await podTried('shop', {}, on('shops'));
  await expect(podTried('shop', {}, on('leaving'))).rejects.toThrow(
    /pods\.admission\.berth\.dev.*reference-terminating: pod\/shop\/p .*: subnet\/leaving is being deleted, so it takes no new users/,
  );
});
