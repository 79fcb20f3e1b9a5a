import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, otherProcess, privateRegistry, processesUnder } from '../testing/registry.ts';

const userId = 12_345;
let registry: ReturnType<typeof privateRegistry>;

beforeEach(() => {
  registry = privateRegistry();
});

afterEach(() => registry.restore());

/** The command that runs another as an ordinary user, on a machine whose tun device has this mode. */
function asUser(directory: string, tunMode: string): string[] {
  const own = join(directory, 'own');
  mkdirSync(own);
  for (const path of [directory, own]) chownSync(path, userId, userId);
  const tun = join(directory, 'tun');
  execFileSync('mknod', ['-m', tunMode, tun, 'c', '10', '200']);
  const ids = [`--reuid=${userId}`, `--regid=${userId}`, '--clear-groups'];
  const script = `mount --bind ${tun} /dev/net/tun && exec setpriv ${ids.join(' ')} env XDG_RUNTIME_DIR=${own} "$@"`;
  return ['unshare', '--mount', 'bash', '-c', script, 'user'];
}

const program = `
  import { labUp, ping } from '@berth/lab';
  const lab = await labUp({ name: 'mine', nodes: ['a', 'b'], attached: true });
  const status = await lab.status();
  console.log('chassis', status.nodes.filter(({ chassis }) => chassis !== null).length);
  const { stdout } = await lab.exec('central', ['ovn-sbctl', '--bare', '--columns=hostname', 'list', 'Chassis']);
  console.log('hosts', stdout.split('\\n').filter(Boolean).sort().join(' '));
  const pinged = await ping(lab, { from: 'a', to: lab.plan.nodes[1].tunnelIp, count: 3 });
  console.log('answered', pinged.received);
  await lab.fail([{ kind: 'host', node: 'b' }]);
  console.log('down', JSON.stringify((await lab.status()).nodes[1].daemons));
  await lab.heal();
  await lab.createPod({ namespace: 'default', name: 'web' });
  console.log('pods', (await lab.status()).pods.join());
  await lab.down();
  console.log('over');`;

describe.skipIf(process.getuid?.() !== 0)('a lab of an ordinary user', () => {
  it('does all that a lab does', async () => {
    const user = otherProcess(program, asUser(registry.directory, '666'));
    expect(await user.ended, user.output()).toBe(0);
    expect(user.output().trim().split('\n')).toEqual([
      'chassis 2',
      'hosts a b',
      'answered 3',
      'down {"ovsdb-server":null,"ovs-vswitchd":null,"ovn-controller":null}',
      'pods default/web',
      'over',
    ]);
    await eventually(() => processesUnder(registry.directory).length === 0);
  });

  it('is refused where the tun device is not for everyone', async () => {
    const user = otherProcess(program, asUser(registry.directory, '600'));
    expect(await user.ended).not.toBe(0);
    expect(user.output()).toContain('lab-tun-unusable');
  });
});
