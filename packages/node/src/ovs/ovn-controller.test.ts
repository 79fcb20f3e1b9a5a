import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ControllerState, watchController } from './ovn-controller.ts';

/** A daemon that answers at its control socket until it is ended. One that hangs reads nothing until it goes on, and then answers all of it at once. */
async function startDaemon(
  rundir: string,
  answer: () => string,
  { isHanging = false } = {},
): Promise<{ end(): void; goOn(): void }> {
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const asked = String(data).split('"method"').length - 1;
      socket.write(JSON.stringify({ id: 0, result: answer(), error: null }).repeat(asked));
    });
    if (isHanging) socket.pause();
  });
  server.listen(join(rundir, 'ovn-controller.7.ctl'));
  await once(server, 'listening');
  const pidFile = join(rundir, 'ovn-controller.pid');
  writeFileSync(pidFile, '7\n');
  return {
    end() {
      rmSync(pidFile);
      server.close();
      for (const each of connections) each.destroy();
    },
    goOn() {
      for (const each of connections) each.resume();
    },
  };
}

async function withRundir(work: (rundir: string) => Promise<void>): Promise<void> {
  const rundir = mkdtempSync(join(tmpdir(), 'bo-'));
  try {
    await work(rundir);
  } finally {
    rmSync(rundir, { recursive: true, force: true });
  }
}

test('what ovn-controller says of its connection is told when it changes', () =>
  withRundir(async (rundir) => {
    let says = 'not connected';
    const daemon = await startDaemon(rundir, () => says);
    const told: ControllerState[] = [];
    using _watch = watchController({ rundir, intervalMs: 5, onChange: (state) => told.push(state) });
    await expect.poll(() => told).toEqual([{ running: true, connected: false }]);
    says = 'connected';
    await expect.poll(() => told.at(-1)).toEqual({ running: true, connected: true });
    daemon.end();
    await expect.poll(() => told.at(-1)).toEqual({ running: false, connected: false });
    expect(told).toHaveLength(3);
  }));

test('its end is noticed at once, however long the next look is away', () =>
  withRundir(async (rundir) => {
    const daemon = await startDaemon(rundir, () => 'connected');
    const told: ControllerState[] = [];
    using _watch = watchController({ rundir, intervalMs: 1e9, onChange: (state) => told.push(state) });
    await expect.poll(() => told).toEqual([{ running: true, connected: true }]);
    daemon.end();
    await expect.poll(() => told.at(-1)).toEqual({ running: false, connected: false });
  }));

test('one that hung and goes on is connected again, though it answers at once what it was asked meanwhile', () =>
  withRundir(async (rundir) => {
    const daemon = await startDaemon(rundir, () => 'connected', { isHanging: true });
    const told: ControllerState[] = [];
    using _watch = watchController({ rundir, intervalMs: 5, onChange: (state) => told.push(state) });
    await expect.poll(() => told).toEqual([{ running: true, connected: false }]);
    // It is asked again meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 4_500));
    daemon.goOn();
    await expect.poll(() => told.at(-1)).toEqual({ running: true, connected: true });
    daemon.end();
  }));
