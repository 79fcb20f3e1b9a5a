import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { putPlugin } from './put-plugin.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cni-install-'));
  writeFileSync(join(folder, 'node'), '#!/bin/sh\necho "$@"\n', { mode: 0o755 });
  writeFileSync(join(folder, 'program'), 'first');
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (more: object = {}) =>
  putPlugin({
    binDir: join(folder, 'bin'),
    confDir: join(folder, 'net.d'),
    confName: '05-berth.conflist',
    network: 'berth',
    agentSocket: '/run/berth/agent.sock',
    mtu: 0,
    node: join(folder, 'node'),
    program: join(folder, 'program'),
    ...more,
  });
const within = (...names: readonly string[]) => names.map((name) => join(folder, name));

test('the plugin runs by a Node of its own, and the configuration comes last', async () => {
  expect(await put()).toEqual(
    within('bin/.berth-cni/node', 'bin/.berth-cni/berth-cni.mjs', 'bin/berth-cni', 'net.d/05-berth.conflist'),
  );
  const { stdout } = spawnSync(join(folder, 'bin/berth-cni'), ['VERSION'], { encoding: 'utf8' });
  expect(stdout).toBe(`${join(folder, 'bin/.berth-cni/berth-cni.mjs')} VERSION\n`);
  expect(JSON.parse(readFileSync(join(folder, 'net.d/05-berth.conflist'), 'utf8'))).toEqual({
    cniVersion: '1.0.0',
    cniVersions: ['1.0.0', '1.1.0'],
    name: 'berth',
    plugins: [{ type: 'berth-cni', agentSocket: '/run/berth/agent.sock' }],
  });
});

test('what is right stays, what is not is replaced, and nothing lies about', async () => {
  await put();
  const inode = statSync(join(folder, 'bin/.berth-cni/node')).ino;
  expect(await put()).toEqual([]);
  writeFileSync(join(folder, 'program'), 'second');
  expect(await put({ mtu: 1400 })).toEqual(within('bin/.berth-cni/berth-cni.mjs', 'net.d/05-berth.conflist'));
  expect(statSync(join(folder, 'bin/.berth-cni/node')).ino).toBe(inode);
  expect(readFileSync(join(folder, 'bin/.berth-cni/berth-cni.mjs'), 'utf8')).toBe('second');
  const names = readdirSync(folder, { recursive: true }).map(String);
  expect(names.filter((name) => name.endsWith('.new'))).toEqual([]);
});

test('without its program no configuration is put', async () => {
  await expect(put({ program: join(folder, 'nowhere') })).rejects.toThrow('ENOENT');
  expect(readdirSync(folder)).not.toContain('net.d');
});
