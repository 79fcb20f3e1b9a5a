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
  expect(stdout.split('\n')).toEqual([
    'spec.type: "central" is not one of distributed, centralized; write centralized',
    'pod/default/web',
    'ovn-fips.kubeovn.io',
    '',
  ]);
});
