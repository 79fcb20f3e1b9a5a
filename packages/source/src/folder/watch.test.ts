import { mkdir, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eipText, makePlace, names, type Place } from './testing.ts';

let place: Place;

beforeEach(async () => {
  place = await makePlace();
});

afterEach(() => place.dispose());

/** A source that is listed again after every callback, as the engine does it. */
async function watched(pollMs: number) {
  const source = await place.open({ watch: { debounceMs: 10, pollMs } });
  let seen = (await source.list()).resources;
  let calls = 0;
  const watch = source.watch(async () => {
    calls += 1;
    seen = (await source.list().catch(() => ({ resources: seen }))).resources;
  });
  const until = async (wanted: readonly string[]) => {
    const shown = () => seen.OvnEip.map(({ metadata }) => metadata.name).join();
    for (let waited = 0; waited < 200 && shown() !== wanted.join(); waited += 1) await sleep(20);
    expect(shown()).toBe(wanted.join());
  };
  return { source, watch, until, calls: () => calls };
}

describe.each([
  ['by events', 60_000],
  ['by polling', 30],
])('changes are seen %s', (_, pollMs) => {
  test('in files that come, go, and are saved by renaming', async () => {
    await place.write('a.yaml', eipText('a'));
    const { until } = await watched(pollMs);
    await place.write('b.yaml', eipText('b'));
    await until(['a', 'b']);
    await rm(path.join(place.folder, 'a.yaml'));
    await until(['b']);
    await place.write('.b.yaml.swp', eipText('c'));
    await rename(path.join(place.folder, '.b.yaml.swp'), path.join(place.folder, 'b.yaml'));
    await until(['c']);
  });

  test('in a folder that is new', async () => {
    await place.write('a.yaml', eipText('a'));
    const { until } = await watched(pollMs);
    await mkdir(path.join(place.folder, 'more'));
    await sleep(50);
    await place.write('more/b.yaml', eipText('b'));
    await until(['a', 'b']);
  });

  test('when a linked folder is exchanged, as a ConfigMap mount does it', async () => {
    for (const name of ['a', 'b']) {
      await mkdir(path.join(place.folder, `..${name}`));
      await writeFile(path.join(place.folder, `..${name}`, 'eip.yaml'), eipText(name));
    }
    await symlink('..a', path.join(place.folder, '..data'));
    await symlink('..data/eip.yaml', path.join(place.folder, 'eip.yaml'));
    const { until } = await watched(pollMs);
    await until(['a']);
    await symlink('..b', path.join(place.folder, '..new'));
    await rename(path.join(place.folder, '..new'), path.join(place.folder, '..data'));
    await until(['b']);
  });
});

test('a change behind a link to elsewhere is seen by polling', async () => {
  const elsewhere = path.join(place.root, 'elsewhere.yaml');
  await writeFile(elsewhere, eipText('a'));
  await symlink(elsewhere, path.join(place.folder, 'a.yaml'));
  const { until } = await watched(30);
  await writeFile(elsewhere, eipText('b'));
  await until(['b']);
});

test('a folder that goes and comes back is seen', async () => {
  await place.write('a.yaml', eipText('a'));
  const { until, calls } = await watched(30);
  await rename(place.folder, `${place.folder}-away`);
  for (let waited = 0; waited < 200 && calls() === 0; waited += 1) await sleep(20);
  await writeFile(path.join(`${place.folder}-away`, 'b.yaml'), eipText('b'));
  await rename(`${place.folder}-away`, place.folder);
  await until(['a', 'b']);
});

test('nothing is called when nothing changed, or after the end', async () => {
  await place.write('a.yaml', eipText('a'));
  const { watch, source, calls } = await watched(10);
  await place.write('note.txt', 'not ours');
  await sleep(100);
  expect(calls()).toBe(0);
  watch[Symbol.dispose]();
  await place.write('b.yaml', eipText('b'));
  await sleep(100);
  expect(calls()).toBe(0);
  expect(names(await source.list())).toEqual(['a', 'b']);
  await unlink(path.join(place.folder, 'b.yaml'));
});
