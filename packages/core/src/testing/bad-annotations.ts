import type { BadCase } from './bad-case.ts';
import { eip, ip, node, pod, providerNetwork, subnet, vpc } from './resources.ts';

const onSubnet = { subnet: 'vpc1-subnet1', node: 'vnode-103-176' };

/** A pod with an annotation beside its subnet. */
const podWith = (key: string, value: string) => {
  const plain = pod('zz', onSubnet);
  const annotations = { ...plain.metadata.annotations, [key]: value };
  return { ...plain, metadata: { ...plain.metadata, annotations } };
};

const aboutPod = { kind: 'Pod', namespace: 'default', name: 'zz' };

const malformed = (key: string, value: string, message: string): BadCase => ({
  what: `a pod has ${key}: "${value}"`,
  objects: [podWith(key, value)],
  expected: {
    code: 'annotation-invalid',
    object: aboutPod,
    field: `metadata.annotations['${key}']`,
    message: `the annotation ${key} cannot be read: ${message}`,
  },
});

const unread = (key: string, value: string): BadCase => ({
  what: `a pod has ${key}`,
  objects: [podWith(key, value)],
  expected: {
    code: 'not-supported',
    object: aboutPod,
    field: `metadata.annotations['${key}']`,
    message: `the annotation ${key}: "${value}" has no effect`,
  },
});

const annotated = (key: string, value: string) => ({ annotations: { [key]: value } });
const labelled = (key: string, value: string) => ({ labels: { [key]: value } });

const [ipKey, macKey] = ['ovn.kubernetes.io/ip_address', 'ovn.kubernetes.io/mac_address'];
const none = ', so a new pod gets no address and one that has its own keeps it';
const [inUse, dnatStop] = ['berth.dev/allow-address-in-use', 'berth.dev/allow-dnat-stop'];
const far = 'far.provider-network.kubernetes.io';

const note = (
  what: string,
  object: BadCase['objects'][number],
  code: 'annotation-invalid' | 'not-supported',
  field: string,
  message: string,
  ...others: BadCase['objects']
): BadCase => ({
  what,
  objects: [object, ...others],
  expected: {
    ...{ code, severity: 'warning', field, message },
    object: { kind: object.kind, name: object.metadata.name },
  },
});

/** A pod with routes, and what is wrong with them on 192.168.0.0/24. */
const routes = (what: string, value: string, fault: string): BadCase => ({
  what: `a pod has routes ${what}`,
  objects: [podWith('ovn.kubernetes.io/routes', value)],
  expected: {
    ...{ code: 'annotation-invalid', severity: 'warning', object: aboutPod },
    field: "metadata.annotations['ovn.kubernetes.io/routes']",
    message: `the annotation ovn.kubernetes.io/routes cannot be used: ${fault}, so the pod gets none of these routes`,
  },
});

