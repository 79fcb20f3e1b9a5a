import { writeFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { folderReader } from './folder-reader.ts';
import { eipText, faultOf, makePlace, names, type Place } from './testing.ts';

let place: Place;

beforeEach(async () => {
  place = await makePlace();
});

afterEach(() => place.dispose());

const readerOf = ({ folder, stateFolder }: Place, settleMs = 5) =>
  folderReader({ folder, stateFolder, now: () => '2026-02-02T00:00:00Z', settleMs });

async function storeListing(): Promise<void> {
  const source = await place.open();
  await source.list();
  await source.close();
}

describe('a reader of a folder and a state that has objects of it', () => {
  test('says as the controller does that an empty or missing folder tells nothing', async () => {
    await place.write('a.yaml', eipText('a'));
    await storeListing();
    const reader = readerOf(place);
    await rename(path.join(place.folder, 'a.yaml'), path.join(place.root, 'a.yaml'));
    expect(await faultOf(reader.list())).toBe('folder-empty');
    expect(await faultOf((await place.open()).list())).toBe('folder-empty');
    await rename(place.folder, `${place.folder}-away`);
    expect(await faultOf(reader.list())).toBe('folder-missing');
    await mkdir(place.folder);
    await place.write('empty.yaml', '');
    expect(names(await reader.list())).toEqual([]);
  });

  test('lists what a file that is being saved held', async () => {
    await place.write('a.yaml', eipText('a'));
    await storeListing();
    await place.write('a.yaml', '');
    const listing = readerOf(place, 300).list();
    setTimeout(() => writeFileSync(path.join(place.folder, 'a.yaml'), eipText('a')), 50);
    expect(names(await listing)).toEqual(['a']);
  });

  test('lists what is gone as gone, and what only a broken file may hold as it was', async () => {
    for (const name of ['a', 'b', 'c']) await place.write(`${name}.yaml`, eipText(name));
    await storeListing();
    await rm(path.join(place.folder, 'a.yaml'));
    await place.write('b.yaml', 'kind: [');
    const listing = await readerOf(place).list();
    expect(names(listing)).toEqual(['b', 'c']);
    expect(listing.findings.map(({ code }) => code)).toEqual(['yaml-syntax', 'last-good-used']);
  });
});

test('a state of another folder is refused, and read as if it were of this one when told to', async () => {
  await place.write('a.yaml', eipText('a'));
  await place.write('b.yaml', eipText('b'));
  await storeListing();
  const folder = path.join(place.root, 'other');
  await mkdir(folder);
  await writeFile(path.join(folder, 'b.yaml'), eipText('b'));
  const options = { folder, stateFolder: place.stateFolder, now: () => '2026-02-02T00:00:00Z', settleMs: 5 };
  expect(await faultOf(folderReader(options).list())).toBe('state-of-other-folder');
  expect(names(await folderReader({ ...options, otherFolder: true }).list())).toEqual(['b']);
});

test('an empty folder that no state has objects of lists nothing', async () => {
  expect(names(await readerOf(place).list())).toEqual([]);
  await place.write('a.yaml', eipText('a'));
  await storeListing();
  await rm(path.join(place.folder, 'a.yaml'));
  await writeFile(path.join(place.folder, 'note.txt'), '');
  const fresh = folderReader({ folder: place.folder, now: () => '' });
  expect(names(await fresh.list())).toEqual([]);
});

test('without a state an object was made when its file says so, and else at no time', async () => {
  const dated = (name: string, when: string) =>
    eipText(name).replace(`name: ${name}`, `name: ${name}, creationTimestamp: ${when}`);
  await place.write('a.yaml', dated('a', '"2026-05-02T02:00:00+02:00"'));
  await place.write('b.yaml', dated('b', 'yesterday'));
  await place.write('c.yaml', eipText('c'));
  const reader = folderReader({ folder: place.folder, now: () => '2026-02-02T00:00:00Z' });
  const times = (await reader.list()).resources.OvnEip.map(({ metadata }) => metadata.creationTimestamp);
  expect(times).toEqual(['2026-05-02T00:00:00Z', undefined, undefined]);
});
