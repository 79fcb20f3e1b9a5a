import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { OwnKubeServer } from '@berth/lab';
import { openDatabase } from '@berth/ovsdb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, startBench } from '../../packages/engine/src/testing/bench.ts';
import { apply, controllerUser, get, kubectl, startKube } from '../support/kube-bench.ts';
import { programFile } from '../support/programs.ts';
import { kubeOvnRows } from './kube-ovn-rows.ts';

const cluster = path.join(import.meta.dirname, 'cluster');

let kube: OwnKubeServer;
let bench: Bench;
beforeAll(async () => {
  [kube, bench] = await Promise.all([
    startKube(),
    startBench(cluster, ['node-1', 'node-2', 'node-3'], 'external'),
  ]);
  await using nb = await openDatabase({ remotes: [bench.nb.remote], database: 'OVN_Northbound' });
  await nb.transact(kubeOvnRows((node) => `chassis-${node}`));
  await kubectl(kube, 'apply', '--server-side', '-f', cluster);
});
afterAll(async () => {
  await kube[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

function berth(...argv: readonly string[]) {
  return berthAs(undefined, ...argv);
}

/** `berth` as a user of the cluster, else as the administrator. */
async function berthAs(user: string | undefined, ...argv: readonly string[]) {
  const where = ['--kubeconfig', kube.kubeconfig(user), '--nb', bench.nb.remote, '--sb', bench.sb.remote];
  const env = { PATH: process.env['PATH'], HOME: bench.folder };
  const child = spawn(programFile('berth'), [...argv, ...where], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { exitCode, stdout, stderr };
}

/** A Lease, Kube-OVN's by default, held and renewed now or some time ago, or let go. */
async function lease(holder: string, { name = 'kube-ovn-controller', agoMs = 0, seconds = 3600 } = {}) {
  const at = new Date(Date.now() - agoMs).toISOString().replace('Z', '000Z');
  await apply(
    kube,
    `apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: { namespace: kube-system, name: ${name} }
spec: { holderIdentity: "${holder}", leaseDurationSeconds: ${seconds}, renewTime: "${at}" }
`,
  );
}

async function keepOf(kind: string, name: string): Promise<unknown> {
  const { metadata } = await get(kube, kind, name);
  const told = metadata.annotations?.['berth.dev/keep'];
  return told === undefined ? undefined : JSON.parse(told);
}

test('a cluster is taken over once Kube-OVN lets go of it, lifted by kubectl, and given back', async () => {
  await lease('kube-ovn-controller-0');
  const refused = await berth('adopt', '--yes');
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
  expect(refused.stderr).toContain('kube-ovn-controller-0 leads');
  await lease('');

  expect(await berth('adopt')).toMatchObject({ exitCode: 1 });
  expect(await keepOf('ovn-fip', 'web')).toBeUndefined();
  expect(await berth('adopt', '--yes')).toMatchObject({ exitCode: 0 });
  expect(await keepOf('ovn-fip', 'web')).toMatchObject({ placement: 'distributed', stateless: true });
  expect(await keepOf('vpc', 'vpc1')).toEqual({ gateways: { external: ['node-3', 'node-2'] } });
  expect(await berth('plan')).toMatchObject({ exitCode: 0 });

  await kubectl(kube, 'annotate', 'ovn-fip', 'api', 'berth.dev/keep-');
  const lifted = await berth('plan');
  expect(lifted).toMatchObject({ exitCode: 1 });
  expect(lifted.stdout).toContain('interrupts ovn-fip/api 10.9.101.10');

  expect(await berth('adopt', '--undo', '--yes')).toMatchObject({ exitCode: 0 });
  const asked = await berth('get', 'ovn-fip', 'web', '-o', 'json');
  expect(JSON.parse(asked.stdout).status.conditions).toMatchObject([
    { type: 'Ready', status: 'Unknown', reason: 'GivenBack' },
  ]);
  expect(await keepOf('ovn-fip', 'web')).toBeUndefined();
  expect(await keepOf('subnet', 'vpc1-subnet1')).toBeUndefined();
});

test('where the Lease cannot be read nothing is written, unless it is said that Kube-OVN is stopped', async () => {
  const shown = await berthAs(controllerUser, 'adopt');
  expect(shown.exitCode).toBe(1);
  expect(shown.stderr).toContain("the Lease of Kube-OVN's controller cannot be read");
  const refused = await berthAs(controllerUser, 'adopt', '--yes');
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
  expect(refused.stderr).toContain('the Lease kube-system/kube-ovn-controller cannot be read');
  expect(refused.stderr).toContain('--kube-ovn-stopped');
  expect(await keepOf('ovn-fip', 'web')).toBeUndefined();
  expect(await berthAs(controllerUser, 'adopt', '--yes', '--kube-ovn-stopped')).toMatchObject({
    exitCode: 0,
  });
  expect(await keepOf('ovn-fip', 'web')).toMatchObject({ placement: 'distributed' });
});

test('a controller that was killed is nobody to wait for once its Lease is over', async () => {
  const name = 'berth-controller';
  // Its fields are of whoever led before.
  const renewed = async (holder: string): Promise<void> => {
    await kubectl(kube, '-n', 'kube-system', 'delete', 'lease', name, '--ignore-not-found');
    await lease(holder, { name, ...(holder === 'killed' && { agoMs: 112_000, seconds: 3 }) });
  };
  await renewed('alive');
  const refused = await berth('adopt', '--yes');
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
  expect(refused.stderr).toContain('a controller of Berth is at work: alive leads');
  await renewed('killed');
  const adopted = await berth('adopt', '--yes');
  expect(adopted).toMatchObject({ exitCode: 0 });
  expect(adopted.stderr).toContain('waiting: killed led last and seems gone');
});
