import { type KindName, providerNetworkLabel, type Resource } from '@berth/api';
import { describe, expect, test } from 'vitest';
import * as wellKnown from '../../../api/src/well-known.ts';
import type { FindingCode } from '../finding/catalogue.ts';
import { fieldFabric, fieldStory, fieldStoryWith } from '../testing/field-story.ts';
import { desiredRows } from '../testing/program.ts';
import { ip, namespace, pod } from '../testing/resources.ts';
import { rowTexts } from '../testing/row-text.ts';
import { settle } from '../testing/settle.ts';

/*
 * Every annotation and label that Kube-OVN or Berth has a meaning for, with a value that has none: either it is a finding about the
 * object that has it, or nothing at all comes of it.
 */

/** The objects that are asked for, besides those of the story: a pod and a Namespace that decide nothing themselves. */
const story = [...fieldStory, namespace('default')];

type Entry = {
  readonly on: KindName;
  readonly as: 'annotations' | 'labels';
  /** What tells of it; undefined where it does nothing, whatever it says. */
  readonly told?: FindingCode;
  /** Told of another object than the one that has it. */
  readonly of?: KindName;
  /** Whether that it is there is all that counts. */
  readonly isState?: true;
};

const annotation = (on: KindName, told?: FindingCode, of?: KindName): Entry => ({
  ...{ on, as: 'annotations' },
  ...(told && { told }),
  ...(of && { of }),
});
const label = (on: KindName, told?: FindingCode): Entry => ({ on, as: 'labels', ...(told && { told }) });

/** By the name of its constant. */
const inventory: Readonly<Record<string, readonly Entry[]>> = {
  externalGatewayLabel: [label('Node', 'annotation-invalid')],
  chassisAnnotation: [annotation('Node', 'annotation-invalid')],
  ipAddressAnnotation: [annotation('Pod', 'annotation-invalid')],
  macAddressAnnotation: [annotation('Pod', 'annotation-invalid')],
  ipPoolAnnotation: [annotation('Pod', 'not-supported')],
  podEipAnnotation: [annotation('Pod', 'not-supported')],
  podSnatAnnotation: [annotation('Pod', 'not-supported')],
  portSecurityAnnotation: [annotation('Pod', 'annotation-invalid')],
  podRoutesAnnotation: [annotation('Pod', 'annotation-invalid')],
  logicalRouterAnnotation: [annotation('Pod', 'vpc-mismatch')],
  logicalSwitchAnnotation: [
    annotation('Pod', 'reference-not-found'),
    annotation('Namespace', 'reference-not-found', 'Pod'),
  ],
  keepAnnotation: [
    annotation('OvnFip', 'keep-unreadable'),
    annotation('Vpc', 'keep-unreadable'),
    annotation('Subnet', 'keep-unreadable'),
    annotation('OvnEip', 'keep-ignored'),
  ],
  // It grants nothing, which whoever uses the EIP is told; a name that none can have is told besides.
  allowedNamespacesAnnotation: [annotation('OvnEip', 'eip-not-granted', 'OvnFip')],
  allowAddressInUseAnnotation: [
    annotation('OvnEip', 'annotation-invalid'),
    annotation('Subnet', 'annotation-invalid'),
  ],
  allowDnatStopAnnotation: [annotation('Vpc', 'annotation-invalid')],
  // An address that we did not choose is the user's: it stays.
  chosenAddressesAnnotation: [annotation('OvnEip'), annotation('Vip')],
  // An address that was given to another pod, or to nobody: the pod that is there asks for its own.
  podUidAnnotation: [annotation('IP')],
  // A note that cannot be read tells of no pod that is awaited.
  awaitedPodAnnotation: [annotation('IP')],
  // It is a state, and any value is as good: gateways are put in the even order.
  rebalanceAnnotation: [{ ...annotation('Vpc'), isState: true }],
  // What controllers write about what they did, and nobody reads.
  nodeExternalGatewayLabel: [label('Node')],
  subnetLabel: [label('OvnEip'), label('IP')],
  eipTypeLabel: [label('OvnEip')],
  eipV4IpLabel: [label('OvnEip'), label('OvnFip')],
  eipV6IpLabel: [label('OvnEip'), label('OvnFip')],
  vpcLabel: [label('OvnEip')],
  vpcExternalLabel: [label('Vpc')],
  vpcNatAnnotation: [annotation('OvnEip')],
  vpcEipAnnotation: [annotation('OvnFip')],
  nodeNameLabel: [label('IP')],
  ipReservedLabel: [label('IP')],
  allocatedAnnotation: [annotation('Pod')],
  cidrAnnotation: [annotation('Pod')],
  gatewayAnnotation: [annotation('Pod')],
  routedAnnotation: [annotation('Pod')],
};

