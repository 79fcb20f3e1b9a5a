import { describe, expect, test } from 'vitest';
import { importsOf, resolveImport } from './support/imports.ts';
import { type Manifest, manifests } from './support/manifest.ts';
import { readText, repositoryFiles, sourceFiles } from './support/repository.ts';

/** A room may import only rooms left of it; apps import rooms; nothing imports an app. */
const order = ['net', 'ovsdb', 'ovn', 'api', 'core', 'source', 'engine', 'node', 'lab', 'serve'];
const forbidden: Readonly<Record<string, readonly string[]>> = { lab: ['source', 'engine'] };
const purePartsOfOvsdb = [
  '@berth/ovsdb/value',
  '@berth/ovsdb/schema',
  '@berth/ovsdb/check',
  '@berth/ovsdb/file',
];

function mayImport(folder: string, packageName: string): boolean {
  const [kind, room = ''] = folder.split('/');
  const wanted = packageName.replace('@berth/', '');
  if (!order.includes(wanted)) return false;
  if (kind === 'apps') return true;
  const isLeft = order.includes(room) && order.indexOf(wanted) < order.indexOf(room);
  return isLeft && !(forbidden[room] ?? []).includes(wanted);
}

function wrongDirections({ folder, dependencies = {} }: Manifest): readonly string[] {
  return Object.keys(dependencies)
    .filter((name) => name.startsWith('@berth/') && !mayImport(folder, name))
    .map((name) => `${folder} -> ${name}`);
}

function wrongExports(manifest: Manifest, files: ReadonlySet<string>): readonly string[] {
  return Object.entries(manifest.exports ?? {}).flatMap(([door, targets]) => {
    const source = targets['berth-source'] ?? '';
    const built = source.replace('./src/', './dist/').replace(/\.ts$/, '');
    const expected = { 'berth-source': source, types: `${built}.d.ts`, default: `${built}.js` };
    // The first condition that holds wins, so their order counts.
    const isRight = JSON.stringify(targets) === JSON.stringify(expected);
    const isThere = files.has(`${manifest.folder}/${source.replace('./', '')}`);
    return isRight && isThere ? [] : [`${manifest.name} ${door}`];
  });
}

const packages = manifests().filter(({ folder }) => folder !== '');

describe('the package graph', () => {
  test('every package is a room or an app, named after its folder, of one version', () => {
    const [top] = manifests().filter(({ folder }) => folder === '');
    for (const { folder, name, version, type, license } of packages) {
      const [kind = '', room = ''] = folder.split('/');
      expect(kind === 'apps' || order.includes(room), `${folder} has no place in the order of rooms`).toBe(
        true,
      );
      const expected = {
        name: `@berth/${room}`,
        version: top?.version,
        type: 'module',
        license: 'Apache-2.0',
      };
      expect({ name, version, type, license }).toEqual(expected);
    }
  });

  test('dependencies point one way', () => {
    expect(packages.flatMap(wrongDirections)).toEqual([]);
  });

  test('what is declared is imported', () => {
    const unused = packages.flatMap(({ folder, dependencies = {} }) => {
      const imported = sourceFiles({ tests: true })
        .filter((path) => path.startsWith(`${folder}/`))
        .flatMap((path) => importsOf(readText(path)));
      const isUsed = (name: string): boolean =>
        imported.some((specifier) => specifier === name || specifier.startsWith(`${name}/`));
      return Object.keys(dependencies).flatMap((name) => (isUsed(name) ? [] : [`${folder}: ${name}`]));
    });
    expect(unused).toEqual([]);
  });

  test('doors lead to the source first, then to what a build makes of it', () => {
    const files = new Set(repositoryFiles());
    expect(packages.flatMap((manifest) => wrongExports(manifest, files))).toEqual([]);
  });

  test('dependencies from npm are of one exact version, and ovsdb has none', () => {
    const loose = manifests().flatMap(({ folder, dependencies = {}, devDependencies = {} }) =>
      Object.entries({ ...dependencies, ...devDependencies })
        .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
        .map(([name, version]) => `${folder}: ${name} ${version}`),
    );
    expect(loose).toEqual([]);
    const ovsdb = packages.find(({ folder }) => folder === 'packages/ovsdb');
    expect(Object.keys(ovsdb?.dependencies ?? {})).toEqual([]);
  });
});

describe('imports', () => {
  const imports = sourceFiles({ tests: false }).flatMap((file) =>
    importsOf(readText(file)).map((specifier) => ({
      file,
      specifier,
      target: resolveImport(file, specifier),
    })),
  );
  const line = ({ file, specifier }: { file: string; specifier: string }): string => `${file}: ${specifier}`;

  test('nothing imports an app', () => {
    const apps = packages.filter(({ folder }) => folder.startsWith('apps/')).map(({ name }) => name);
    const wrong = imports.filter(
      ({ file, target }) =>
        apps.some((app) => target === app || target.startsWith(`${app}/`)) ||
        (target.startsWith('apps/') && !target.startsWith(file.split('/').slice(0, 2).join('/'))),
    );
    expect(wrong.map(line)).toEqual([]);
  });

  test('no import leaves its package by a path', () => {
    const wrong = imports.filter(({ file, specifier, target }) => {
      const home = file.split('/').slice(0, 2).join('/');
      return specifier.startsWith('.') && /^(packages|apps)\//.test(file) && !target.startsWith(`${home}/`);
    });
    expect(wrong.map(line)).toEqual([]);
  });

  test('pure rooms see only the pure parts of ovsdb', () => {
    const wrong = imports.filter(
      ({ file, target }) =>
        /^packages\/(ovn|api|core)\//.test(file) &&
        target.startsWith('@berth/ovsdb') &&
        !purePartsOfOvsdb.includes(target),
    );
    expect(wrong.map(line)).toEqual([]);
  });
});

describe('the checks can fail', () => {
  const manifest = (folder: string, ...names: readonly string[]): Manifest => ({
    folder,
    name: 'x',
    version: '0.1.0',
    dependencies: Object.fromEntries(names.map((name) => [name, '0.1.0'])),
  });

  test.each([
    ['packages/core', '@berth/source'],
    ['packages/core', '@berth/core'],
    ['packages/lab', '@berth/engine'],
    ['packages/engine', '@berth/cli'],
    ['apps/cli', '@berth/agent'],
    ['packages/novel', '@berth/net'],
  ])('%s may not depend on %s', (folder, name) => {
    expect(wrongDirections(manifest(folder, name))).toEqual([`${folder} -> ${name}`]);
  });

  test('a right dependency is none of them', () => {
    expect(wrongDirections(manifest('packages/lab', '@berth/node', 'zod'))).toEqual([]);
  });

  test('a door in the wrong order, or to nowhere', () => {
    const source = { 'berth-source': './src/index.ts' };
    const built = { types: './dist/index.d.ts', default: './dist/index.js' };
    const files = new Set(['packages/net/src/index.ts']);
    const check = (door: Readonly<Record<string, string>>, present: ReadonlySet<string>) =>
      wrongExports({ ...manifest('packages/net'), exports: { '.': door } }, present);
    expect(check({ ...source, ...built }, files)).toEqual([]);
    expect(check({ ...built, ...source }, files)).toEqual(['x .']);
    expect(check({ ...source, ...built }, new Set())).toEqual(['x .']);
  });
});
