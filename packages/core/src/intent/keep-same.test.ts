import { expect, it } from 'vitest';
import { fieldStory, fieldStoryWith } from '../testing/field-story.ts';
import { eip, fip } from '../testing/resources.ts';
import { settle } from '../testing/settle.ts';
import { keepSame } from './keep-same.ts';

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
