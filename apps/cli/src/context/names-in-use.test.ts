import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { namesInUse } from './names-in-use.ts';

/** Enough for anything that is there. */
const ample = 60_000;

let folder = '';
let before: string | undefined;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-names-'));
  before = process.env['PATH'];
});
afterEach(() => {
  process.env['PATH'] = before;
  rmSync(folder, { recursive: true, force: true });
});

const environment = () => ({ lab: undefined, stateHome: folder, noColor: true, asPlugin: true });

/** A kubectl that runs a script instead. */
function kubectl(script: string): void {
  writeFileSync(path.join(folder, 'kubectl'), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(folder, 'kubectl'), 0o755);
  process.env['PATH'] = `${folder}:${before}`;
}

test('names come from the state, and of one that is damaged there are none', async () => {
  mkdirSync(path.join(folder, 'berth/default'), { recursive: true });
  const file = path.join(folder, 'berth/default/state.json');
  writeFileSync(file, JSON.stringify({ folder: '/x', entries: { 'OvnFip//web': {}, 'Pod/shop/cart': {} } }));
  const names = () => namesInUse({}, environment(), ample);
  expect(await names().objects('OvnFip')).toEqual([{ kind: 'OvnFip', name: 'web' }]);
  expect(await names().namespaces()).toEqual(['default', 'shop']);
  writeFileSync(file, '{"entries": {"OvnFip//w');
  expect(await names().objects('OvnFip')).toEqual([]);
});

test('of saved databases they are those of the rows, and nothing where one cannot be read', async () => {
  const example = path.join(import.meta.dirname, '../../../../examples/12-bring-your-own-ovn');
  const files = { nb: path.join(example, 'ovnnb_db.db'), sb: path.join(example, 'ovnsb_db.db') };
  const names = namesInUse(files, environment(), ample);
  expect(await names.objects('Vpc')).toEqual([{ kind: 'Vpc', name: 'office' }]);
  expect(await names.nodes()).toEqual(['compute-1', 'compute-2', 'compute-3', 'gw-1', 'gw-2']);
  expect(await namesInUse({ ...files, nb: '/nowhere' }, environment(), ample).objects('Vpc')).toEqual([]);
});

test('of a folder they are those of its files', async () => {
  const filename = path.join(import.meta.dirname, '../../../../examples/01-field-story');
  expect(await namesInUse({ filename }, environment(), ample).objects('OvnFip')).toEqual([
    { kind: 'OvnFip', name: 'web' },
  ]);
});

test('of a cluster kubectl is asked, and what it does not answer is not there', async () => {
  kubectl(
    'case "$*" in *get-contexts*) echo prod;; "--context prod get pods --all-namespaces"*) echo shop/cart;; *"get ovn-fips.v1.kubeovn.io -o"*) echo /web;; *) echo no >&2; exit 1;; esac',
  );
  const names = namesInUse({ context: 'prod' }, environment(), ample);
  expect(await names.contexts()).toEqual(['prod']);
  expect(await names.objects('Pod')).toEqual([{ kind: 'Pod', namespace: 'shop', name: 'cart' }]);
  expect(await names.objects('OvnFip')).toEqual([{ kind: 'OvnFip', name: 'web' }]);
  expect(await names.objects('Vpc')).toEqual([]);
});

test('nobody waits for what is slow', async () => {
  kubectl('exec sleep 600');
  const names = namesInUse({ context: 'prod' }, environment(), 50);
  expect(await names.contexts()).toEqual([]);
  expect(await names.objects('Vpc')).toEqual([]);
});
