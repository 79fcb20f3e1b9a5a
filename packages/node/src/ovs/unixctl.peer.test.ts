import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startOvsdbServer } from '@berth/ovsdb/testing';
import { expect, test } from 'vitest';
import { dialDaemon } from './unixctl.ts';

test('a daemon that stood still answers what it is asked afterwards, and not what it was asked before', async () => {
  await using server = await startOvsdbServer({ schema: 'vswitch' });
  const rundir = mkdtempSync(join(tmpdir(), 'bo-'));
  try {
    const pid = server.pid();
    writeFileSync(join(rundir, 'ovsdb-server.pid'), `${pid}\n`);
    symlinkSync(join(server.directory, 'ctl'), join(rundir, `ovsdb-server.${pid}.ctl`));
    using control = await dialDaemon(rundir, 'ovsdb-server', 200);
    expect(await control?.ask('version')).toContain('ovsdb-server');
    process.kill(pid, 'SIGSTOP');
    for (const _ of [1, 2, 3]) expect(await control?.ask('version')).toBeUndefined();
    process.kill(pid, 'SIGCONT');
    await expect.poll(() => control?.ask('ovsdb-server/list-dbs')).toContain('Open_vSwitch');
    expect(await control?.ask('version')).toContain('ovsdb-server');
  } finally {
    rmSync(rundir, { recursive: true, force: true });
  }
});
