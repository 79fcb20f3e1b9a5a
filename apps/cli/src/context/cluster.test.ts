import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Lab } from '@berth/lab';
import { afterAll, expect, test } from 'vitest';
import type { Options } from '../tree/options.ts';
import { controllerUser, homeOf } from './cluster.ts';
import { clusterOf } from './meant-cluster.ts';
import { requireFolder } from './session.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'berth-cluster-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const kubeconfigs = { admin: '/lab/admin', [controllerUser]: '/lab/controller' };
const withKube = { name: 'k', kube: { kubeconfigs } } as unknown as Lab;
const without = { name: 'l' } as unknown as Lab;
const stateFolder = path.join(scratch, 'empty');
const place = { stateFolder, remotes: undefined, instance: 'default' };
const applied = path.join(scratch);
writeFileSync(path.join(applied, 'state.json'), 'whatever');

const meant = async (options: Options, lab: Lab | undefined, state = stateFolder) =>
  (await clusterOf(options, { ...place, lab, stateFolder: state }))?.kubeconfig;

test('a lab that has a cluster means it, unless something else is named', async () => {
  expect(await meant({}, withKube)).toBe('/lab/admin');
  expect(await clusterOf({}, { ...place, lab: withKube }, controllerUser)).toEqual({
    kubeconfig: '/lab/controller',
    context: undefined,
  });
  expect(await meant({ filename: 'folder' }, withKube)).toBeUndefined();
  expect(await meant({ state: 'state' }, withKube)).toBeUndefined();
  expect(await meant({ kubeconfig: '/mine' }, withKube)).toBe('/mine');
  for (const lab of [without, undefined]) expect(await clusterOf({}, { ...place, lab })).toBeUndefined();
});

test('a folder that was applied there is meant, and the cluster with --kube', async () => {
  expect(await clusterOf({}, { ...place, lab: withKube, stateFolder: applied })).toBeUndefined();
  expect(await meant({ kube: true }, withKube, applied)).toBe('/lab/admin');
  expect(() => requireFolder({}, { lab: withKube })).toThrow(
    expect.objectContaining({ cure: expect.stringContaining('--kube for the cluster of lab/k') }),
  );
  expect(() => requireFolder({}, { lab: without })).toThrow(
    expect.objectContaining({ cure: expect.not.stringContaining('--kube') }),
  );
});

test('objects live in a folder, in a cluster, or in that of a lab', () => {
  expect(homeOf(undefined, { lab: withKube })).toBe('folder');
  expect(homeOf({ kubeconfig: '/lab/controller', context: undefined }, { lab: withKube })).toBe(
    'lab-cluster',
  );
  expect(homeOf({ kubeconfig: undefined, context: 'prod' }, { lab: undefined })).toBe('cluster');
});
