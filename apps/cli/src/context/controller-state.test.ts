import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openFolderSource } from '@berth/source';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { controllerOf, isAtWork } from './controller-state.ts';

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'berth-at-work-'));
  mkdirSync(path.join(scratch, 'folder'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test.each([
  ['berth run is a controller that is at work', false, true],
  ['a command that holds the state until it is done is none', true, false],
])('%s', async (_, isPassing, expected) => {
  const stateFolder = path.join(scratch, `state-${isPassing}`);
  const identify = { now: () => '2026-01-01T00:00:00Z', newUid: () => 'u' };
  await using _source = await openFolderSource({
    ...{ folder: path.join(scratch, 'folder'), stateFolder, identify },
    said: { isPassing },
  });
  expect(isAtWork(await controllerOf(undefined, stateFolder))).toBe(expected);
});

test('where nobody holds a state that was used none is at work; one that never was says nothing', async () => {
  writeFileSync(path.join(scratch, 'state-true', 'state.json'), '{}');
  expect(await controllerOf(undefined, path.join(scratch, 'state-true'))).toMatchObject({ running: false });
  expect(await controllerOf(undefined, path.join(scratch, 'none'))).toMatchObject({ running: null });
});
