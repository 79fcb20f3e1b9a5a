import { resourceSetOf } from '@berth/api';
import { expect, test } from 'vitest';
import { withWrites } from '../intent/object/write.ts';
import { fieldFabric, fieldStoryWith } from '../testing/field-story.ts';
import { afterPass, morning, noon } from '../testing/pass.ts';
import { gatewayPolicy, vip } from '../testing/resources.ts';
import { ledElsewhereWrites } from './led-elsewhere.ts';

const leader = { who: 'berth with a folder', cure: 'ask it' };
const objects = fieldStoryWith(gatewayPolicy('p'), vip('v', { subnet: 'vpc1-subnet1' }));

/** What a condition says, and since when. */
function said({ status }: { readonly status?: unknown }, type = 'Ready'): unknown {
  const { conditions = [] } = (status ?? {}) as { conditions?: readonly { readonly type: string }[] };
  return conditions.find((each) => each.type === type);
}

test('conditions that said how it was become Unknown, once, and nobody is said to answer', () => {
  const { resources } = afterPass(objects, fieldFabric);
  const writes = ledElsewhereWrites(resources, leader, noon);
  const after = withWrites(resources, writes);
  const [fip] = after.OvnFip;
  expect(fip && said(fip)).toMatchObject({
    ...{ status: 'Unknown', reason: 'LedElsewhere', lastTransitionTime: noon, observedGeneration: 1 },
    message: 'berth with a folder leads this OVN, so what this asks for may not be in force; ask it',
  });
  expect(fip?.status).toMatchObject({ vpc: 'vpc1', v4Eip: '10.9.101.9' });
  expect(fip?.status).not.toHaveProperty('ready');
  expect(fip?.status).not.toHaveProperty('berth');
  expect(fip?.status).not.toHaveProperty('placement');
  const [policy] = after.GatewayPolicy;
  expect(policy && said(policy, 'Programmed')).toMatchObject({ status: 'Unknown' });
  expect(policy && said(policy, 'Accepted')).toMatchObject({ lastTransitionTime: morning });
  expect(after.Vip.map((each) => said(each))).toEqual([
    expect.not.objectContaining({ observedGeneration: 1 }),
  ]);
  expect(writes.map(({ object }) => object.kind)).not.toContain('Node');
  expect(ledElsewhereWrites(after, leader, noon)).toEqual([]);
});

test('the values of a policy stay, as they say what it asks for', () => {
  const { resources } = afterPass(objects, fieldFabric);
  const [before] = resources.GatewayPolicy;
  const [after] = withWrites(resources, ledElsewhereWrites(resources, leader, noon)).GatewayPolicy;
  expect(before?.status?.effective).not.toEqual([]);
  expect(after?.status?.effective).toEqual(before?.status?.effective);
});

test('an object that nobody has looked at says so too', () => {
  const fresh = resourceSetOf(objects);
  const [fip] = withWrites(fresh, ledElsewhereWrites(fresh, leader, noon)).OvnFip;
  expect(fip && said(fip)).toMatchObject({ status: 'Unknown', reason: 'LedElsewhere' });
});
