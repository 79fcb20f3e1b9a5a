import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { command, quote } from './quote.ts';

describe('quote', () => {
  it('leaves plain words as they are', () => {
    expect(command('ip', '-n', 'n1', 'link', 'set', 'eth0.7', 'up', 3)).toBe('ip -n n1 link set eth0.7 up 3');
  });

  it('makes one word of anything, for a real shell', () => {
    const word = fc
      .string({ unit: 'binary', maxLength: 12 })
      .filter((text) => !text.includes('\0') && text.isWellFormed());
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
        const printed = execFileSync('bash', ['-c', `printf '%s\\0' ${words.map(quote).join(' ')}`], {
          encoding: 'utf8',
        });
        expect(printed.split('\0').slice(0, -1)).toEqual(words);
      }),
      { numRuns: 40 },
    );
  });
});
