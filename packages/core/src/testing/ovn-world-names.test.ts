import { expect, test } from 'vitest';
import { macOf } from './ovn-world-names.ts';

test('every router port of a large world has a MAC of its own', () => {
  const routers = Array.from({ length: 1_000 }, (_, index) => index);
  const macs = [0, 1, 2, 3].flatMap((kind) => routers.map((router) => macOf(kind, router, 0, 1)));
  expect(new Set(macs).size).toBe(macs.length);
});
