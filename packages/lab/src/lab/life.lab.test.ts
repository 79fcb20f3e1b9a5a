import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, otherProcess, privateRegistry, processesUnder } from '../testing/registry.ts';
import { listLabs, openLab } from './open.ts';
import { labUp } from './up.ts';

let registry: ReturnType<typeof privateRegistry>;

beforeEach(() => {
  registry = privateRegistry();
});

afterEach(async () => {
  for (const lab of listLabs()) await lab.down();
  registry.restore();
});

function labs(): string[] {
  const directory = join(registry.directory, 'berth', 'labs');
  return existsSync(directory) ? readdirSync(directory) : [];
}

const nothingLeft = () => eventually(() => processesUnder(registry.directory).length === 0);

/** A process that ends has no command line any more while it still holds its lab's directory. */
const noLabs = () => eventually(() => listLabs().length === 0 && labs().length === 0);

const up = (name: string, more = '') => `
  import { labUp } from '@berth/lab';
  await labUp({ name: '${name}', nodes: ['a'], onProgress: ({ text }) => console.log('did', text) ${more} });
  console.log('up');`;

describe('a lab', () => {
  it('outlives the process that started it, and is gone without a trace when taken down', async () => {
    const starter = otherProcess(up('one'));
    expect(await starter.ended, starter.output()).toBe(0);
    const lab = openLab();
    expect((await lab.status()).nodes.map(({ chassis }) => chassis)).toEqual([lab.plan.nodes[0]?.systemId]);
    expect(processesUnder(registry.directory)).not.toEqual([]);
    await lab.down();
    expect(processesUnder(registry.directory)).toEqual([]);
    expect(labs()).toEqual([]);
    expect(() => openLab('one')).toThrow('lab one is not running');
    await lab.down();
  });

  it('leaves nothing when its starter is killed before it is ready', async () => {
    const starter = otherProcess(up('cut'));
    await starter.printed('did ');
    expect(processesUnder(registry.directory)).not.toEqual([]);
    starter.child.kill('SIGKILL');
    await nothingLeft();
    await noLabs();
  });

  it('ends with its parent when attached', async () => {
    const parent = otherProcess(
      `${up('child', ', attached: true')} await new Promise((done) => setTimeout(done, 60_000));`,
    );
    await parent.printed('up');
    expect(listLabs().map((lab) => lab.name)).toEqual(['child']);
    parent.child.kill('SIGKILL');
    await nothingLeft();
    await noLabs();
  });

  it('ends as a whole when its first process is killed, and its name is free again', async () => {
    const lab = await labUp({ name: 'again', nodes: ['a'] });
    process.kill((await lab.status()).initPid, 'SIGKILL');
    await nothingLeft();
    await using second = await labUp({ name: 'again', nodes: ['b'] });
    expect(second.nodeNames).toEqual(['b']);
    await lab.down();
    expect(openLab('again').nodeNames).toEqual(['b']);
  });

  it('is one of a name, even if two start at once', async () => {
    const both = await Promise.allSettled([1, 2].map(() => labUp({ name: 'twin', nodes: ['a'] })));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const fault = both.find((one) => one.status === 'rejected');
    expect(fault).toMatchObject({ reason: { code: 'lab-exists' } });
  });

  it('has a directory that is cleared when it is stale', () => {
    const stale = join(registry.directory, 'berth', 'labs', 'old');
    mkdirSync(stale, { recursive: true });
    writeFileSync(
      join(stale, 'lab.json'),
      JSON.stringify({ version: 1, init: { pid: process.pid, startTime: '1' }, plan: {} }),
    );
    expect(listLabs()).toEqual([]);
    expect(labs()).toEqual([]);
  });

  it('is ended when making it is interrupted', async () => {
    const stop = new AbortController();
    const making = labUp({
      name: 'halt',
      nodes: ['a', 'b'],
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    });
    await expect(making).rejects.toThrow('enough');
    await nothingLeft();
    expect(labs()).toEqual([]);
  });
});
