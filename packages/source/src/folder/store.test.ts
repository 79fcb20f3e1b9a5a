import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { recordedEpoch } from '../state/load.ts';
import { eipText, faultOf, held, makePlace, only, type Place } from './testing.ts';

let place: Place;

beforeEach(async () => {
  place = await makePlace();
});

afterEach(() => place.dispose());

describe('storing', () => {
  test('keeps status, finalizers, labels and filled-in fields of a user object', async () => {
    await place.write('a.yaml', eipText('a'));
    const source = await place.open();
    const eip = only(await source.list(), 'OvnEip');
    const stored = held(eip, {
      spec: { ...eip.spec, v4Ip: '10.0.0.9' },
      status: { ready: true, v4Ip: '10.0.0.9' },
    });
    const labelled = { ...stored, metadata: { ...stored.metadata, labels: { x: 'y' } } };
    await source.store([{ verb: 'upsert', object: labelled }]);
    expect(only(await source.list(), 'OvnEip')).toEqual(labelled);
    await source.close();
    expect(only(await (await place.open()).list(), 'OvnEip')).toEqual(labelled);
  });

  test("keeps the user's value of a field that the user wrote", async () => {
    await place.write('a.yaml', eipText('a'));
    const source = await place.open();
    const eip = only(await source.list(), 'OvnEip');
    await source.store([{ verb: 'upsert', object: { ...eip, spec: { ...eip.spec, v4Ip: '10.0.0.9' } } }]);
    await place.write('a.yaml', eipText('a', '{externalSubnet: external0, v4Ip: 10.0.0.7}'));
    const listed = only(await source.list(), 'OvnEip');
    expect([listed.spec.v4Ip, listed.metadata.generation]).toEqual(['10.0.0.7', 2]);
  });

  test('is refused when the object changed since, and then nothing is stored', async () => {
    await place.write('a.yaml', eipText('a'));
    await place.write('b.yaml', eipText('b'));
    const source = await place.open();
    const [a, b] = (await source.list()).resources.OvnEip;
    if (!a || !b) throw new Error('not listed');
    await place.write('b.yaml', eipText('b', '{externalSubnet: other}'));
    await source.list();
    const writes = [a, b].map((each) => ({ verb: 'upsert', object: held(each) }) as const);
    expect(await faultOf(source.store(writes))).toBe('stale-write');
    for (const eip of (await source.list()).resources.OvnEip) expect(eip.metadata.finalizers).toEqual([]);
    await rm(path.join(place.folder, 'a.yaml'));
    await source.list();
    expect(await faultOf(source.store(writes.slice(0, 1)))).toBe('stale-write');
  });

  test("makes, changes and deletes the controller's own objects, which no file need have", async () => {
    await place.write('empty.yaml', '');
    const source = await place.open();
    const metadata = {
      name: 'web.vpc1',
      generation: 1,
      labels: {},
      annotations: {},
      finalizers: [],
      ownerReferences: [],
    };
    const ip = {
      apiVersion: 'kubeovn.io/v1',
      kind: 'IP',
      metadata,
      spec: { v4IpAddress: '10.0.0.2' },
    } as const;
    await source.store([{ verb: 'upsert', object: ip }]);
    const made = only(await source.list(), 'IP');
    expect(made).toMatchObject({ spec: ip.spec, metadata: { generation: 1, uid: expect.any(String) } });
    await source.store([{ verb: 'upsert', object: { ...ip, spec: { v4IpAddress: '10.0.0.3' } } }]);
    await source.store([{ verb: 'upsert', object: { ...ip, spec: { v4IpAddress: '10.0.0.3' } } }]);
    expect(only(await source.list(), 'IP').metadata).toMatchObject({ generation: 2, uid: made.metadata.uid });
    await source.store([{ verb: 'delete', object: ip }]);
    expect((await source.list()).resources.IP).toEqual([]);
  });

  test('fills in the node of a pod and keeps a status that a file gives to a node', async () => {
    await place.write(
      'pod.yaml',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {nodeSelector: {a: b}}\n',
    );
    await place.write(
      'node.yaml',
      'apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {addresses: [{type: InternalIP, address: 10.1.1.1}]}\n',
    );
    const source = await place.open();
    const pod = only(await source.list(), 'Pod');
    await source.store([{ verb: 'upsert', object: { ...pod, spec: { ...pod.spec, nodeName: 'n1' } } }]);
    const listing = await source.list();
    expect(only(listing, 'Pod').spec).toEqual({ nodeName: 'n1', nodeSelector: { a: 'b' } });
    expect(only(listing, 'Node').status?.addresses).toHaveLength(1);
  });

  test('an exported object brings when it was made with it, and no uid, finalizers or status', async () => {
    await place.write(
      'a.yaml',
      `apiVersion: kubeovn.io/v1\nkind: OvnEip\nmetadata: {name: a, uid: x, generation: 7, creationTimestamp: "2020-01-01T00:00:00Z", deletionTimestamp: "2020-01-01T00:00:00Z", finalizers: [f], resourceVersion: "5"}\nspec: {}\nstatus: {ready: true, unknownToUs: 1}\n`,
    );
    const eip = only(await (await place.open()).list(), 'OvnEip');
    expect(eip.metadata).toEqual({
      name: 'a',
      uid: expect.stringMatching(/^uid-/),
      generation: 1,
      creationTimestamp: '2020-01-01T00:00:00Z',
      labels: {},
      annotations: {},
      finalizers: [],
      ownerReferences: [],
    });
    expect(eip).not.toHaveProperty('status');
  });

  test('keeps an epoch that only rises', async () => {
    await place.write('a.yaml', '');
    expect(await recordedEpoch(place.stateFolder)).toBe(0);
    const source = await place.open();
    expect((await source.list()).epoch).toBe(0);
    await source.storeEpoch(3);
    expect(await recordedEpoch(place.stateFolder)).toBe(3);
    expect(await faultOf(source.storeEpoch(3))).toBe('epoch-behind');
    await source.close();
    expect((await (await place.open()).list()).epoch).toBe(3);
    expect(await faultOf(source.storeEpoch(4))).toBe('closed');
  });
});
