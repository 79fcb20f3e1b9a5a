import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, privateRegistry } from '../testing/registry.ts';
import type { Lab } from './lab.ts';
import { labUp } from './up.ts';

let registry: ReturnType<typeof privateRegistry>;
let lab: Lab;

beforeAll(async () => {
  registry = privateRegistry();
  lab = await labUp({ name: 'raft', nodes: ['n1', 'n2', 'n3'], raft: true, attached: true });
});

afterAll(async () => {
  await lab.down();
  registry.restore();
});

const add = (name: string) =>
  lab.exec('central', ['ovn-nbctl', '--timeout=3', '--wait=sb', '--may-exist', 'ls-add', name]);

async function names(): Promise<string[]> {
  const { stdout } = await lab.exec('central', [
    'ovn-nbctl',
    '--timeout=60',
    '--bare',
    '--columns=name',
    'list',
    'Logical_Switch',
  ]);
  return stdout.split('\n').filter(Boolean).sort();
}

describe('a lab with clustered databases', () => {
  it('has a member on each of three nodes', async () => {
    expect(lab.nbRemote.split(',')).toHaveLength(3);
    const { nodes, central } = await lab.status();
    for (const { daemons } of nodes)
      expect(daemons).toMatchObject({ nb: expect.any(Number), sb: expect.any(Number) });
    expect(Object.keys(central)).toEqual(['northd']);
    expect((await add('all')).exitCode).toBe(0);
  });

  it('lives on without any one host, and loses nothing', async () => {
    for (const node of lab.nodeNames) {
      await lab.fail([{ kind: 'host', node }]);
      // The tool gives up at a member that is down or follows; a new leader is soon elected.
      await eventually(async () => (await add(node)).exitCode === 0);
      await lab.heal();
      await eventually(async () =>
        (
          await lab.exec(node, [
            'ovs-appctl',
            '-t',
            `${lab.directory}/nodes/${node}/ovnnb_db.ctl`,
            'cluster/status',
            'OVN_Northbound',
          ])
        ).stdout.includes('cluster member'),
      );
    }
    expect(await names()).toEqual(['all', 'n1', 'n2', 'n3']);
  });

  it('takes no writes without a majority', async () => {
    await lab.fail([
      { kind: 'host', node: 'n1' },
      { kind: 'host', node: 'n2' },
    ]);
    expect((await lab.exec('central', ['ovn-nbctl', '--timeout=3', 'ls-add', 'never'])).exitCode).not.toBe(0);
    await lab.heal();
    await eventually(async () => (await add('again')).exitCode === 0);
    expect(await names()).not.toContain('never');
  });
});
