import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPage } from './support/markdown.ts';
import { readText, repositoryFiles } from './support/repository.ts';

type Files = ReadonlyMap<string, () => string>;

const files: Files = new Map(repositoryFiles().map((path) => [path, () => readText(path)]));
const pages = [...files.keys()].filter((path) => path.endsWith('.md'));

/** The links of a page that lead to no file, folder or heading of the repository. */
function brokenLinks(path: string, present: Files): readonly string[] {
  const folders = new Set([...present.keys()].flatMap((file) => parents(file)));
  return readPage(present.get(path)?.() ?? '').links.filter((link) => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return false;
    const [place = '', anchor] = link.split('#');
    const target = place === '' ? path : posix.join(posix.dirname(path), decodeURI(place)).replace(/\/$/, '');
    if (folders.has(target)) return false;
    const text = present.get(target);
    if (text === undefined) return true;
    return (
      anchor !== undefined && target.endsWith('.md') && !readPage(text()).anchors.includes(decodeURI(anchor))
    );
  });
}

function parents(file: string): readonly string[] {
  return file.split('/').map((_, index, names) => names.slice(0, index).join('/') || '.');
}

/** Relative paths in a text that climb above the top of the repository, and absolute ones of somebody's machine. */
function outsidePaths(path: string, text: string): readonly string[] {
  const climbing = (text.match(/(?<![\w./])(?:\.\.\/)+[\w.-]+/g) ?? []).filter((found) =>
    posix.join(posix.dirname(path), found).startsWith('..'),
  );
  return [...climbing, ...(text.match(/(?<![\w.])\/(?:work|home)\/\w+/g) ?? [])];
}

describe('documents', () => {
  test('every relative link leads somewhere', () => {
    expect(pages.flatMap((path) => brokenLinks(path, files).map((link) => `${path}: ${link}`))).toEqual([]);
  });

  test('the two READMEs have the same headings and the same code', () => {
    const [english, chinese] = ['README.md', 'README.zh-CN.md'].map((path) => readPage(readText(path)));
    expect(chinese?.headingDepths).toEqual(english?.headingDepths);
    expect(chinese?.codeBlocks).toEqual(english?.codeBlocks);
  });

  test('no file speaks of a place outside the repository', () => {
    // Lock files are npm's, and the linter's settings hold patterns of imports.
    const skipped = ['package-lock.json', 'biome.json'];
    const readable = [...files].filter(
      ([path]) => !(skipped.includes(path) || /\.(png|svg|ico|gz|db)$/.test(path)),
    );
    const wrong = readable.flatMap(([path, text]) =>
      outsidePaths(path, text()).map((found) => `${path}: ${found}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the checks can fail', () => {
  const present: Files = new Map([
    [
      'README.md',
      () => '# A title, *here*\n[a](docs/a.md#one-two) [b](docs/) [c](#a-title-here) [d](https://e.org)\n',
    ],
    [
      'docs/a.md',
      () =>
        '## One `two`\n[up](../README.md) [no](b.md) [no](#three)\n```\n[code](gone.md)\n```\n[r]: gone.md\n',
    ],
  ]);

  test('links', () => {
    expect(brokenLinks('README.md', present)).toEqual([]);
    expect(brokenLinks('docs/a.md', present)).toEqual(['b.md', '#three', 'gone.md']);
  });

  test('headings and code blocks', () => {
    const page = readPage('# A\ntext\n```sh\n# not a heading\n```\n### B\n');
    expect(page.headingDepths).toEqual([1, 3]);
    expect(page.codeBlocks).toEqual(['```sh\n# not a heading\n```']);
  });

  test('places outside', () => {
    const up = ['..', '..', 'shared', 'x.md'].join('/');
    expect(outsidePaths('docs/a.md', `see ${up}`)).toEqual([up.replace('/x.md', '')]);
    expect(outsidePaths('packages/net/src/a.ts', `see ${up}`)).toEqual([]);
    expect(outsidePaths('a.md', `in ${['', 'home', 'me', 'berth'].join('/')}`)).toEqual([
      ['', 'home', 'me'].join('/'),
    ]);
  });
});
