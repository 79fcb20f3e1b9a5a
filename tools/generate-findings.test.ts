import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue, type FindingCode } from '@berth/core';
import { describe, expect, it } from 'vitest';
import { findingsIndex, pageHead } from './generate-findings.ts';

const folder = join(import.meta.dirname, '../docs/findings');
const codes = Object.keys(catalogue) as readonly FindingCode[];
const pageOf = (code: string): string => readFileSync(join(folder, `${code}.md`), 'utf8');

describe('docs/findings', () => {
  it('has a page for every code and a code for every page', () => {
    const pages = readdirSync(folder).filter((name) => name !== 'README.md');
    expect(pages.sort()).toEqual(codes.map((code) => `${code}.md`).sort());
  });

  it.each(codes)('%s begins as the catalogue says and has every section', (code) => {
    const page = pageOf(code);
    expect(page.startsWith(pageHead(code))).toBe(true);
    const sections = [...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(sections).toEqual(['What it means', 'How to see it', 'Cure', 'Example']);
    expect(page).toContain('```sh\n');
    for (const [, link] of page.matchAll(/\]\(([a-z-]+)\.md\)/g)) expect(codes).toContain(link);
  });

  it('has an index that is the catalogue', () => {
    const index = findingsIndex(catalogue);
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe(index);
    expect(index.match(/^\| \[/gm)).toHaveLength(codes.length);
  });
});
