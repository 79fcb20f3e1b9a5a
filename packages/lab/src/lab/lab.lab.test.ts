import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { privateRegistry, processesUnder } from '../testing/registry.ts';
import type { Lab } from './lab.ts';
import { listLabs, openLab } from './open.ts';
import { type LabProgress, labUp } from './up.ts';

let registry: ReturnType<typeof privateRegistry>;
let lab: Lab;
const progress: LabProgress[] = [];

beforeAll(async () => {
  registry = privateRegistry();
  lab = await labUp({
    name: 'three',
    nodes: ['n1', 'n2', 'n3'],
    attached: true,
    onProgress: (step) => progress.push(step),
  });
});

afterAll(async () => {
  for (const one of listLabs()) await one.down();
  registry.restore();
});

async function prints(where: string, ...argv: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await lab.exec(where, argv, { timeoutMs: 90_000 });
  expect(exitCode, stderr).toBe(0);
  return stdout;
}

describe('a lab of three nodes', () => {
  it('says what it has done', () => {
    expect(progress.map(({ done }) => done)).toEqual([1, 2, 3, 4, 5]);
    expect(progress.every(({ total }) => total === 5)).toBe(true);
    expect(progress.map(({ text }) => text)).toContain('n2 is ready');
  });

  it('has a chassis of every node in SB, with what the node must say of itself', async () => {
    const hosts = await prints('central', 'ovn-sbctl', '--bare', '--columns=hostname', 'list', 'Chassis');
    expect(hosts.split('\n').filter(Boolean).sort()).toEqual(['n1', 'n2', 'n3']);
    const ids = await prints('n1', 'ovs-vsctl', 'get', 'Open_vSwitch', '.', 'external_ids');
    expect(ids).toContain(`system-id="${lab.plan.nodes[0]?.systemId}"`);
    expect(ids).toContain('ovn-bridge-datapath-type=netdev');
    expect(ids).not.toContain('ovn-bridge-mappings');
    expect(await prints('n1', 'ovs-vsctl', 'get', 'Bridge', 'br-int', 'fail_mode', 'datapath_type')).toBe(
      'secure\nnetdev\n',
    );
  });

  it('has the status that its daemons have', async () => {
    const status = await lab.status();
    expect(status).toMatchObject({
      name: 'three',
      nb: lab.nbRemote,
      sb: lab.sbRemote,
      pods: [],
      failures: [],
    });
    expect(status.nodes.map(({ name, chassis }) => [name, chassis])).toEqual(
      lab.plan.nodes.map(({ name, systemId }) => [name, systemId]),
    );
    for (const { daemons } of status.nodes) {
      expect(Object.keys(daemons)).toEqual(['ovsdb-server', 'ovs-vswitchd', 'ovn-controller']);
      expect(Object.values(daemons).every((pid) => typeof pid === 'number')).toBe(true);
    }
    expect(Object.keys(status.central).sort()).toEqual(['nb', 'northd', 'sb']);
  });

  it('has the ordinary tools set up where they run', async () => {
    await prints('central', 'ovn-nbctl', 'ls-add', 'shown');
    expect(await prints('central', 'ovn-nbctl', 'show')).toContain('(shown)');
    expect(await prints('n2', 'ovn-nbctl', 'show')).toContain('(shown)');
    expect(await prints('n2', 'ovn-sbctl', 'show')).toContain('hostname: n2');
    expect(await prints('central', 'ovn-appctl', '-t', 'ovn-northd', 'status')).toContain('active');
    expect(await prints('n3', 'ovn-appctl', '-t', 'ovn-controller', 'connection-status')).toBe('connected\n');
    expect(await prints('n3', 'ovs-appctl', 'version')).toContain('ovs-vswitchd');
    expect(await prints('n3', 'ovs-ofctl', 'dump-ports-desc', 'br-under')).toContain('under0');
    expect(await prints('n1', 'ip', 'route', 'show', 'default')).toContain('dev eth0');
    expect(await prints('n1', 'cat', '/sys/class/net/eth2/carrier')).toBe('1\n');
    const nb = `--db=${lab.nbRemote}`;
    expect(await prints('outside', 'ovn-nbctl', nb, 'show')).toContain('(shown)');
  });

  it('gives a program its input, and takes its exit code and its output', async () => {
    expect(await lab.exec('n1', ['cat'], { input: 'a\nb' })).toEqual({
      exitCode: 0,
      stdout: 'a\nb',
      stderr: '',
    });
    expect(await lab.exec('n1', ['bash', '-c', 'echo no >&2; exit 3'])).toEqual({
      exitCode: 3,
      stdout: '',
      stderr: 'no\n',
    });
    expect((await lab.exec('n1', ['no-such-program'])).exitCode).not.toBe(0);
  });

  it('ends a program that takes too long, with all it started', async () => {
    const slow = lab.exec('n1', ['sleep', '4321'], { timeoutMs: 200 });
    await expect(slow).rejects.toMatchObject({ code: 'lab-timed-out' });
    const left = () => prints('n1', 'bash', '-c', 'pgrep -fx "sleep 4321" || echo none');
    await expect.poll(left).toBe('none\n');
    const reason = new Error('enough');
    await expect(lab.exec('n1', ['sleep', '4321'], { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });

  it('reaps what is orphaned in it', async () => {
    await prints('n1', 'bash', '-c', '(sleep 0.1 & exec true) ; (setsid bash -c "sleep 0.1 & " &)');
    // Until they have ended they are nobody's to reap.
    const sleeping = () => prints('n1', 'bash', '-c', 'pgrep -fx "sleep 0.1" || echo none');
    await expect.poll(sleeping).toBe('none\n');
    const zombies = () => prints('central', 'bash', '-c', 'ps -e -o stat= | grep -c ^Z || true');
    await expect.poll(zombies).toBe('0\n');
  });

  it('refuses places it does not have, naming the nearest', async () => {
    await expect(lab.exec('n4', ['true'])).rejects.toMatchObject({
      code: 'lab-usage',
      message: 'there is no place "n4"',
    });
    await expect(lab.exec('centrl', ['true'])).rejects.toMatchObject({
      cure: expect.stringContaining('central?'),
    });
    await expect(lab.exec('default/web', ['true'])).rejects.toMatchObject({
      message: 'there is no pod "default/web"',
    });
  });

  it('gives a node to its agent', async () => {
    const host = lab.host('n2');
    expect(await host.run(['ip', '-o', 'link', 'show', 'eth1'])).toContain('eth1');
    await expect(host.run(['false'])).rejects.toMatchObject({ code: 'host-command-failed', exitCode: 1 });
    const netns = await lab.createPod({ namespace: 'default', name: 'web' });
    expect(await lab.createPod({ namespace: 'default', name: 'web' })).toBe(netns);
    expect(await host.run(['ip', '-o', 'link', 'show', 'up'], { netns })).toContain('lo:');
    expect(await prints('default/web', 'ip', '-o', 'link', 'show', 'up')).toContain('lo:');
    expect((await lab.status()).pods).toEqual(['default/web']);
    await lab.deletePod({ namespace: 'default', name: 'web' });
    await lab.deletePod({ namespace: 'default', name: 'web' });
    expect((await lab.status()).pods).toEqual([]);
  });

  it('shares the machine with another lab of the same nodes', async () => {
    await using other = await labUp({ name: 'other', nodes: ['n1'] });
    expect(listLabs().map(({ name }) => name)).toEqual(['other', 'three']);
    expect(() => openLab()).toThrow('several labs are running: other, three');
    expect(() => openLab('thre')).toThrow('did you mean three?');
    const fault = (() => {
      try {
        return openLab('blue');
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(fault).toMatchObject({ code: 'lab-not-found', cure: expect.stringContaining('other, three') });
    await other.fail([{ kind: 'host', node: 'n1' }, { kind: 'central' }]);
    expect((await lab.status()).failures).toEqual([]);
    expect((await openLab('three').status()).nodes[0]?.daemons['ovs-vswitchd']).not.toBeNull();
    expect(await prints('central', 'ovn-nbctl', '--timeout=60', '--wait=hv', 'sync')).toBe('');
    await other.down();
    expect(processesUnder(registry.directory).filter((line) => line.includes('/other'))).toEqual([]);
    expect(openLab().name).toBe('three');
  });
});