/** A pod that was given 192.168.0.77 and asks for something else since. */
const late = (what: string, key: string, value: string, present: string): BadCase => {
  const plain = podWith(key, value);
  const born = { uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' };
  const spec = {
    ...{ subnet: 'vpc1-subnet1', podName: 'zz', namespace: 'default', nodeName: 'vnode-103-176' },
    ...{ ipAddress: '192.168.0.77', v4IpAddress: '192.168.0.77', macAddress: '0a:00:00:00:00:77' },
  };
  return {
    what: `a pod that runs asks for another ${what}`,
    objects: [
      { ...plain, metadata: { ...plain.metadata, ...born } },
      ip('zz.default', spec, annotated('berth.dev/pod-uid', 'u')),
      subnet('other', { vpc: 'vpc1', cidrBlock: '172.30.0.0/24' }),
    ],
    expected: {
      ...{ code: 'annotation-waits', object: aboutPod, field: `metadata.annotations['${key}']` },
      message: `the annotation ${key}: "${value}" has no effect yet: the pod keeps ${present}, which it got when it was made`,
    },
  };
};

/** Annotations and labels that say nothing which can be used, or nothing yet. */
export const badAnnotations: readonly BadCase[] = [
  routes('that are no list', '{"gw":"192.168.0.254"}', 'it is no JSON list'),
  routes(
    'by a gateway of elsewhere',
    '[{"dst":"10.0.0.0/8","gw":"192.168.1.254"}]',
    '[0].gw 192.168.1.254 is not in the pod’s subnet, 192.168.0.0/24',
  ),
  routes(
    'to its own subnet',
    '[{"dst":"192.168.0.0/24","gw":"192.168.0.254"}]',
    '[0].dst 192.168.0.0/24 is the pod’s own subnet, which it reaches without a gateway',
  ),
  malformed(ipKey, '192.168.0', `"192.168.0" is not an IP address${none}`),
  malformed(ipKey, '192.168.0.300', `"192.168.0.300" is not an IP address${none}`),
  malformed(ipKey, '192.168.0.9/24', `"192.168.0.9/24" has a prefix length${none}`),
  malformed(
    ipKey,
    '192.168.0.8,192.168.0.9',
    `"192.168.0.8,192.168.0.9" has more than one entry of a family${none}`,
  ),
  malformed(ipKey, "192.168.0.9'; drop", `"192.168.0.9'; drop" is not an IP address${none}`),
  malformed(macKey, '0a:00:00:00:00', `"0a:00:00:00:00" is not a MAC address${none}`),
  malformed(macKey, '01:00:00:00:00:01', `"01:00:00:00:00:01" is not the address of one station${none}`),
  malformed('net1.default.ovn.kubernetes.io/ip_address', 'none', '"none" is not an IP address'),
  malformed('net1.default.ovn.kubernetes.io/mac_address', 'none', '"none" is not a MAC address'),
  late('address', ipKey, '192.168.0.88', '192.168.0.77'),
  late('MAC', macKey, '0a:00:00:00:00:88', '0a:00:00:00:00:77'),
  late('subnet', 'ovn.kubernetes.io/logical_switch', 'other', 'subnet/vpc1-subnet1'),
  unread('net1.default.ovn.kubernetes.io/ip_address', '10.0.0.9'),
  unread('ovn.kubernetes.io/eip', '10.9.101.77'),
  unread('ovn.kubernetes.io/snat', 'nonsense'),
  unread('ovn.kubernetes.io/ip_pool', '192.168.0.7,192.168.0.8'),
  note(
    'an EIP has a switch that is neither on nor off',
    eip('zz', { externalSubnet: 'external0' }, annotated(inUse, 'yes')),
    'annotation-invalid',
    `metadata.annotations['${inUse}']`,
    `the annotation ${inUse} is "yes", which counts as "false"`,
  ),
  note(
    'a subnet has a switch that is neither on nor off',
    subnet('zz', { vpc: 'vpc1', cidrBlock: '172.30.0.0/24' }, annotated(inUse, '1')),
    'annotation-invalid',
    `metadata.annotations['${inUse}']`,
    `the annotation ${inUse} is "1", which counts as "false"`,
  ),
  note(
    'a VPC has a switch that is neither on nor off',
    vpc('zz', {}, annotated(dnatStop, 'True')),
    'annotation-invalid',
    `metadata.annotations['${dnatStop}']`,
    `the annotation ${dnatStop} is "True", which counts as "false"`,
  ),
  note(
    'an EIP is granted to what can be no namespace',
    eip('zz', { externalSubnet: 'external0' }, annotated('berth.dev/allowed-namespaces', 'shop;bank,Till')),
    'annotation-invalid',
    "metadata.annotations['berth.dev/allowed-namespaces']",
    'the annotation berth.dev/allowed-namespaces is "shop;bank,Till", and no namespace can be named "shop;bank" or "Till"',
  ),
  note(
    'an EIP is granted to nobody, it seems',
    eip('zz', { externalSubnet: 'external0' }, annotated('berth.dev/allowed-namespaces', ' , ')),
    'annotation-invalid',
    "metadata.annotations['berth.dev/allowed-namespaces']",
    'the annotation berth.dev/allowed-namespaces is " , ", and it names no namespace, so none may use the address',
  ),
  note(
    'a node is a gateway, it seems',
    node('zz', labelled('ovn.kubernetes.io/external-gw', 'yes')),
    'annotation-invalid',
    "metadata.labels['ovn.kubernetes.io/external-gw']",
    'the label ovn.kubernetes.io/external-gw is "yes", which makes node/zz no gateway',
  ),
  note(
    'a node is to be left out by a label',
    node('zz', labelled(`${far}/exclude`, 'true')),
    'not-supported',
    `metadata.labels['${far}/exclude']`,
    `${far}/exclude: "true" has no effect: provider-network/far says itself which nodes it is on`,
    providerNetwork('far', { defaultInterface: 'eth9' }),
  ),
  note(
    'a node names its NIC by an annotation',
    node('zz', annotated(`${far}/interface`, 'eth7')),
    'not-supported',
    `metadata.annotations['${far}/interface']`,
    `${far}/interface: "eth7" has no effect: provider-network/far says itself which NIC it takes, eth9`,
    providerNetwork('far', { defaultInterface: 'eth9' }),
  ),
  note(
    'a node has an MTU that is no number',
    node('zz', labelled(`${far}/mtu`, 'jumbo')),
    'annotation-invalid',
    `metadata.labels['${far}/mtu']`,
    `the label ${far}/mtu is "jumbo", which is no number of bytes and does not count`,
    providerNetwork('far', { defaultInterface: 'eth9' }),
  ),
  note(
    'a node names a chassis that is none',
    node('vnode-103-176', annotated('ovn.kubernetes.io/chassis', 'nonsense')),
    'annotation-invalid',
    "metadata.annotations['ovn.kubernetes.io/chassis']",
    'the annotation ovn.kubernetes.io/chassis is "nonsense", which is no chassis of SB: chassis-vnode-103-176 is taken, by its hostname',
  ),
];
