import { execFileSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { folderReader } from './folder-reader.ts';
import { eipText, makePlace, names, type Place } from './testing.ts';

let place: Place;

beforeEach(async () => {
  place = await makePlace();
});

afterEach(() => place.dispose());

test('what is no regular file is told and not opened, links followed, and the other files are read', async () => {
  const at = (name: string) => path.join(place.folder, name);
  execFileSync('mkfifo', [at('b.yaml'), path.join(place.root, 'pipe')]);
  await place.write('a.yaml', eipText('a'));
  await symlink(path.join(place.root, 'pipe'), at('c.yaml'));
  await symlink('/dev/zero', at('d.yaml'));
  const listing = await folderReader({ folder: place.folder, now: () => '' }).list();
  expect(names(listing)).toEqual(['a']);
  expect(listing.findings.map(({ code, message }) => `${code} ${message}`)).toEqual([
    `unreadable-file ${at('b.yaml')} cannot be read: it is a FIFO, no regular file`,
    `unreadable-file ${at('c.yaml')} cannot be read: it is a FIFO, no regular file`,
    `unreadable-file ${at('d.yaml')} cannot be read: it is a device, no regular file`,
  ]);
  const one = folderReader({ folder: at('b.yaml'), now: () => '' });
  expect((await one.list()).findings.map(({ code }) => code)).toEqual(['unreadable-file']);
});
