import { writeFileSync } from 'node:fs';
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { refOf } from '@berth/api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eipText, faultOf, held, makePlace, names, only, type Place } from './testing.ts';

let place: Place;

beforeEach(async () => {
  place = await makePlace();
});

afterEach(() => place.dispose());

describe('bad input', () => {
  test('is a finding at its line, and the rest of the folder counts', async () => {
    await place.write('a.yaml', eipText('a', '\n  externalSubnett: x\n  v6Ip: FD00::1'));
    await place.write('b.yaml', 'kind: [\n');
    await place.write('c.yaml', eipText('c'));
    await place.write('d.yaml', 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n');
    await place.write('e.yaml', 'apiVersion: kubeovn.io/v1\nkind: OvnEipp\nmetadata: {name: e}\n');
    await symlink('nowhere', path.join(place.folder, 'f.yaml'));
    const listing = await (await place.open()).list();
    expect(names(listing)).toEqual(['c']);
    const found = listing.findings.map(({ code, severity, at, field }) => [
      code,
      severity,
      at && `${path.basename(at.file)}:${at.line}:${at.column}`,
      field,
    ]);
    expect(found).toEqual([
      ['unreadable-file', 'error', 'f.yaml:1:1', undefined],
      ['yaml-syntax', 'error', 'b.yaml:2:1', undefined],
      ['unknown-field', 'error', 'a.yaml:5:3', 'spec.externalSubnett'],
      ['bad-value', 'error', 'a.yaml:6:9', 'spec.v6Ip'],
      ['unknown-kind', 'error', 'e.yaml:2:7', 'kind'],
      ['unknown-kind', 'warning', 'd.yaml:2:7', 'kind'],
    ]);
  });

  test('of an object that is there twice, the first in path order counts', async () => {
    await place.write('1.yaml', eipText('a', '{externalSubnet: one}'));
    await place.write('2.yaml', eipText('a', '{externalSubnet: two}'));
    const listing = await (await place.open()).list();
    expect(only(listing, 'OvnEip').spec.externalSubnet).toBe('one');
    expect(listing.findings).toMatchObject([
      { code: 'duplicate-object', at: { file: path.join(place.folder, '2.yaml'), line: 3 } },
    ]);
  });

  test.each([
    ['a file that is not YAML', 'kind: ['],
    ['an object that is not valid', eipText('a', '{v4Ip: 300.0.0.1}')],
    ['an object that does not say its kind', 'metadata: {name: a}'],
    ['a kind with a slip of the pen', eipText('a').replace('OvnEip', 'OvnEipp')],
  ])('%s is no deletion: the last good version stays', async (_, text) => {
    await place.write('a.yaml', eipText('a', '{externalSubnet: good}'));
    const source = await place.open();
    const before = only(await source.list(), 'OvnEip');
    await place.write('a.yaml', text);
    const listing = await source.list();
    expect(only(listing, 'OvnEip')).toEqual(before);
    expect(listing.findings).toContainEqual(
      expect.objectContaining({ code: 'last-good-used', object: refOf(before) }),
    );
    await place.write('a.yaml', eipText('a', '{externalSubnet: better}'));
    const corrected = await source.list();
    expect(only(corrected, 'OvnEip').spec.externalSubnet).toBe('better');
    expect(corrected.findings).toEqual([]);
  });

  test('an object that moved into a file that is not YAML stays', async () => {
    await place.write('a.yaml', eipText('a'));
    await place.write('b.yaml', eipText('b'));
    const source = await place.open();
    await source.list();
    await rm(path.join(place.folder, 'a.yaml'));
    await rm(path.join(place.folder, 'b.yaml'));
    await place.write('all.yaml', `${eipText('a')}  : [`);
    expect(names(await source.list())).toEqual(['a']);
  });

  test('a foreign kind in a file does not keep a removed object', async () => {
    const foreign = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n';
    await place.write('a.yaml', `${foreign}---\n${eipText('a')}`);
    const source = await place.open();
    expect(names(await source.list())).toEqual(['a']);
    await place.write('a.yaml', foreign);
    expect(names(await source.list())).toEqual([]);
  });
});

describe('deletion', () => {
  test('of an object without our finalizer is at once', async () => {
    await place.write('a.yaml', eipText('a'));
    await place.write('b.yaml', eipText('b'));
    const source = await place.open();
    await source.list();
    await rm(path.join(place.folder, 'a.yaml'));
    expect(names(await source.list())).toEqual(['b']);
  });

  test('waits for our finalizer, over a restart', async () => {
    await place.write('a.yaml', eipText('a'));
    await place.write('b.yaml', '');
    const source = await place.open();
    await source.store([{ verb: 'upsert', object: held(only(await source.list(), 'OvnEip')) }]);
    await rm(path.join(place.folder, 'a.yaml'));
    const waiting = only(await source.list(), 'OvnEip');
    expect(waiting.metadata.deletionTimestamp).toBe('2026-01-02T03:04:05Z');
    await source.close();
    const again = await place.open();
    const still = only(await again.list(), 'OvnEip');
    expect(still).toEqual(waiting);
    await again.store([
      { verb: 'upsert', object: { ...still, metadata: { ...still.metadata, finalizers: [] } } },
    ]);
    expect(names(await again.list())).toEqual([]);
  });

  test('ends when the file is back', async () => {
    await place.write('a.yaml', eipText('a'));
    await place.write('b.yaml', '');
    const source = await place.open();
    const before = held(only(await source.list(), 'OvnEip'));
    await source.store([{ verb: 'upsert', object: before }]);
    await rm(path.join(place.folder, 'a.yaml'));
    await source.list();
    await place.write('a.yaml', eipText('a'));
    expect(only(await source.list(), 'OvnEip')).toEqual(before);
  });

  test('needs the object to be gone twice: a file that is being saved deletes nothing', async () => {
    await place.write('a.yaml', eipText('a'));
    const source = await place.open({ settleMs: 300 });
    const before = await source.list();
    await place.write('a.yaml', '');
    const listing = source.list();
    setTimeout(() => writeFileSync(path.join(place.folder, 'a.yaml'), eipText('a')), 50);
    expect((await listing).resources).toEqual(before.resources);
  });

  test('never follows from a folder that is gone or empty', async () => {
    await place.write('a.yaml', eipText('a'));
    const source = await place.open();
    const before = await source.list();
    await rename(place.folder, `${place.folder}-away`);
    expect(await faultOf(source.list())).toBe('folder-missing');
    await mkdir(place.folder);
    expect(await faultOf(source.list())).toBe('folder-empty');
    await rm(place.folder, { recursive: true });
    await rename(`${place.folder}-away`, place.folder);
    expect((await source.list()).resources).toEqual(before.resources);
  });

  test('of everything takes one empty file', async () => {
    await place.write('a.yaml', eipText('a'));
    const source = await place.open();
    await source.list();
    await place.write('a.yaml', '');
    expect(names(await source.list())).toEqual([]);
  });
});
