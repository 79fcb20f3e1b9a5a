import { controllerFinalizer, formatRef, refKey, refOf, resourceSetOf } from '@berth/api';
import { expect, test } from 'vitest';
import { fieldFabric, fieldStory, fieldStoryWith } from '../../testing/field-story.ts';
import { eip, fip } from '../../testing/resources.ts';
import { settings, settle } from '../../testing/settle.ts';
import { intentOf } from '../intent-of.ts';

const marked = { finalizers: [controllerFinalizer] };
const late = eip('late', { externalSubnet: 'external0' }, marked);
const onLate = fip('late', { ovnEip: 'late', vpc: 'vpc1', v4Ip: '192.168.0.50' }, marked);

/** The intent of the field story, all of it stored, with a floating IP whose EIP may not be given an address. */
function refusing() {
  const { resources } = settle(fieldStory, fieldFabric);
  const set = { ...resources, ...resourceSetOf([...resources.OvnEip, late, ...resources.OvnFip, onLate]) };
  const only = { OvnEip: set.OvnEip, OvnFip: set.OvnFip };
  const refused = new Set([refKey(refOf(late))]);
  return intentOf({ ...resources, ...only }, fieldFabric, { ...settings, refused });
}

test('what is refused is not asked for again, and no address that is not stored is used', () => {
  const { writes, intent } = refusing();
  expect(writes.map(({ object }) => formatRef(refOf(object)))).toEqual([]);
  const [vpc1] = intent.vpcs;
  expect(vpc1?.floatingIps.map(({ name }) => name)).toEqual(['web']);
});

test('an object that cannot be protected is as if it were not there; one that was in effect stays', () => {
  const stored = settle(fieldStoryWith(), fieldFabric).resources;
  const [web] = stored.OvnFip;
  if (!web) throw new Error('no floating IP');
  const bare = { ...web, metadata: { ...web.metadata, finalizers: [] } };
  const refused = new Set([refKey(refOf(bare))]);
  const rules = (status?: object) =>
    intentOf({ ...stored, OvnFip: [{ ...bare, ...(status && { status }) }] }, fieldFabric, {
      ...settings,
      refused,
    }).intent.vpcs.flatMap(({ floatingIps }) => floatingIps.map(({ name }) => name));
  expect(rules()).toEqual([]);
  expect(rules({ ready: true })).toEqual(['web']);
});
