import { describe, expect, test } from 'vitest';
import { parseResource } from './parse-resource.ts';

const kubeOvn = (kind: string, spec: unknown, metadata: unknown = { name: 'x' }) => ({
  apiVersion: 'kubeovn.io/v1',
  kind,
  metadata,
  spec,
});

/** What is required of an OvnDnatRule beside its target. */
const forward = { ovnEip: 'e', externalPort: '80', internalPort: '65535', protocol: 'tcp' };

/** Every problem of an object as `problem field: cure`. */
function problems(input: unknown): readonly string[] {
  const parsed = parseResource(input);
  return parsed.ok ? [] : parsed.problems.map(({ problem, field, cure }) => `${problem} ${field}: ${cure}`);
}

describe('good objects', () => {
  test.each([
    kubeOvn('ProviderNetwork', {
      defaultInterface: 'eth1',
      customInterfaces: [{ interface: 'eth2', nodes: ['n'] }],
    }),
    kubeOvn('Vlan', { id: 0, provider: 'external0' }),
    kubeOvn('Subnet', { cidrBlock: '10.0.0.0/24,fd00::/64', protocol: 'Dual', gateway: '10.0.0.1,fd00::1' }),
    kubeOvn('Subnet', {
      cidrBlock: '10.0.0.0/24',
      excludeIps: ['10.0.0.1..10.0.0.9', '10.0.0.254'],
      vlan: 'v',
    }),
    kubeOvn('Vpc', undefined),
    kubeOvn('Vpc', { staticRoutes: [{ policy: 'policyDst', cidr: '0.0.0.0/0', nextHopIP: '10.0.0.1' }] }),
    kubeOvn('Vpc', { vpcPeerings: [{ remoteVpc: 'b', localConnectIP: '169.254.0.1/30' }] }),
    kubeOvn('OvnEip', {}),
    kubeOvn('OvnEip', { macAddress: '00:00:00:AB:CD:04' }),
    kubeOvn('OvnEip', {
      externalSubnet: 'e',
      v4Ip: '10.0.0.9',
      v6Ip: 'fd00::9',
      macAddress: '0a:00:00:00:00:01',
    }),
    kubeOvn('OvnFip', { ovnEip: 'e', ipName: 'web.default', type: 'centralized' }),
    kubeOvn('OvnFip', { ovnEip: 'e', vpc: 'v', v6Ip: 'fd00::9' }),
    kubeOvn('OvnSnatRule', { ovnEip: 'e', vpcSubnet: 's', v4IpCidr: '', ipName: '' }),
    kubeOvn('OvnSnatRule', { ovnEip: 'e', ipName: 'web.default' }),
    kubeOvn('OvnSnatRule', { ovnEip: 'e', vpc: 'v', v4IpCidr: '10.0.0.0/24', v6IpCidr: 'fd00::9' }),
    kubeOvn('OvnSnatRule', { ovnEip: 'e', vpcSubnet: 's', vpc: 'v', v4IpCidr: '10.0.0.9' }),
    kubeOvn('OvnDnatRule', { ...forward, ipName: 'web.default' }),
    kubeOvn('OvnDnatRule', { ...forward, ipName: 'v', ipType: 'vip', protocol: 'UDP' }),
    kubeOvn('OvnDnatRule', { ...forward, vpc: 'v', v4Ip: '10.0.0.9', v6Ip: 'fd00::9' }),
    kubeOvn('Vip', { subnet: 's', selector: ['app:web'], type: 'switch_lb_vip' }),
    kubeOvn('Vip', { subnet: 's', v4ip: '10.0.0.9', v6ip: 'fd00::9', macAddress: '0a:00:00:00:00:01' }),
    kubeOvn('IP', { v4IpAddress: '10.0.0.2', macAddress: '0a:00:00:00:00:01' }, { name: 'web.default' }),
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n' },
      spec: { podCIDR: 'x' },
      status: { images: [] },
    },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n', whatever: 1 } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { a: 'b' } },
  ])('$kind', (input) => {
    expect(problems(input)).toEqual([]);
  });

  test('empty texts and nulls of a spec are absent, as kubectl writes what Go leaves out', () => {
    const parsed = parseResource(
      kubeOvn('OvnEip', { externalSubnet: 'e', v4Ip: '', type: '', macAddress: null }),
    );
    expect(parsed).toMatchObject({ ok: true, resource: { spec: { externalSubnet: 'e' } } });
    expect(parsed.ok && Object.keys(parsed.resource.spec ?? {})).toEqual(['externalSubnet']);
    const selector = { matchLabels: { a: '' } };
    expect(
      parseResource(kubeOvn('ProviderNetwork', { defaultInterface: 'e', nodeSelector: selector })),
    ).toMatchObject({ resource: { spec: { nodeSelector: selector } } });
  });

  test('the protocol of a DNAT is read in lower case', () => {
    expect(parseResource(kubeOvn('OvnDnatRule', { ...forward, ipName: 'i', protocol: 'Tcp' }))).toMatchObject(
      {
        resource: { spec: { protocol: 'tcp' } },
      },
    );
  });

  test('a namespaced object is in a namespace, a cluster-scoped one is not', () => {
    const pod = parseResource({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' } });
    expect(pod).toMatchObject({ resource: { metadata: { namespace: 'default' } } });
    const vpc = parseResource(kubeOvn('Vpc', {}, { name: 'v', namespace: 'x' }));
    expect(vpc.ok && Object.hasOwn(vpc.resource.metadata, 'namespace')).toBe(false);
  });

  test('a status with fields of a later Kube-OVN is read', () => {
    expect(problems({ ...kubeOvn('OvnEip', {}), status: { ready: true, later: 1 } })).toEqual([]);
  });
});

describe('bad objects', () => {
  test.each<[string, unknown, readonly string[]]>([
    ['no object', 'text', ['wrong-type : write apiVersion, kind, metadata and spec']],
    ['no kind', { metadata: { name: 'x' } }, ['missing-field kind: set apiVersion and kind']],
    ['kind with a slip', kubeOvn('OvnFipp', {}), ['unknown-kind kind: write OvnFip']],
    ['kind in another case', kubeOvn('ovnfip', {}), ['unknown-kind kind: write OvnFip']],
    [
      'kind that is not read yet, and is no slip',
      kubeOvn('SwitchLBRule', {}),
      ['unknown-kind kind: remove the object, or keep it in another folder'],
    ],
    [
      'other version',
      { ...kubeOvn('Vpc', {}), apiVersion: 'kubeovn.io/v2' },
      ['bad-value apiVersion: write kubeovn.io/v1'],
    ],
    [
      'no version',
      { kind: 'Vpc', metadata: { name: 'x' } },
      ['missing-field apiVersion: write kubeovn.io/v1'],
    ],
    [
      'group with a slip',
      { ...kubeOvn('Vpc', {}), apiVersion: 'kube-ovn.io/v1' },
      ['bad-value apiVersion: write kubeovn.io/v1'],
    ],
    ['no name', kubeOvn('Vpc', {}, {}), ['missing-field metadata.name: set metadata.name']],
    [
      'no metadata',
      { apiVersion: 'kubeovn.io/v1', kind: 'Vpc' },
      ['missing-field metadata.name: set metadata.name'],
    ],
    [
      'metadata with a slip',
      kubeOvn('Vpc', {}, { name: 'x', lables: {} }),
      ['unknown-field metadata.lables: write labels'],
    ],
    [
      'label that is no text',
      kubeOvn('Vpc', {}, { name: 'x', labels: { 'a.b/c': true } }),
      ['wrong-type metadata.labels[a.b/c]: put it in quotes: "true"'],
    ],
    [
      'fields with a slip',
      kubeOvn('OvnFip', { ovnEIP: 'e', ipName: 'i' }),
      ['missing-field spec.ovnEip: set spec.ovnEip', 'unknown-field spec.ovnEIP: write ovnEip'],
    ],
    [
      'FIP without target',
      kubeOvn('OvnFip', { ovnEip: 'e' }),
      [
        'missing-field spec.ipName: set ipName to the name of an IP (<pod>.<namespace>), or vpc together with v4Ip or v6Ip',
      ],
    ],
    [
      'FIP to an address of no VPC',
      kubeOvn('OvnFip', { ovnEip: 'e', v4Ip: '10.0.0.1' }),
      ['missing-field spec.vpc: set vpc to the name of a Vpc'],
    ],
    [
      'SNAT of nothing',
      kubeOvn('OvnSnatRule', { ovnEip: 'e' }),
      ['missing-field spec.vpcSubnet: set vpcSubnet, ipName, or vpc together with v4IpCidr or v6IpCidr'],
    ],
    [
      'SNAT of a subnet and of a workload',
      kubeOvn('OvnSnatRule', { ovnEip: 'e', vpcSubnet: 's', ipName: 'i', v4IpCidr: '10.0.0.9' }),
      ['bad-value spec.ipName: remove one of them; vpcSubnet means the whole subnet, ipName one workload'],
    ],
    [
      'SNAT of a Vpc',
      kubeOvn('OvnSnatRule', { ovnEip: 'e', vpc: 'v', vpcSubnet: 's' }),
      [
        'missing-field spec.v4IpCidr: set v4IpCidr or v6IpCidr, or remove vpc where vpcSubnet or ipName is set',
      ],
    ],
    [
      'SNAT of a network of no VPC',
      kubeOvn('OvnSnatRule', { ovnEip: 'e', v6IpCidr: 'fd00::/64' }),
      ['missing-field spec.vpc: set vpc to the name of a Vpc'],
    ],
    [
      'SNAT of networks of the other family, or with host bits',
      kubeOvn('OvnSnatRule', { ovnEip: 'e', vpc: 'v', v4IpCidr: 'fd00::/64', v6IpCidr: 'fd00::1/64' }),
      [
        'bad-value spec.v4IpCidr: write an IPv4 network, or use the field of the other family',
        'bad-value spec.v6IpCidr: write fd00::/64',
      ],
    ],
    [
      'DNAT without ports, protocol and target',
      kubeOvn('OvnDnatRule', { ovnEip: 'e' }),
      [
        'missing-field spec.externalPort: set spec.externalPort',
        'missing-field spec.internalPort: set spec.internalPort',
        'missing-field spec.protocol: set spec.protocol',
        'missing-field spec.ipName: set ipName to the name of an IP (<pod>.<namespace>), or vpc together with v4Ip or v6Ip',
      ],
    ],
    [
      'DNAT with ports that are none',
      kubeOvn('OvnDnatRule', { ...forward, ipName: 'i', externalPort: '0', internalPort: '65536' }),
      [
        'bad-value spec.externalPort: write one number from 1 to 65535, in quotes',
        'bad-value spec.internalPort: write one number from 1 to 65535, in quotes',
      ],
    ],
    [
      'DNAT with ports written oddly',
      kubeOvn('OvnDnatRule', { ...forward, ipName: 'i', externalPort: 80, internalPort: '0080' }),
      ['wrong-type spec.externalPort: put it in quotes: "80"', 'bad-value spec.internalPort: write "80"'],
    ],
    [
      'DNAT of another protocol',
      kubeOvn('OvnDnatRule', { ...forward, ipName: 'i', protocol: 'SCTP' }),
      ['bad-value spec.protocol: write one of tcp, udp'],
    ],
    [
      'DNAT to an address of no VPC',
      kubeOvn('OvnDnatRule', { ...forward, v4Ip: '10.0.0.9' }),
      ['missing-field spec.vpc: set vpc to the name of a Vpc'],
    ],
    ['Vip of no subnet', kubeOvn('Vip', {}), ['missing-field spec.subnet: set spec.subnet']],
    [
      'Vip with addresses in the wrong fields',
      kubeOvn('Vip', { subnet: 's', v4ip: 'fd00::1', v6ip: '10.0.0.1', macAddress: 'x' }),
      [
        'bad-value spec.v4ip: write an IPv4 address, or use the field of the other family',
        'bad-value spec.v6ip: write an IPv6 address, or use the field of the other family',
        'bad-value spec.macAddress: write six pairs of hexadecimal digits with colons, as 0a:00:00:00:00:01',
      ],
    ],
    [
      'type that is none',
      kubeOvn('OvnFip', { ovnEip: 'e', ipName: 'i', type: 'central' }),
      ['bad-value spec.type: write centralized'],
    ],
    [
      'EIP type that is none',
      kubeOvn('OvnEip', { type: 'public' }),
      ['bad-value spec.type: write one of nat, lrp, lsp'],
    ],
    [
      'address of the other family',
      kubeOvn('OvnEip', { v4Ip: 'fd00::1' }),
      ['bad-value spec.v4Ip: write an IPv4 address, or use the field of the other family'],
    ],
    ['upper-case IPv6', kubeOvn('OvnEip', { v6Ip: 'FD00::A' }), ['bad-value spec.v6Ip: write fd00::a']],
    [
      'MAC of a group',
      kubeOvn('OvnEip', { macAddress: '01:00:00:00:00:01' }),
      ['bad-value spec.macAddress: use an even first byte, as 0a:00:00:00:00:01'],
    ],
    [
      'MAC of nobody',
      kubeOvn('OvnEip', { macAddress: '00:00:00:00:00:00' }),
      ['bad-value spec.macAddress: use another one, as 0a:00:00:00:00:01'],
    ],
    [
      'text for number',
      kubeOvn('Vlan', { id: '10', provider: 'p' }),
      ['wrong-type spec.id: write it without quotes: 10'],
    ],
    [
      'VLAN id too high',
      kubeOvn('Vlan', { id: 4096, provider: 'p' }),
      ['bad-value spec.id: write 4095 or less'],
    ],
    ['VLAN id too low', kubeOvn('Vlan', { id: -1, provider: 'p' }), ['bad-value spec.id: write 0 or more']],
    [
      'text for list',
      kubeOvn('Vpc', { namespaces: 'a' }),
      ['wrong-type spec.namespaces: write a list: ["a"]'],
    ],
    [
      'bad route',
      kubeOvn('Vpc', { staticRoutes: [{ cidr: '10.0.0.1/8', nextHopIP: '10.0.0.1/8' }] }),
      [
        'bad-value spec.staticRoutes[0].cidr: write 10.0.0.0/8',
        'bad-value spec.staticRoutes[0].nextHopIP: write the address alone: 10.0.0.1',
      ],
    ],
    [
      'NIC with a long name',
      kubeOvn('ProviderNetwork', { defaultInterface: 'a-very-long-name' }),
      ['bad-value spec.defaultInterface: use 1 to 15 characters without slash and space'],
    ],
    [
      'network with a long name',
      kubeOvn('ProviderNetwork', { defaultInterface: 'e' }, { name: 'thirteen-char' }),
      ['bad-value metadata.name: use a name of at most 12 characters'],
    ],
    ['subnet without CIDR', kubeOvn('Subnet', {}), ['missing-field spec.cidrBlock: set spec.cidrBlock']],
    [
      'subnet with host bits',
      kubeOvn('Subnet', { cidrBlock: '10.0.0.5/24' }),
      ['bad-value spec.cidrBlock: write 10.0.0.0/24'],
    ],
    [
      'two networks of a family',
      kubeOvn('Subnet', { cidrBlock: '10.0.0.0/24,10.0.1.0/24' }),
      ['bad-value spec.cidrBlock: write one entry, or one of IPv4 and one of IPv6 with a comma between'],
    ],
    [
      'protocol of the other family',
      kubeOvn('Subnet', { cidrBlock: '10.0.0.0/24', protocol: 'Dual' }),
      ['bad-value spec.protocol: write IPv4, or leave the field out'],
    ],
    [
      'gateway elsewhere',
      kubeOvn('Subnet', { cidrBlock: '10.0.0.0/24', gateway: '10.0.1.1' }),
      [
        'bad-value spec.gateway: write a host address of 10.0.0.0/24, or leave the field out for the first one',
      ],
    ],
    [
      'gateway is the broadcast address',
      kubeOvn('Subnet', { cidrBlock: '10.0.0.0/24', gateway: '10.0.0.255' }),
      [
        'bad-value spec.gateway: write a host address of 10.0.0.0/24, or leave the field out for the first one',
      ],
    ],
    [
      'gateway of a family that is not there',
      kubeOvn('Subnet', { cidrBlock: '10.0.0.0/24', gateway: 'fd00::1' }),
      [
        'bad-value spec.gateway: write a host address of 10.0.0.0/24, or leave the field out for the first one',
      ],
    ],
    [
      'bad ranges',
      kubeOvn('Subnet', { cidrBlock: '10.0.0.0/24', excludeIps: ['10.0.0.9..10.0.0.2', '10.0.0.2-9'] }),
      [
        'bad-value spec.excludeIps[0]: put the lower address first',
        'bad-value spec.excludeIps[1]: write one address, or a range as 10.0.0.2..10.0.0.9',
      ],
    ],
  ])('%s', (_, input, expected) => {
    expect(problems(input)).toEqual(expected);
  });

  test('tell all their problems at once, those between fields too', () => {
    const spec = {
      cidrBlok: 'x',
      cidrBlock: '10.0.0.0/24',
      gateway: '10.0.1.1',
      mtu: '1400',
      acls: [{ foo: 1 }],
    };
    expect(problems(kubeOvn('Subnet', spec, { name: 'No' })).map((each) => each.split(':')[0])).toEqual([
      'bad-value metadata.name',
      'wrong-type spec.mtu',
      'unknown-field spec.acls[0].foo',
      'unknown-field spec.cidrBlok',
      'bad-value spec.gateway',
    ]);
  });

  test('name themselves in each problem', () => {
    const parsed = parseResource({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web' },
      spec: { nodeName: 1 },
    });
    expect(parsed).toMatchObject({
      problems: [{ object: { kind: 'Pod', namespace: 'default', name: 'web' } }],
    });
  });

  test('are foreign when another API properly versions them', () => {
    const foreign = (input: unknown) => {
      const parsed = parseResource(input);
      return !parsed.ok && parsed.problems.some((problem) => problem.foreign);
    };
    expect(foreign({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' } })).toBe(true);
    expect(foreign({ apiVersion: 'ec2.aws.example.org/v1', kind: 'Subnet', metadata: { name: 'x' } })).toBe(
      true,
    );
    expect(foreign(kubeOvn('SwitchLBRule', {}))).toBe(false);
    expect(foreign({ apiVersion: 'v1', kind: 'Podd', metadata: { name: 'x' } })).toBe(false);
    expect(foreign({ kind: 'Deployment', metadata: { name: 'x' } })).toBe(false);
  });
});
