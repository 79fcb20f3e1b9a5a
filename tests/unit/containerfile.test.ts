import { expect, test } from 'vitest';
import { bundledPrograms } from '../../tools/bundle/programs.ts';
import { readText, repositoryFiles } from './support/repository.ts';

const text = readText('Containerfile');
const files = repositoryFiles();
const instructions = text.split('\n').filter((line) => /^[A-Z]+ /.test(line));
const copies = instructions
  .filter((line) => line.startsWith('COPY '))
  .map((line) => line.split(/\s+/).slice(1));

test('what is copied from the checkout is there', () => {
  const sources = copies
    .filter(([first]) => !first?.startsWith('--from'))
    .flatMap((words) => words.slice(0, -1));
  expect(sources.length).toBeGreaterThan(5);
  const missing = sources.filter(
    (path) => !files.some((file) => file === path || file.startsWith(`${path}/`)),
  );
  expect(missing).toEqual([]);
});

test('what the bundle needs is copied', () => {
  const sources = copies.flatMap((words) => words.slice(0, -1));
  expect(sources).toEqual(
    expect.arrayContaining(['packages', 'apps', 'tools', 'docs/findings', 'examples/01-field-story']),
  );
});

test('every program of the bundle is installed under its name, and nothing else', () => {
  const installed = copies.filter(([first]) => first === '--from=build').map(([, from, to]) => [from, to]);
  const expected = bundledPrograms.map(({ file }) => [
    `/out/${file}`,
    `/usr/local/bin/${file.replace('.mjs', '')}`,
  ]);
  expect(installed).toEqual(expected);
});

test('the image is of the Node we ask for, and not root’s', () => {
  const { engines } = JSON.parse(readText('package.json'));
  const major = /\d+/.exec(engines.node)?.[0];
  const bases = instructions.filter((line) => line.startsWith('FROM '));
  expect(bases).toHaveLength(2);
  for (const base of bases) expect(base).toContain(`/node:${major}-`);
  expect(instructions).toContain('USER 65532:65532');
});

test('the chart’s pods run programs that the image has', () => {
  const commands = ['controller-deployment', 'agent-daemonset'].map(
    (name) => /command: \[(.*)\]/.exec(readText(`charts/berth/templates/${name}.yaml`))?.[1],
  );
  expect(commands).toEqual(['berth-controller', 'berth-agent']);
});

test('krew installs a file of the bundle under a name that kubectl finds', () => {
  const krew = readText('deploy/krew/berth.yaml');
  const bin = /^ +bin: (.*)$/m.exec(krew)?.[1];
  expect(bundledPrograms.map(({ file }) => file)).toContain(bin);
  expect(krew).toContain(`- from: ${bin}\n`);
  expect(krew).toMatch(/^ {2}name: berth$/m);
});
