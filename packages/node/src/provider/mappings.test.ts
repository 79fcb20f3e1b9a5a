import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeMappings, parseMappings } from './mappings.ts';

const isOurs = (bridge: string): boolean => bridge.startsWith('br-ours');

test('entries of others stay as they are, where they are', () => {
  const text = 'phys:br-ex,old:br-ours-old,b:br-ours-b,odd';
  const wanted = [
    { network: 'b', bridge: 'br-ours-b' },
    { network: 'a', bridge: 'br-ours-a' },
  ];
  expect(mergeMappings(text, wanted, isOurs)).toBe('phys:br-ex,b:br-ours-b,odd,a:br-ours-a');
  expect(mergeMappings('', [], isOurs)).toBe('');
});

test('merging makes our entries exactly those wanted, and merging again changes nothing', () => {
  const name = fc.stringMatching(/^[a-z]{1,3}$/);
  const ours = name.map((network) => ({ network, bridge: `br-ours-${network}` }));
  const theirs = name.map((network) => ({ network, bridge: `br-${network}` }));
  const list = fc.array(fc.oneof(ours, theirs), { maxLength: 6 });
  fc.assert(
    fc.property(list, fc.uniqueArray(ours, { selector: ({ network }) => network }), (present, wanted) => {
      const before = present.map(({ network, bridge }) => `${network}:${bridge}`).join(',');
      const after = mergeMappings(before, wanted, isOurs);
      const entries = parseMappings(after);
      expect(new Set(entries.filter(({ bridge }) => isOurs(bridge)).map(({ network }) => network))).toEqual(
        new Set(wanted.map(({ network }) => network)),
      );
      expect(entries.filter(({ bridge }) => !isOurs(bridge))).toEqual(
        present.filter(({ bridge }) => !isOurs(bridge)),
      );
      expect(mergeMappings(after, wanted, isOurs)).toBe(after);
    }),
  );
});
