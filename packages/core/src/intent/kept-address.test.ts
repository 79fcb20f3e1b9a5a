import type { IP, Pod } from '@berth/api';
import { expect, test } from 'vitest';
import { fieldFabric, fieldStoryWith } from '../testing/field-story.ts';
import { ip, pod } from '../testing/resources.ts';
import { settle } from '../testing/settle.ts';

const [early, late] = ['2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z'];

type Made = { readonly uid?: string; readonly creationTimestamp?: string };

function asking(address: string, mac: string | undefined, made: Made): Pod {
  const plain = pod('zz', { subnet: 'vpc1-subnet1', ips: address, node: 'vnode-103-176' }, made);
  const annotations = { ...plain.metadata.annotations, ...(mac && { 'ovn.kubernetes.io/mac_address': mac }) };
  return { ...plain, metadata: { ...plain.metadata, annotations } };
}

/** The IP with 192.168.0.77. */
function stored(creationTimestamp: string, annotations: Readonly<Record<string, string>> = {}): IP {
  const spec = {
    ...{ subnet: 'vpc1-subnet1', podName: 'zz', namespace: 'default', nodeName: 'vnode-103-176' },
    ...{ ipAddress: '192.168.0.77', v4IpAddress: '192.168.0.77', macAddress: '0a:00:00:00:00:77' },
  };
  return ip('zz.default', spec, { creationTimestamp, annotations });
}

function settled(one: Pod, ...ips: readonly IP[]) {
  const { resources, findings } = settle(fieldStoryWith(one, ...ips), fieldFabric);
  const got = resources.IP.find(({ metadata }) => metadata.name === 'zz.default');
  return { got, address: `${got?.spec.v4IpAddress} ${got?.spec.macAddress}`, findings };
}

const noted = 'berth.dev/pod-uid';
const wish = ['192.168.0.88', '0a:00:00:00:00:88'] as const;
const [former, wished] = ['192.168.0.77 0a:00:00:00:00:77', wish.join(' ')];

test('a pod that has its address keeps it whatever address it asks for later, and is told so', () => {
  const { address, findings } = settled(
    asking(...wish, { uid: 'a', creationTimestamp: early }),
    stored(late),
  );
  expect(address).toBe(former);
  const fields = ['ip_address', 'mac_address'].map(
    (word) => `metadata.annotations['ovn.kubernetes.io/${word}']`,
  );
  expect(findings).toMatchObject(
    fields.map((field) => ({
      ...{ code: 'annotation-invalid', severity: 'warning', field },
      object: { kind: 'Pod', name: 'zz' },
      cure: expect.stringContaining('make the pod anew'),
    })),
  );
  expect(findings[0]?.message).toContain('the pod keeps 192.168.0.77');
});

test('an annotation that says what the pod has is nothing to tell, nor one that is taken away', () => {
  for (const text of ['192.168.0.77', '']) {
    const { address, findings } = settled(
      asking(text, undefined, { uid: 'a', creationTimestamp: early }),
      stored(late),
    );
    expect([address, findings]).toEqual([former, []]);
  }
});

test('a pod that was made anew under the name gets what it asks for, and keeps that', () => {
  const anew = asking(...wish, { uid: 'b', creationTimestamp: late });
  for (const before of [stored(early), stored(late, { [noted]: 'a' })]) {
    const { got, address, findings } = settled(anew, before);
    expect([address, findings]).toEqual([wished, []]);
    expect(got?.metadata.annotations[noted]).toBe('b');
    const changed = asking('192.168.0.99', undefined, { uid: 'b', creationTimestamp: late });
    expect(settled(changed, got as IP).address).toBe(wished);
  }
});

test('the IP that is made for a pod says which pod it is for', () => {
  const { got } = settled(asking(...wish, { uid: 'a', creationTimestamp: early }));
  expect(got?.metadata.annotations[noted]).toBe('a');
});

test('without a uid, as in a folder, nobody knows whether a pod was made anew: it gets what it asks for', () => {
  const { got, address, findings } = settled(asking(...wish, {}), stored(late));
  expect([address, findings]).toEqual([wished, []]);
  expect(got?.metadata.annotations).not.toHaveProperty(noted);
});

test('an address that the subnet does not have any more is not kept', () => {
  const elsewhere = {
    ...stored(late),
    spec: { ...stored(late).spec, v4IpAddress: '172.16.0.7', ipAddress: '172.16.0.7' },
  };
  const { address } = settled(asking(...wish, { uid: 'a', creationTimestamp: early }), elsewhere);
  expect(address).toBe(wished);
});
