import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { eipText, makePlace } from './folder/testing.ts';

const packageFolder = join(import.meta.dirname, '..');

test('the example of the README runs as it stands', async () => {
  const place = await makePlace();
  try {
    await place.write('good.yaml', `# a public address\n${eipText('web')}`);
    await place.write('bad.yaml', eipText('bad', '{v4Ip: 10.0.0.300}'));
    const readme = await readFile(join(packageFolder, 'README.md'), 'utf8');
    const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
    const code = example
      .replace("'manifests'", `'${place.folder}'`)
      .replace("'state'", `'${place.stateFolder}'`);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=berth-source', '--input-type=module-typescript', '--eval', code],
      { cwd: packageFolder },
    );
    const bad = join(place.folder, 'bad.yaml');
    expect(stdout).toBe(`bad-value "10.0.0.300" is not an IP address ${bad}:4\novn-eip/web 4\n`);
  } finally {
    await place.dispose();
  }
});
