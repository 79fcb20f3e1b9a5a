import { expect, test } from 'vitest';
import { CliFault } from './cli-fault.ts';
import { readEnvironment } from './environment.ts';
import { wantedOf } from './kinds-wanted.ts';
import { findPlace, requireOvn } from './place.ts';
import { isColored } from './terminal.ts';

const home = { lab: undefined, stateHome: '/state', noColor: false, asPlugin: false };

test.each([
  [undefined, true, false, true],
  [undefined, true, true, false],
  [undefined, false, false, false],
  ['auto', true, false, true],
  ['always', false, true, true],
  ['never', true, false, false],
] as const)('--color %s, terminal %s, NO_COLOR %s: %s', (when, isTTY, noColor, expected) => {
  expect(isColored(when, { isTTY }, { ...home, noColor })).toBe(expected);
});

test('an empty variable counts as not set', () => {
  expect(readEnvironment({ BERTH_LAB: '', NO_COLOR: '', XDG_STATE_HOME: '' })).toMatchObject({
    lab: undefined,
    noColor: false,
    asPlugin: false,
    stateHome: expect.stringMatching(/\/\.local\/state$/),
  });
  expect(readEnvironment({ BERTH_LAB: 'blue', NO_COLOR: '1', XDG_STATE_HOME: '/s' })).toEqual({
    lab: 'blue',
    noColor: true,
    asPlugin: false,
    stateHome: '/s',
  });
});

test.each(['', '../x', '名 字', 'a/b', 'x'.repeat(64)])('--instance %j is refused', (instance) => {
  expect(() => findPlace({ nb: 'unix:/nb', sb: 'unix:/sb', instance }, home)).toThrow('cannot name a Berth');
});

test('databases that are named are the place, and their state is under the state home', () => {
  const place = findPlace({ nb: 'unix:/nb', sb: 'unix:/sb', instance: 'blue' }, home);
  expect(place).toMatchObject({
    lab: undefined,
    remotes: { nb: 'unix:/nb', sb: 'unix:/sb' },
    stateFolder: '/state/berth/blue',
  });
  expect(requireOvn(place)).toEqual({ nb: 'unix:/nb', sb: 'unix:/sb' });
});

test('--state says where the state is', () => {
  expect(findPlace({ nb: 'unix:/nb', sb: 'unix:/sb', state: '/elsewhere' }, home).stateFolder).toBe(
    '/elsewhere',
  );
});

test('with a bundle no lab is looked for, nor the one that the environment names', () => {
  expect(findPlace({ bundle: 'ovn.bundle' }, { ...home, lab: 'blue' })).toEqual({
    lab: undefined,
    remotes: undefined,
    instance: 'default',
    stateFolder: '/state/berth/default',
  });
});

test.each([{ nb: 'unix:/nb' }, { sb: 'unix:/sb' }, { nb: 'unix:/nb', sb: 'unix:/sb', lab: 'blue' }])(
  '%o names no one place',
  (options) => {
    expect(() => findPlace(options, home)).toThrow(CliFault);
  },
);

test.each([
  [['fips'], { kinds: ['OvnFip'] }],
  [['ovn-eip,pn'], { kinds: ['OvnEip', 'ProviderNetwork'] }],
  [['vpc', 'blue'], { kinds: ['Vpc'], name: 'blue' }],
  [['vpc/blue'], { kinds: ['Vpc'], name: 'blue' }],
  [['pod/kube-system/web'], { kinds: ['Pod'], namespace: 'kube-system', name: 'web' }],
])('get %s', (words, expected) => {
  expect(wantedOf(words)).toEqual(expected);
});

test.each([
  [['ovn-fipp'], 'did you mean ovn-fips?'],
  [['nonsense'], 'there is provider-networks'],
  [['vpc/blue', 'red'], 'name one object'],
  [['vpc/'], 'write KIND/NAME'],
])('get %s says what to do', (words, cure) => {
  expect(() => wantedOf(words)).toThrow(
    expect.objectContaining({ code: 'usage', cure: expect.stringContaining(cure) }),
  );
});
