import { expect, test } from 'vitest';
import { HostFault } from './host.ts';
import { localHost } from './local.ts';

const host = localHost({ node: 'here', ovsRemote: 'unix:none' });

test('gives what a program prints, its words passed as they are', async () => {
  expect(await host.run(['printf', '%s|', 'a b', '$HOME', '*'])).toBe('a b|$HOME|*|');
});

test.each([
  ['ends badly', ['sh', '-c', 'echo no >&2; exit 3'], 3, 'on node here: sh -c echo no >&2; exit 3: no'],
  ['is not there', ['no-such-program'], 127, 'no-such-program'],
  ['is killed', ['sh', '-c', 'kill -9 $$'], 128, 'SIGKILL'],
])('a program that %s is a fault with its code and words', async (_, argv, exitCode, words) => {
  const fault = await host.run(argv).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(HostFault);
  expect(fault).toMatchObject({ exitCode, message: expect.stringContaining(words) });
});

test.each(['no-such-namespace', '/no/such/namespace'])(
  'a namespace %s that is not there is a fault',
  async (netns) => {
    await expect(host.run(['true'], { netns })).rejects.toBeInstanceOf(HostFault);
  },
);

test('a namespace is entered by its path', async () => {
  // Whoever is not root may not, and is told by the program that enters.
  const entered = await host
    .run(['echo', 'inside'], { netns: '/proc/self/ns/net' })
    .catch(({ stderr }) => stderr);
  expect(entered).toMatch(/^inside\n$|nsenter: .*not permitted/);
});
