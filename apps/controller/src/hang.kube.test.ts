import { spawnSync } from 'node:child_process';
import type { OwnKubeServer } from '@berth/lab';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  applyObjects,
  controllerUser,
  eventually,
  lease,
  startKube,
} from '../../../tests/support/kube-bench.ts';
import { readFlags } from './flags.ts';
import { runController } from './run.ts';

let kube: OwnKubeServer;
beforeAll(async () => {
  kube = await startKube();
  // Held for longer than the test, so that the controller stands by.
  await applyObjects(kube, {
    ...{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: lease },
    spec: { holderIdentity: 'other', leaseDurationSeconds: 3_600, renewTime: '2026-01-01T00:00:00.000000Z' },
  });
});
afterAll(async () => {
  for (const name of ['etcd', 'kube-apiserver']) signalTo(name, 'CONT');
  await kube[Symbol.asyncDispose]();
});

function signalTo(name: string, signal: 'STOP' | 'CONT'): void {
  spawnSync('pkill', [`-${signal}`, '-f', `^\\S*/${name} .*${kube.folder}/`]);
}

test.each(['etcd', 'kube-apiserver'])(
  'a standby is not ready while %s hangs, and says why once',
  async (name) => {
    const words = ['--kubeconfig', kube.kubeconfig(controllerUser), '--listen', '127.0.0.1:0'];
    const page = { out: () => undefined, err: () => undefined };
    const settings = readFlags([...words, '--nb', 'unix:/nowhere', '--sb', 'unix:/nowhere'], page);
    const stop = new AbortController();
    const { promise: url, resolve } = Promise.withResolvers<string>();
    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(line) });
    const running = runController(settings, { log, signal: stop.signal, onServing: resolve });
    const ready = async () => {
      const answer = await fetch(`${await url}/readyz`);
      return { status: answer.status, text: await answer.text() };
    };
    const said = (text: string): number => lines.filter((line) => line.includes(text)).length;
    await eventually(async () => (await ready()).status === 200);
    signalTo(name, 'STOP');
    await eventually(async () => (await ready()).status === 503);
    expect((await ready()).text).toMatch(
      /^\[-\]lease failed: not heard of for \d+ s: the API server https:\S+ does not answer/m,
    );
    await eventually(async () => /not heard of for [3-9]\d s/.test((await ready()).text));
    expect(said('the Lease cannot be had')).toBe(1);
    signalTo(name, 'CONT');
    await eventually(async () => (await ready()).status === 200);
    await eventually(() => said('the Lease is followed again') === 1);
    stop.abort();
    await running;
  },
);
