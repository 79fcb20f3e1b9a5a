import { expect, test } from 'vitest';
import { formatRemote, parseRemote, type Remote } from './remote.ts';

const remotes: readonly (readonly [string, Remote, string])[] = [
  [
    'unix:/run/ovn/ovnnb_db.sock',
    { kind: 'unix', path: '/run/ovn/ovnnb_db.sock' },
    'unix:/run/ovn/ovnnb_db.sock',
  ],
  ['unix:relative:colon', { kind: 'unix', path: 'relative:colon' }, 'unix:relative:colon'],
  ['tcp:127.0.0.1:6641', { kind: 'tcp', host: '127.0.0.1', port: 6641 }, 'tcp:127.0.0.1:6641'],
  ['tcp:ovn.example', { kind: 'tcp', host: 'ovn.example', port: 6640 }, 'tcp:ovn.example:6640'],
  ['tcp:[fd00::1]:6641', { kind: 'tcp', host: 'fd00::1', port: 6641 }, 'tcp:[fd00::1]:6641'],
  ['ssl:[fd00::1]:6641', { kind: 'ssl', host: 'fd00::1', port: 6641 }, 'ssl:[fd00::1]:6641'],
  ['tcp:[::1]', { kind: 'tcp', host: '::1', port: 6640 }, 'tcp:[::1]:6640'],
];

test.each(remotes)('%s', (text, remote, written) => {
  expect(parseRemote(text)).toEqual(remote);
  expect(formatRemote(remote)).toBe(written);
});

test.each([
  '',
  'unix:',
  'tcp:',
  'tcp::6641',
  'tcp:host:0',
  'tcp:host:65536',
  'tcp:host:port',
  'tcp:::1:6641',
  'tcp:[::1',
  'http://host',
  '/run/ovn/ovnnb_db.sock',
])('%j is refused', (text) => {
  expect(() => parseRemote(text)).toThrow(expect.objectContaining({ code: 'bad-remote', retry: 'never' }));
});