/** Keys that are made of the name of a provider network. */
const ofNetworks: Readonly<Record<wellKnown.ProviderNetworkKey, readonly Entry[]>> = {
  mtu: [label('Node', 'annotation-invalid')],
  interface: [label('Node', 'not-supported'), annotation('Node', 'not-supported')],
  // Nothing but "true" leaves a node out, for Kube-OVN as well.
  exclude: [label('Node')],
  ready: [label('Node')],
  vlan_interfaces: [label('Node')],
};

const constants = new Map<string, unknown>(Object.entries(wellKnown));

const cases = [
  ...Object.entries(inventory).flatMap(([name, entries]) =>
    entries.map((entry) => ({ ...entry, key: String(constants.get(name)) })),
  ),
  ...Object.entries(ofNetworks).flatMap(([word, entries]) =>
    entries.map((entry) => ({ ...entry, key: providerNetworkLabel('external0', word as 'mtu') })),
  ),
];

const values = ['nonsense', '--', '“true”', '"; drop', 'x'.repeat(63)];

/** The objects with one key more, on the first of a kind that has to do with the floating IP. */
function withKey({ on, as, key }: (typeof cases)[number], value: string): readonly Resource[] {
  const plain: Partial<Record<KindName, Resource>> = {
    Pod: pod('plain', { node: 'vnode-103-176', ...(key.endsWith('logical_switch') ? {} : inside) }),
    Vip: { ...vipObject, metadata: { ...vipObject.metadata } },
    IP: ip('fixed.default', { subnet: 'vpc1-subnet1', v4IpAddress: '192.168.0.99' }),
  };
  const object = plain[on] ?? story.find(({ kind }) => kind === on);
  if (!object) throw new Error(`the story has no ${on}`);
  const before = object.metadata[as];
  const changed = { ...object, metadata: { ...object.metadata, [as]: { ...before, [key]: value } } };
  // A namespace decides for pods that say nothing themselves.
  const others = on === 'Namespace' ? [pod('plain', { node: 'vnode-103-176' })] : [];
  return fieldStoryWith(
    ...(on === 'Namespace' ? [] : [namespace('default')]),
    changed as Resource,
    ...others,
  );
}

const inside = { subnet: 'vpc1-subnet1' };
const vipObject: Resource = {
  ...{ apiVersion: 'kubeovn.io/v1', kind: 'Vip', spec: { subnet: 'vpc1-subnet1', v4ip: '192.168.0.98' } },
  metadata: {
    name: 'fixed',
    generation: 1,
    ...{ labels: {}, annotations: {}, finalizers: [], ownerReferences: [] },
  },
};

/** The same without the key. */
function withoutKey(entry: (typeof cases)[number]): readonly Resource[] {
  return withKey({ ...entry, key: 'example.org/other' }, 'x');
}

describe('a value that means nothing', () => {
  test.each(cases)('$as $key of $on', (entry) => {
    const { told, on, of = on } = entry;
    for (const value of values) {
      const objects = withKey(entry, value);
      const { findings } = settle(objects, fieldFabric);
      if (told) {
        expect(
          findings.map(({ code, object }) => `${code} ${object?.kind}`),
          value,
        ).toContain(`${told} ${of}`);
        continue;
      }
      const plain = withoutKey(entry);
      expect(findings, value).toEqual(settle(plain, fieldFabric).findings);
      if (entry.isState) continue;
      expect(rowTexts(desiredRows(objects, fieldFabric)), value).toEqual(
        rowTexts(desiredRows(plain, fieldFabric)),
      );
    }
  });
});

test('no key is left out', () => {
  const keys = [...constants.keys()].filter((name) => /(?:Annotation|Label)$/.test(name));
  // One is made of a name; the others are on a Lease and on events, which are no objects of the intent.
  const others = ['providerNetworkLabel', 'takeOverAnnotation', 'aboutAnnotation'];
  expect(keys.filter((name) => !others.includes(name)).sort()).toEqual(Object.keys(inventory).sort());
});
