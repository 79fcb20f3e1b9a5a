import { expect, test } from 'vitest';
import { get } from '../command/get.ts';
import { lint } from '../command/lint.ts';
import { plan } from '../command/plan.ts';
import { readEnvironment } from '../context/environment.ts';
import { commandHelps } from '../reference/command-helps.ts';
import { onCluster, pluginOf } from './plugin.ts';
import { program } from './program.ts';

test('the file’s name says that kubectl calls', () => {
  expect(readEnvironment({}, '/opt/krew/bin/kubectl-berth').asPlugin).toBe(true);
  expect(readEnvironment({}, '/usr/bin/berth').asPlugin).toBe(false);
});

test('help and examples show how one calls it', () => {
  for (const { path, help } of commandHelps(pluginOf(program))) {
    expect(help, path).toMatch(/^Usage: kubectl berth/);
    const examples = help.split('\nExamples:\n')[1]?.split('\nExit codes:')[0] ?? '';
    expect(examples.replaceAll('kubectl berth', ''), path).not.toMatch(/(^ +|[|&;] )berth /m);
  }
});

test.each([
  ['a cluster', get, {}, { kube: true }],
  ['a folder', plan, { filename: 'x' }, { filename: 'x' }],
  ['a saved file', get, { nb: 'a.db', sb: 'b.db' }, { nb: 'a.db', sb: 'b.db' }],
  ['a server', get, { nb: 'tcp:h:1', sb: 'tcp:h:2' }, { nb: 'tcp:h:1', sb: 'tcp:h:2', kube: true }],
  ['what knows no cluster', lint, {}, {}],
])('%s is what is meant', (_, spec, typed, expected) => {
  expect(onCluster(spec, typed)).toEqual(expected);
});
