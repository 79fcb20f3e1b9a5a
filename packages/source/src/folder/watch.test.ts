import { writeFileSync } from 'node:fs';
import { mkdir, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lookoutOn } from './lookout.ts';
import { eipText, makePlace, names, type Place } from './testing.ts';
import { watchFolder } from './watch.ts';

let place: Place;

beforeEach(async () => {
  place = await makePlace();
});

afterEach(() => place.dispose());

/** A poll that no test lives to see. */
const neverMs = 2 ** 31 - 1;

/** A source that is listed again after every callback, as the engine does it. */
async function watched(pollMs: number, folder = place.folder) {
  const source = await place.open({ folder, watch: { debounceMs: 10, pollMs } });
  let seen = (await source.list()).resources;
  let calls = 0;
  const watch = source.watch(async () => {
    calls += 1;
    seen = (await source.list().catch(() => ({ resources: seen }))).resources;
  });
  await sleep(100); // What comes during the first look would be seen without any event.
  const until = async (wanted: readonly string[]) => {
    const shown = () => seen.OvnEip.map(({ metadata }) => metadata.name).join();
    await expect.poll(shown).toBe(wanted.join());
  };
  return { source, watch, until, calls: () => calls };
}

describe.each([
  ['by events', neverMs],
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

describe('without any poll is seen', () => {
  test('a file that is replaced, written in place, and replaced and written again', async () => {
    await place.write('a.yaml', eipText('a'));
    const { until } = await watched(neverMs);
    const replace = async (name: string) => {
      await place.write('sedXYZ', eipText(name));
      await rename(path.join(place.folder, 'sedXYZ'), path.join(place.folder, 'a.yaml'));
      await until([name]);
    };
    const write = async (name: string) => {
      await place.write('a.yaml', eipText(name));
      await until([name]);
    };
    await write('b');
    await replace('c');
    await write('d');
    await write('e');
    await replace('f');
    await replace('g');
    await write('h');
  });

  test('the same of one file that was named instead of a folder', async () => {
    await place.write('a.yaml', eipText('a'));
    const { until } = await watched(neverMs, path.join(place.folder, 'a.yaml'));
    await place.write('new', eipText('b'));
    await rename(path.join(place.folder, 'new'), path.join(place.folder, 'a.yaml'));
    await until(['b']);
    await place.write('a.yaml', eipText('c'));
    await until(['c']);
  });

  test('the end of a burst over many files', async () => {
    await place.write('a.yaml', eipText('a'));
    const { until, calls } = await watched(neverMs);
    for (let round = 0; round < 30; round += 1) {
      for (const name of ['b', 'c', 'd']) await place.write(`${name}.yaml`, eipText(`${name}${round}`));
      await sleep(3);
    }
    await until(['a', 'b29', 'c29', 'd29']);
    // What comes within one turn of the loop is one change, however long the turn takes.
    const before = calls();
    for (let round = 0; round < 90; round += 1)
      writeFileSync(path.join(place.folder, 'b.yaml'), eipText(`z${round}`));
    await until(['a', 'c29', 'd29', 'z89']);
    expect(calls() - before).toBeLessThan(10);
  });

  test('a folder that is made, replaced, and written in', async () => {
    await place.write('a.yaml', eipText('a'));
    const { until } = await watched(neverMs);
    for (const name of ['b', 'c']) {
      await rm(path.join(place.folder, 'more'), { recursive: true, force: true });
      await mkdir(path.join(place.folder, 'more', 'deep'), { recursive: true });
      await place.write('more/deep/b.yaml', eipText(name));
      await until(['a', name]);
      await place.write('more/deep/b.yaml', eipText(`${name}-2`));
      await until(['a', `${name}-2`]);
    }
  });

  test('a file in a linked folder, and the link when it leads elsewhere', async () => {
    for (const name of ['b', 'c']) {
      await mkdir(path.join(place.root, name));
      await writeFile(path.join(place.root, name, 'eip.yaml'), eipText(name));
    }
    await symlink(path.join(place.root, 'b'), path.join(place.folder, 'link'));
    const { until } = await watched(neverMs);
    await writeFile(path.join(place.root, 'b', 'eip.yaml'), eipText('b-2'));
    await until(['b-2']);
    await symlink(path.join(place.root, 'c'), path.join(place.folder, 'new'));
    await rename(path.join(place.folder, 'new'), path.join(place.folder, 'link'));
    await until(['c']);
    await writeFile(path.join(place.root, 'c', 'eip.yaml'), eipText('c-2'));
    await until(['c-2']);
  });

  test('the link that was named as the folder, when it leads elsewhere', async () => {
    await place.write('a.yaml', eipText('a'));
    const other = path.join(place.root, 'other');
    await mkdir(other);
    await writeFile(path.join(other, 'eip.yaml'), eipText('b'));
    const link = path.join(place.root, 'current');
    await symlink(place.folder, link);
    const { until } = await watched(neverMs, link);
    await symlink(other, `${link}-new`);
    await rename(`${link}-new`, link);
    await until(['b']);
    await writeFile(path.join(other, 'eip.yaml'), eipText('c'));
    await until(['c']);
  });

  test('a change of the file behind a link to elsewhere', async () => {
    const elsewhere = path.join(place.root, 'elsewhere.yaml');
    await writeFile(elsewhere, eipText('a'));
    await symlink(elsewhere, path.join(place.folder, 'a.yaml'));
    const { until } = await watched(neverMs);
    await writeFile(elsewhere, eipText('b'));
    await until(['b']);
  });

  test('a folder that goes and comes back', async () => {
    await place.write('a.yaml', eipText('a'));
    const { until, calls } = await watched(neverMs);
    await rename(place.folder, `${place.folder}-away`);
    await expect.poll(calls).toBe(1);
    await writeFile(path.join(`${place.folder}-away`, 'b.yaml'), eipText('b'));
    await rename(`${place.folder}-away`, place.folder);
    await until(['a', 'b']);
    await place.write('b.yaml', eipText('c'));
    await until(['a', 'c']);
  });
});

describe('a look', () => {
  /** Watches something whose looks the test answers one by one. */
  async function watchedByHand() {
    const lookouts = await lookoutOn(place.folder);
    const looks: PromiseWithResolvers<string>[] = [];
    let calls = 0;
    const look = async () => {
      const asked = Promise.withResolvers<string>();
      looks.push(asked);
      return { signature: await asked.promise, lookouts };
    };
    const onChange = () => {
      calls += 1;
    };
    const watch = watchFolder({ look, lastRead: () => 'read' }, { debounceMs: 1, pollMs: neverMs }, onChange);
    const nth = async (count: number) => {
      await expect.poll(() => looks.length).toBeGreaterThanOrEqual(count);
      const asked = looks[count - 1];
      if (!asked || looks.length > count) throw new Error(`${looks.length} looks, not ${count}`);
      return asked;
    };
    return { watch, nth, calls: () => calls };
  }

  test('follows an event that comes during a look', async () => {
    const { watch, nth, calls } = await watchedByHand();
    (await nth(1)).resolve('read');
    const second = await nth(2); // The folder was not watched before the first.
    await place.write('x', '');
    await sleep(50);
    second.resolve('read');
    (await nth(3)).resolve('changed');
    await expect.poll(calls).toBe(1);
    watch[Symbol.dispose]();
  });

  test('that fails is followed by the look of the next event', async () => {
    const { watch, nth, calls } = await watchedByHand();
    (await nth(1)).resolve('read');
    (await nth(2)).reject(new Error('no descriptors left'));
    await sleep(20);
    await place.write('x', '');
    (await nth(3)).resolve('changed');
    await expect.poll(calls).toBe(1);
    watch[Symbol.dispose]();
  });
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
