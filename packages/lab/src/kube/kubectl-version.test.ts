import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fitsRelease, kubectlVersion } from './kubectl-version.ts';

test('a kubectl fits an API server that is one minor version off, and no further', () => {
  const fitting = ['v1.35.9', 'v1.36.0', 'v1.37.9', 'v1.38.0-rc.1', 'v1.39.0', 'odd'];
  expect(fitting.map((each) => fitsRelease(each, 'v1.37.2'))).toEqual([false, true, true, true, false, true]);
});

test('the kubectl that a shell finds says its version', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ktwo-'));
  const file = join(folder, 'kubectl');
  try {
    expect(await kubectlVersion({ PATH: folder })).toBeUndefined();
    writeFileSync(file, `#!/bin/sh\necho '{"clientVersion": {"gitVersion": "v1.31.4"}}'\n`);
    chmodSync(file, 0o755);
    expect(await kubectlVersion({ PATH: folder })).toBe('v1.31.4');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
