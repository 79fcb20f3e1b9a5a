import { writeFileSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { recordedFolder } from '../state/load.ts';
import { folderReader } from './folder-reader.ts';
import { eipText, faultOf, makePlace, names, only, type Place } from './testing.ts';

let place: Place;

beforeEach(async () => {
  place = await makePlace();
});

afterEach(() => place.dispose());

describe('listing', () => {
  test('gives an object uid, generation and creation time, and keeps them', async () => {
    await place.write('a.yaml', eipText('a'));
    const source = await place.open();
    const first = only(await source.list(), 'OvnEip');
    expect(first.metadata).toMatchObject({ generation: 1, creationTimestamp: '2026-01-02T03:04:05Z' });
    await source.close();
    const again = await place.open();
    expect(only(await again.list(), 'OvnEip')).toEqual(first);
  });

  test('gives a Pod no uid: it says what is wanted, and is none that was made and runs', async () => {
    const text = 'apiVersion: v1\nkind: Pod\nmetadata: { name: p, namespace: default, uid: x }\n';
    await place.write('a.yaml', text);
    const { metadata } = only(await (await place.open()).list(), 'Pod');
    expect(metadata).toMatchObject({ name: 'p', creationTimestamp: '2026-01-02T03:04:05Z' });
    expect(metadata).not.toHaveProperty('uid');
  });

  test('reads folders within, both endings, several documents, lists and linked files', async () => {
    await mkdir(path.join(place.folder, 'deep', '..data-1'), { recursive: true });
    await place.write('deep/a.yml', `---\n${eipText('a')}---\n---\n${eipText('b')}`);
    const indented = eipText('c').trimEnd().split('\n').join('\n  ');
    await place.write('list.yaml', `apiVersion: v1\nkind: List\nitems:\n- ${indented}\n`);
    await place.write('deep/..data-1/d.yaml', eipText('d'));
    await symlink('..data-1', path.join(place.folder, 'deep', '..data'));
    await symlink(path.join('..data', 'd.yaml'), path.join(place.folder, 'deep', 'd.yaml'));
    await place.write('not-yaml.txt', eipText('e'));
    await place.write('.hidden.yaml', eipText('f'));
    const listing = await (await place.open()).list();
    expect(names(listing)).toEqual(['a', 'b', 'c', 'd']);
    expect(listing.findings).toEqual([]);
  });

  test('lists the same, whatever the order the files are found in', async () => {
    await place.write('1.yaml', eipText('b'));
    await place.write('2.yaml', eipText('a'));
    expect(names(await (await place.open()).list())).toEqual(['a', 'b']);
  });

  test('knows where an object and its fields are', async () => {
    await place.write(
      'a.yaml',
      `# first\n${eipText('x')}---\n${eipText('a', '\n  externalSubnet: ext\n  v4Ip: 10.0.0.1')}`,
    );
    const listing = await (await place.open()).list();
    const file = path.join(place.folder, 'a.yaml');
    const ref = { kind: 'OvnEip', name: 'a' };
    expect(listing.locate(ref)).toEqual({ file, line: 9, column: 18 });
    expect(listing.locate(ref, 'spec.v4Ip')).toEqual({ file, line: 12, column: 9 });
    expect(listing.locate(ref, 'spec.v6Ip')).toEqual({ file, line: 10, column: 1 });
    expect(listing.locate({ kind: 'OvnEip', name: 'nobody' })).toBeUndefined();
  });

  test('counts a generation when the spec changes, and only then', async () => {
    await place.write('a.yaml', eipText('a'));
    const source = await place.open();
    await source.list();
    await place.write(
      'a.yaml',
      `# a comment\n${eipText('a').replace('{name: a}', '{name: a, labels: {x: "1"}}')}`,
    );
    const labelled = only(await source.list(), 'OvnEip');
    expect(labelled.metadata).toMatchObject({ generation: 1, labels: { x: '1' } });
    await place.write('a.yaml', eipText('a', '{externalSubnet: other}'));
    expect(only(await source.list(), 'OvnEip').metadata).toMatchObject({
      generation: 2,
      uid: labelled.metadata.uid,
    });
  });
});

describe('opening', () => {
  test('is refused while another has the state, and not after it ended', async () => {
    await place.write('a.yaml', '');
    const source = await place.open();
    expect(await faultOf(place.open())).toBe('state-locked');
    await source.close();
    await place.open();
  });

  test('is refused for a state inside the folder, of another folder, or not ours', async () => {
    await place.write('a.yaml', eipText('a'));
    expect(await faultOf(place.open({ stateFolder: path.join(place.folder, 'state') }))).toBe(
      'state-inside-folder',
    );
    const source = await place.open();
    await source.list();
    await source.close();
    const other = path.join(place.root, 'other');
    await mkdir(other);
    await expect(place.open({ folder: other })).rejects.toMatchObject({
      code: 'state-of-other-folder',
      message: expect.not.stringContaining('--move-state'),
    });
    await writeFile(path.join(other, 'b.yaml'), eipText('b'));
    await expect(place.open({ folder: other })).rejects.toMatchObject({
      code: 'state-of-other-folder',
      message: expect.stringMatching(
        /to go on with \S+, name that one; to go on with \S+\/other in its place, add --move-state to berth apply or berth run/,
      ),
    });
    expect(await faultOf(place.open({ folder: path.join(place.root, 'nowhere') }))).toBe('folder-missing');
    for (const [text, code] of [
      ['{"apiVersion": "v1"', 'state-foreign'],
      ['{"apiVersion": "v1", "kind": "Pod"}', 'state-foreign'],
      ['{"apiVersion": "state.berth.dev/v2", "kind": "FolderState"}', 'state-newer'],
    ] as const) {
      await writeFile(path.join(place.stateFolder, 'state.json'), text);
      expect(await faultOf(place.open())).toBe(code);
    }
  });

  test('leaves what it cannot read of the state out, with a finding, and keeps the rest', async () => {
    await place.write('a.yaml', eipText('a'));
    await place.write('b.yaml', eipText('b'));
    const source = await place.open();
    const before = await source.list();
    await source.close();
    const file = path.join(place.stateFolder, 'state.json');
    const text = await readFile(file, 'utf8');
    await writeFile(
      file,
      text.replace('"kind":"OvnEip","metadata":{"name":"a"', '"kind":"OvnEap","metadata":{"name":"a"'),
    );
    const reader = folderReader({ stateFolder: place.stateFolder, now: () => '' });
    const stored = await reader.list();
    expect(names(stored)).toEqual(['b']);
    expect(stored.findings.map(({ code }) => code)).toEqual(['state-foreign']);
    const again = await place.open();
    const listing = await again.list();
    expect(listing.findings).toEqual([]);
    expect(listing.resources.OvnEip.map(({ metadata }) => metadata.uid)).toEqual(
      before.resources.OvnEip.map(({ metadata }) => metadata.uid),
    );
  });
});

describe('moving the state to another folder', () => {
  const stateText = () => readFile(path.join(place.stateFolder, 'state.json'), 'utf8');
  let folder: string;

  beforeEach(async () => {
    folder = path.join(place.root, 'other');
    await mkdir(folder);
    await place.write('a.yaml', eipText('a'));
    await place.write('b.yaml', eipText('b'));
    const source = await place.open();
    await source.list();
    await source.close();
  });

  test('lists what the other folder holds, and the state is of that one', async () => {
    await writeFile(path.join(folder, 'b.yaml'), eipText('b'));
    const source = await place.open({ folder, otherFolder: true });
    expect(await recordedFolder(place.stateFolder)).toBe(place.folder);
    expect(names(await source.list())).toEqual(['b']);
    expect(await recordedFolder(place.stateFolder)).toBe(folder);
    await writeFile(path.join(folder, 'b.yaml'), 'kind: [');
    expect(names(await source.list())).toEqual(['b']);
  });

  test.each([
    ['a file that is not YAML', 'kind: [\n', 'c.yaml:2: '],
    ['a file that is no object', '# nothing\nroot:x:0:0\n', 'c.yaml:2: '],
    ['an object of no known kind', eipText('c').replace('OvnEip', 'OvnEap'), 'c.yaml:2: '],
    ['an object that is not as it should be', eipText('c', '{externalSubnet: 1}'), 'c.yaml:4: '],
  ])('is refused while there is %s', async (_, text, where) => {
    const before = await stateText();
    await writeFile(path.join(folder, 'b.yaml'), eipText('b'));
    await writeFile(path.join(folder, 'c.yaml'), text);
    const source = await place.open({ folder, otherFolder: true });
    const refusal = { code: 'move-refused', message: expect.stringContaining(where) };
    await expect(source.list()).rejects.toMatchObject(refusal);
    await source.close();
    const { stateFolder } = place;
    const reader = folderReader({ folder, stateFolder, otherFolder: true, now: () => '' });
    await expect(reader.list()).rejects.toMatchObject(refusal);
    expect(await stateText()).toBe(before);
    expect(names(await (await place.open()).list())).toEqual(['a', 'b']);
  });

  test('is refused to a folder without an object, and to a file that is none', async () => {
    const before = await stateText();
    const passwd = path.join(place.root, 'passwd');
    await writeFile(passwd, 'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin\n');
    const empty = await place.open({ folder, otherFolder: true });
    expect(await faultOf(empty.list())).toBe('move-refused');
    await writeFile(path.join(folder, 'empty.yaml'), '');
    expect(await faultOf(empty.list())).toBe('move-refused');
    await empty.close();
    const noObject = await place.open({ folder: passwd, otherFolder: true });
    await expect(noObject.list()).rejects.toMatchObject({
      code: 'move-refused',
      message: expect.stringContaining(`${passwd}:1: `),
    });
    expect(await stateText()).toBe(before);
  });

  test('is refused when a file breaks while the folder is read again', async () => {
    const before = await stateText();
    const file = path.join(folder, 'b.yaml');
    await writeFile(file, eipText('b'));
    const source = await place.open({ folder, otherFolder: true, settleMs: 300 });
    setTimeout(() => writeFileSync(file, 'kind: ['), 50);
    expect(await faultOf(source.list())).toBe('move-refused');
    expect(await stateText()).toBe(before);
  });

  test('concerns another folder only', async () => {
    await place.write('b.yaml', 'kind: [');
    expect(names(await (await place.open({ otherFolder: true })).list())).toEqual(['a', 'b']);
  });
});

describe('a reader', () => {
  test('lists without a state, a lock or a write', async () => {
    await place.write('a.yaml', eipText('a'));
    const source = await place.open();
    await source.list();
    const reader = folderReader({
      folder: place.folder,
      stateFolder: place.stateFolder,
      now: () => '2026-02-02T00:00:00Z',
    });
    expect((await reader.list()).resources).toEqual((await source.list()).resources);
    await place.write('b.yaml', eipText('b'));
    expect((await reader.list()).resources.OvnEip[1]?.metadata).not.toHaveProperty('uid');
    const fresh = folderReader({ folder: place.folder, now: () => '' });
    expect(names(await fresh.list())).toEqual(['a', 'b']);
    const stored = folderReader({ stateFolder: place.stateFolder, now: () => '' });
    expect(names(await stored.list())).toEqual(['a']);
  });

  test('reads one file', async () => {
    await place.write('a.yaml', eipText('a'));
    await place.write('b.yaml', eipText('b'));
    const reader = folderReader({ folder: path.join(place.folder, 'b.yaml'), now: () => '' });
    expect(names(await reader.list())).toEqual(['b']);
  });
});
