import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startOvsdbServer } from './testing/index.ts';

const packageFolder = join(import.meta.dirname, '..');

test('the example of the README runs as it stands', async () => {
  await using server = await startOvsdbServer({ schema: 'nb' });
  const readme = await readFile(join(packageFolder, 'README.md'), 'utf8');
  const [, example] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  const code = (example ?? '').replace('unix:/run/ovn/ovnnb_db.sock', server.remote);
  expect(code).toContain(server.remote);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=berth-source', '--input-type=module-typescript', '--eval', code],
    { cwd: packageFolder },
  );
  expect(stdout).toMatch(/^insert Logical_Router [0-9a-f-]{36}\nblue\n$/);
});
