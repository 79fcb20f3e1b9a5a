import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const packageFolder = join(import.meta.dirname, '..');

test('the example of the README runs as it stands', async () => {
  const readme = await readFile(join(packageFolder, 'README.md'), 'utf8');
  const [, code = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=berth-source', '--input-type=module-typescript', '--eval', code],
    { cwd: packageFolder },
  );
  expect(stdout).toBe(
    [
      '10.9.101.1',
      '[',
      "  { first: '10.9.101.1', last: '10.9.101.1' },",
      "  { first: '10.9.101.4', last: '10.9.101.6' }",
      ']',
      "{ kind: 'not-canonical', reason: 'upper-case', ip: 'fd00::1' }",
      '4a:cf:d6:61:93:db',
      '',
    ].join('\n'),
  );
});
