import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type OwnKubeServer, requireKubePrograms } from '@berth/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kubectl, startKube } from '../support/kube-bench.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

let kube: OwnKubeServer;
beforeAll(async () => {
  kube = await startKube();
  await kubectl(kube, 'apply', '--server-side', '-f', join(root, 'examples/01-field-story'));
});
afterAll(() => kube[Symbol.asyncDispose]());

/** The real kubectl with our plugin on PATH; plugins take no flags of kubectl before their name. */
async function plugin(...words: readonly string[]): Promise<string> {
  const { kubectl: program = 'kubectl' } = requireKubePrograms(process.env);
  const env = {
    ...process.env,
    PATH: `${join(root, 'bin')}:${process.env['PATH']}`,
    HOME: kube.folder,
    XDG_STATE_HOME: kube.folder,
    KUBECONFIG: kube.kubeconfig(),
  };
  const { stdout } = await run(program, words, { env });
  return stdout;
}

test('kubectl lists it among its plugins', async () => {
  expect(await plugin('plugin', 'list')).toContain('/bin/kubectl-berth\n');
});

test('kubectl berth get shows the cluster’s objects, whatever labs there are', async () => {
  expect(await plugin('berth', 'get', 'fip')).toMatch(/^NAME +.*\nweb +/);
  expect(await plugin('berth', 'get', 'fip', '-o', 'name')).toBe('ovn-fip/web\n');
  expect(await plugin('berth', 'get', 'fip', '--context', 'berth-lab', '-o', 'name')).toBe('ovn-fip/web\n');
  expect(await plugin('berth', 'get', 'pods', '-A', '-o', 'name')).toBe('pod/web\n');
});

test('its help has the name it is called by', async () => {
  expect(await plugin('berth', 'status', '--help')).toContain('Usage: kubectl berth status');
});

test('kubectl completes its commands and kinds', async () => {
  expect(await plugin('__complete', 'berth', 'get', 'ovn-f')).toMatch(/^ovn-fips\tOvnFip\n:4\n/);
  expect(await plugin('__complete', 'berth', 'exp')).toMatch(/^explain\t/);
});
