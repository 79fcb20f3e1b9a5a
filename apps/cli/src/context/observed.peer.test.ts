import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startOvsdbServer } from '@berth/ovsdb/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Options } from '../tree/options.ts';
import { observe } from './observed.ts';

const example = path.join(import.meta.dirname, '../../../../examples/12-bring-your-own-ovn');
const environment = { lab: undefined, stateHome: '/nonexistent', noColor: true, asPlugin: false };
let folder = '';

const at = (name: string): string => path.join(folder, name);
const look = (options: Options) =>
  observe(options, { ...environment, stateHome: folder }, new AbortController().signal);

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-obs-'));
  for (const name of ['ovnnb_db.db', 'ovnsb_db.db']) cpSync(path.join(example, name), at(name));
  for (const side of ['nb', 'sb']) {
    const schema = `/usr/share/ovn/ovn-${side}.ovsschema`;
    execFileSync('ovsdb-tool', ['create', at(`empty-${side}.db`), schema]);
    execFileSync(
      'ovsdb-tool',
      ['create-cluster', at(`cluster-${side}.db`), at(`ovn${side}_db.db`), 'unix:/x'],
      {
        stdio: 'ignore',
      },
    );
  }
  const old = JSON.parse(readFileSync('/usr/share/ovn/ovn-nb.ovsschema', 'utf8'));
  delete old.tables.NAT;
  for (const table of ['Logical_Router', 'Load_Balancer']) delete old.tables[table].columns.nat;
  writeFileSync(at('old.ovsschema'), JSON.stringify(old));
  execFileSync('ovsdb-tool', ['create', at('old.db'), at('old.ovsschema')]);
  const whole = readFileSync(at('ovnnb_db.db'));
  writeFileSync(at('half.db'), whole.subarray(0, whole.length - 40));
  writeFileSync(at('nothing.db'), '');
  writeFileSync(at('text.db'), 'hello\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(['ovn', 'cluster-'])('saved files of the sort %s are read', async (sort) => {
  const suffix = sort === 'ovn' ? '_db.db' : '.db';
  const { nb, sb, listing, assumptions } = await look({
    nb: at(`${sort}nb${suffix}`),
    sb: at(`${sort}sb${suffix}`),
  });
  expect([nb.table('NAT').size, sb.table('Chassis').size, listing, assumptions]).toEqual([
    4,
    5,
    undefined,
    [],
  ]);
});

test.each([
  ['a half-written file', 'half.db', 'ovnsb_db.db', 'bad-input', 'copy it again'],
  ['a file without a byte', 'nothing.db', 'ovnsb_db.db', 'bad-input', 'the file is empty'],
  ['a text', 'text.db', 'ovnsb_db.db', 'bad-input', 'not an OVSDB file'],
  ['a folder', '', 'ovnsb_db.db', 'bad-input', 'is no file'],
  ['no file at all', 'none.db', 'ovnsb_db.db', 'bad-input', 'there is no file'],
  ['the wrong way round', 'ovnsb_db.db', 'ovnnb_db.db', 'bad-input', 'the wrong way round?'],
  ['a schema without NAT', 'old.db', 'ovnsb_db.db', 'bad-input', 'no NAT'],
  ['an SB that northd never filled', 'ovnnb_db.db', 'empty-sb.db', 'cannot-tell', 'ovn-northd'],
  ['two OVNs', 'empty-nb.db', 'ovnsb_db.db', 'bad-input', 'not of one OVN'],
  ['two empty databases', 'empty-nb.db', 'empty-sb.db', 'cannot-tell', 'are empty'],
])('%s is told, and nothing is concluded from it', async (_, nb, sb, code, text) => {
  const fault = await look({ nb: at(nb), sb: at(sb) }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(fault).toMatchObject({ name: 'CliFault', code });
  expect(`${(fault as Error).message}: ${(fault as { cure?: string }).cure}`).toContain(text);
});

test('a file that its server goes on writing is read when it stands still, and given up when it never does', async () => {
  const busy = at('busy.db');
  const whole = readFileSync(at('ovnnb_db.db'));
  let size = 1_000;
  const writing = setInterval(() => {
    size = Math.min(whole.length, size + 3_000);
    writeFileSync(busy, whole.subarray(0, size));
    if (size === whole.length) clearInterval(writing);
  }, 2);
  await new Promise((resolve) => setTimeout(resolve, 100));
  clearInterval(writing);
  writeFileSync(busy, whole);
  expect((await look({ nb: busy, sb: at('ovnsb_db.db') })).nb.table('NAT').size).toBe(4);
  let tick = 0;
  const writeHalf = () => writeFileSync(busy, whole.subarray(0, 2_000 + (tick++ % 50)));
  writeHalf();
  const restless = setInterval(writeHalf, 1);
  try {
    await expect(look({ nb: busy, sb: at('ovnsb_db.db') })).rejects.toMatchObject({
      code: expect.stringMatching(/^(cannot-tell|bad-input)$/),
    });
  } finally {
    clearInterval(restless);
  }
});

test('a server that accepts and says nothing is given up in time', async () => {
  const server = createServer(() => {}).listen(at('silent.sock'));
  try {
    await expect(
      look({ nb: `unix:${at('silent.sock')}`, sb: at('ovnsb_db.db'), timeout: 0.3 }),
    ).rejects.toMatchObject({
      code: 'cannot-tell',
      message: expect.stringContaining('did not answer within 0.3 s'),
    });
  } finally {
    server.close();
  }
});

test('a server of something else, and none at all', async () => {
  await using server = await startOvsdbServer({ schema: 'sb' });
  const sb = at('ovnsb_db.db');
  await expect(look({ nb: server.remote, sb })).rejects.toMatchObject({
    code: 'cannot-tell',
    message: expect.stringContaining('does not serve OVN_Northbound'),
  });
  await expect(look({ nb: `unix:${at('gone.sock')}`, sb })).rejects.toMatchObject({ code: 'cannot-tell' });
  for (const more of [{ privateKey: 'x' }, {}]) {
    await expect(look({ nb: 'ssl:127.0.0.1:1', sb, ...more })).rejects.toMatchObject({
      code: 'usage',
      message: '--ca-cert is missing',
    });
  }
});

test('a bundle that is not whole, or none, or of a later format', async () => {
  const { bundleJson } = await import('../bundle/bundle.ts');
  const { gzipSync } = await import('node:zlib');
  const seen = await look({ nb: at('ovnnb_db.db'), sb: at('ovnsb_db.db') });
  const json = bundleJson({ savedAt: '2026-01-01T00:00:00Z', ...seen, objects: seen.listing?.resources });
  const bytes = gzipSync(JSON.stringify(json));
  writeFileSync(at('good.bundle'), bytes);
  writeFileSync(at('half.bundle'), bytes.subarray(0, 900));
  writeFileSync(at('later.bundle'), JSON.stringify({ ...json, apiVersion: 'bundle.berth.dev/v9' }));
  writeFileSync(at('odd.bundle'), JSON.stringify({ ...json, nb: 1 }));
  expect((await look({ bundle: at('good.bundle') })).nb.table('NAT').size).toBe(4);
  for (const [file, text] of [
    ['half.bundle', 'is not whole'],
    ['later.bundle', 'bundle.berth.dev/v9'],
    ['odd.bundle', 'is damaged'],
    ['text.db', 'is no bundle'],
    ['none.bundle', 'there is no file'],
  ] as const) {
    await expect(look({ bundle: at(file) })).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining(text),
    });
  }
  await expect(look({ bundle: at('good.bundle'), lab: 'x' })).rejects.toMatchObject({ code: 'usage' });
});
