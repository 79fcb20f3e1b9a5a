import { expect, it } from 'vitest';
import { finding } from './make.ts';
import { printable } from './printable.ts';

it('writes out what would begin a line or steer a terminal', () => {
  expect(printable('x\nresolved\u001b[2J\u0007\u009b')).toBe('x\\nresolved\\u001b[2J\\u0007\\u009b');
  expect(printable('naïve "quoted" 名字 🚢')).toBe('naïve "quoted" 名字 🚢');
});

it('is what a finding says', () => {
  const { message, cure } = finding('bad-value', { message: 'ip "a\nb"', cure: 'write\u001b[31m one' });
  expect([message, cure]).toEqual(['ip "a\\nb"', 'write\\u001b[31m one']);
});
