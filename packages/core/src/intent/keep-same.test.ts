import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fieldStory, fieldStoryWith } from '../testing/field-story.ts';
import { eip, fip } from '../testing/resources.ts';
import { settle } from '../testing/settle.ts';
import { keepSame } from './keep-same.ts';
import { same } from './object/same.ts';

const before = settle(fieldStory).intent;

it('an equal intent is the one before', () => {
  const again = settle(fieldStory).intent;
  expect(again).not.toBe(before);
  expect(keepSame(before, again)).toBe(before);
});

it('a floating IP that comes leaves all other parts the objects they are', () => {
  const after = settle(
    fieldStoryWith(
      eip('aa', { externalSubnet: 'external0', v4Ip: '10.9.101.200' }),
      fip('aa', { ovnEip: 'aa', vpc: 'vpc1', v4Ip: '192.168.0.77' }),
    ),
  ).intent;
  const kept = keepSame(before, after);
  expect(kept).toEqual(after);
  const [was] = before.vpcs;
  const [is] = kept.vpcs;
  expect(is?.floatingIps.map(({ name }) => name)).toEqual(['aa', 'web']);
  expect(is?.floatingIps[1]).toBe(was?.floatingIps[0]);
  expect(is?.subnets).toBe(was?.subnets);
  expect(is?.attachments).toBe(was?.attachments);
  expect(kept.externals).toBe(before.externals);
});

it('what goes and what changes is not kept', () => {
  const [vpc] = before.vpcs;
  if (!vpc) throw new Error('no VPC');
  expect(keepSame(before, { vpcs: [], externals: [] })).toEqual({ vpcs: [], externals: [] });
  const other = { ...before, vpcs: [{ ...vpc, routes: [] }] };
  expect(keepSame(before, other)).toEqual(other);
  expect(keepSame(before, other).vpcs[0]?.floatingIps).toBe(vpc.floatingIps);
});

/** Floating IPs of a VPC: each by its name, and which of several that differ. */
const someFips = fc.uniqueArray(fc.tuple(fc.nat(6), fc.nat(1)), { selector: ([name]) => name, maxLength: 6 });

it('of many intents one after the other each is kept as it is said, in the objects of the one before', () => {
  const [vpc] = before.vpcs;
  const [web] = vpc?.floatingIps ?? [];
  if (!vpc || !web) throw new Error('no floating IP');
  const made = (name: number, version: number) => ({ ...web, name: `f${name}`, subnet: `s${version}` });
  // Those who make an intent mostly say the very same again, though what is kept of it may be an equal one of before.
  const again = Array.from({ length: 7 }, (_, name) => [made(name, 0), made(name, 1)]);
  const step = fc.tuple(someFips, fc.boolean());
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 8 }), (steps) => {
      let kept = before;
      for (const [names, isAnew] of steps) {
        const floatingIps = names.map(([name, version]) =>
          isAnew ? made(name, version) : (again[name]?.[version] ?? web),
        );
        const after = { ...before, vpcs: [{ ...vpc, floatingIps }] };
        const last = kept;
        kept = keepSame(last, after);
        expect(kept).toStrictEqual(after);
        const known = last.vpcs[0]?.floatingIps ?? [];
        for (const each of kept.vpcs[0]?.floatingIps ?? []) {
          const former = known.find(({ name }) => name === each.name);
          if (former && same(former, each)) expect(each).toBe(former);
        }
        if (same(known, floatingIps)) expect(kept).toBe(last);
      }
    }),
  );
});
