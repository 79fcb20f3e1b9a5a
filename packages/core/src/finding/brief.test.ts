import { expect, it } from 'vitest';
import { brief } from './brief.ts';
import { finding } from './make.ts';

it('leaves out the middle of a word or a text that nobody would read', () => {
  const name = 'x'.repeat(999);
  expect(brief(`pod "${name}" of vpc/a`)).toBe(`pod "${'x'.repeat(99)}…${'x'.repeat(99)}" of vpc/a`);
  expect(brief(`subnet/${'y'.repeat(253)} does not exist`)).toBe(`subnet/${'y'.repeat(253)} does not exist`);
  expect(brief(`vpc/${'z'.repeat(10_000_000)} is none`)).toHaveLength(201 + ' is none'.length);
  const told = brief('many words '.repeat(1_000_000));
  expect(told.length).toBeLessThan(8_002);
  expect(told).toMatch(/^many words .*….*many words $/);
});

it('is what a finding says', () => {
  const { message, cure } = finding('bad-value', { message: 'm'.repeat(5000), cure: 'c'.repeat(5000) });
  expect(message.length + cure.length).toBeLessThan(500);
});
