import { describe, expect, test } from 'vitest';
import { parseResource } from '../parse/parse-resource.ts';
import { ipv6LabelValue } from '../well-known.ts';
import { cellsOf, columnsOf } from './cells.ts';
import { kindOfWord, kinds } from './kinds.ts';
import { formatRef, refKey, refOf, refOfKey } from './ref.ts';
import { emptyResourceSet, type KindName, resourceSetOf, resourcesIn } from './resource.ts';

function parse(input: unknown) {
  const parsed = parseResource(input);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.resource;
}

const fip = parse({
  apiVersion: 'kubeovn.io/v1',
  kind: 'OvnFip',
  metadata: { name: 'web', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { ovnEip: 'e', ipName: 'web.default', type: 'centralized' },
  status: {
    vpc: 'vpc1',
    v4Eip: '10.0.0.9',
    v4Ip: '192.168.0.4',
    ready: false,
    placement: 'centralized',
    berth: 'node-2',
    conditions: [{ type: 'Ready', status: 'False', reason: 'NoGateway' }],
  },
});
const pod = parse({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' } });

describe('kinds', () => {
  test.each<[string, KindName]>([
    ['OvnFip', 'OvnFip'],
    ['ovn-fips', 'OvnFip'],
    ['ovn-fip', 'OvnFip'],
    ['ofip', 'OvnFip'],
    ['fip', 'OvnFip'],
    ['ovn-fips.kubeovn.io', 'OvnFip'],
    ['EIP', 'OvnEip'],
    ['pn', 'ProviderNetwork'],
    ['ip', 'IP'],
    ['snat', 'OvnSnatRule'],
    ['osnat', 'OvnSnatRule'],
    ['dnats', 'OvnDnatRule'],
    ['odnat', 'OvnDnatRule'],
    ['vip', 'Vip'],
    ['po', 'Pod'],
    ['cm', 'ConfigMap'],
  ])('%s means %s', (word, kind) => {
    expect(kindOfWord(word)).toBe(kind);
  });

  test('no word means two kinds, and a strange one means none', () => {
    const words = Object.values(kinds).flatMap(({ name, plural, singular, shortNames, aliases }) => [
      ...new Set([name.toLowerCase(), plural, singular, ...shortNames, ...aliases]),
    ]);
    expect(new Set(words).size).toBe(words.length);
    expect(kindOfWord('deployment')).toBeUndefined();
  });

  test('are named as their own entries', () => {
    for (const [key, { name }] of Object.entries(kinds)) expect(name).toBe(key);
    expect(Object.keys(emptyResourceSet()).sort()).toEqual(Object.keys(kinds).sort());
  });

  test.each<[KindName, string]>([
    ['ProviderNetwork', 'DefaultInterface Ready'],
    ['Vlan', 'ID Provider Conflict'],
    ['Vpc', 'EnableExternal EnableBfd Standby Subnets ExtraExternalSubnets Namespaces DefaultSubnet'],
    ['OvnEip', 'V4IP V6IP Mac Type Nat Ready ExternalSubnet'],
    ['OvnFip', 'Vpc Type V4Eip V6Eip V4Ip V6Ip Ready IpType IpName'],
    ['OvnSnatRule', 'Vpc V4Eip V6Eip V4IpCidr V6IpCidr Ready'],
    ['OvnDnatRule', 'Vpc Eip Protocol V4Eip V6Eip V4Ip V6Ip InternalPort ExternalPort IpName Ready'],
    ['IP', 'V4IP V6IP Mac Node Subnet'],
    ['Vip', 'Namespace V4IP V6IP Mac Subnet Type'],
  ])("%s has Kube-OVN's columns first and in its order", (kind, columns) => {
    const headings = columnsOf(kind, false).map(({ heading }) => heading);
    expect(headings.join(' ').startsWith(`${columns} `)).toBe(true);
  });

  test('end with the age, and show more when they are wide', () => {
    for (const kind of Object.keys(kinds)) {
      expect(columnsOf(kindOfWord(kind) ?? 'Vpc', true).at(-1)?.heading).toBe('Age');
    }
    expect(columnsOf('ProviderNetwork', true).length).toBeGreaterThan(
      columnsOf('ProviderNetwork', false).length,
    );
  });

  test('show an object in their columns', () => {
    if (fip.kind !== 'OvnFip') throw new Error('not a fip');
    expect(cellsOf('OvnFip', fip, false)).toEqual([
      'vpc1',
      'centralized',
      '10.0.0.9',
      undefined,
      '192.168.0.4',
      undefined,
      'False',
      undefined,
      'web.default',
      'centralized',
      'node-2',
      'NoGateway',
      '2026-01-01T00:00:00Z',
    ]);
  });
});

test.each([
  ['Unknown', [{ type: 'Ready', status: 'Unknown', reason: 'ChassisStale' }]],
  [undefined, undefined],
])('Ready is %s where the condition says so, and empty without one', (shown, conditions) => {
  const object = { ...fip, status: { vpc: 'vpc1', ...(conditions && { conditions }) } };
  const { kind } = object;
  if (kind !== 'OvnFip') throw new Error('not a fip');
  const place = columnsOf(kind, false).findIndex(({ heading }) => heading === 'Ready');
  expect(cellsOf(kind, object as typeof fip & { kind: 'OvnFip' }, false)[place]).toBe(shown);
});

describe('a reference', () => {
  test('is written as kubectl names objects', () => {
    expect(formatRef(refOf(fip))).toBe('ovn-fip/web');
    expect(formatRef(refOf(pod))).toBe('pod/default/web');
    expect(formatRef({ kind: 'Deployment', name: 'x' })).toBe('deployment/x');
  });

  test('is its key and back', () => {
    for (const each of [fip, pod]) expect(refOfKey(refKey(refOf(each)))).toEqual(refOf(each));
  });
});

describe('a set of resources', () => {
  test('does not show the order they came in', () => {
    const other = parse({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'z' } });
    expect(resourceSetOf([other, fip, pod])).toEqual(resourceSetOf([pod, other, fip]));
    expect(resourceSetOf([other, pod]).Pod).toEqual([pod, other]);
    expect(resourcesIn(resourceSetOf([other, fip, pod]))).toHaveLength(3);
  });
});

test.each([
  ['2001:db8::1', '2001-db8--1'],
  ['::1', '0--1'],
  ['fd00::', 'fd00--0'],
])('%s as a label value is %s', (ip, value) => {
  expect(ipv6LabelValue(ip)).toBe(value);
});
