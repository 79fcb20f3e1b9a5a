import { emptyResourceSet, kinds, resourcesIn } from '@berth/api';
import type { Uuid } from '@berth/ovsdb/value';
import { describe, expect, test } from 'vitest';
import { finding } from '../finding/make.ts';
import { lookupOf } from '../intent/object/lookup.ts';
import { fieldFabric, fieldStory, fieldStoryWith } from '../testing/field-story.ts';
import { afterPass } from '../testing/pass.ts';
import { gatewayPolicy, ip, namespace, pod, snat, vip, vpc } from '../testing/resources.ts';
import { settle } from '../testing/settle.ts';
import { findingNotices, passingNotices } from './finding-notice.ts';

describe('what is wrong with an object', () => {
  test('that has no condition is told with what to do', () => {
    const { findings } = settle(fieldStoryWith(pod('z', { subnet: 'nope' })), fieldFabric);
    expect(findingNotices(findings)).toEqual([
      {
        object: { kind: 'Pod', namespace: 'default', name: 'z' },
        type: 'Warning',
        reason: 'ReferenceNotFound',
        message: expect.stringMatching(/^subnet\/nope does not exist; create subnet\/nope, or correct /),
      },
    ]);
  });

  test('is told with the rows that it is about, whatever its words', () => {
    const row = { db: 'NB', table: 'NAT', uuid: '11111111-1111-4111-8111-111111111111' as Uuid } as const;
    const object = { kind: 'IP', name: 'web.default' };
    const [told] = findingNotices([finding('row-clash', { object, message: 'm', cure: 'c', rows: [row] })]);
    expect(told?.about).toBe(`NB/NAT/${row.uuid}`);
  });

  test('is told of every kind, by a condition or so', () => {
    const object = { message: 'm', cure: 'c' };
    const told = Object.keys(kinds).filter(
      (kind) => findingNotices([finding('bad-value', { object: { kind, name: 'x' }, ...object })]).length > 0,
    );
    const { resources } = afterPass([
      ...fieldStory,
      vip('v', { subnet: 'vpc1-subnet1' }),
      snat('s', { ovnEip: 'web', vpcSubnet: 'vpc1-subnet1' }),
      gatewayPolicy('p'),
      ip('i', { subnet: 'vpc1-subnet1' }),
      namespace('n'),
    ]);
    const judged = resourcesIn(resources)
      .filter((each) => 'status' in each && JSON.stringify(each.status)?.includes('"conditions"'))
      .map(({ kind }) => kind);
    const all = new Set<string>([...told, ...judged, 'OvnDnatRule']);
    expect(all).toEqual(new Set(Object.keys(kinds)));
    expect(told.filter((kind) => judged.some((each) => each === kind))).toEqual([]);
  });

  test('that keeps no more what it was taken over with is told beside its condition, which has gone by it a pass later', () => {
    const object = { kind: 'OvnFip', name: 'web' };
    const lifted = finding('keep-lifted', { object, message: 'm', cure: 'c' });
    expect(passingNotices([lifted], [], () => lookupOf(emptyResourceSet()))).toEqual([
      { object, type: 'Warning', reason: 'KeepLifted', message: 'm; c' },
    ]);
  });

  test('that works all the same is told as a Warning, too, once it is newly said in its condition', () => {
    const keep = { annotations: { 'berth.dev/keep': 'nonsense' } };
    const plain = afterPass([...fieldStory, vpc('zz')]);
    const objects = [...fieldStory, vpc('zz', {}, keep)];
    const noted = afterPass(objects);
    const { findings } = settle(objects, fieldFabric);
    const writes = noted.resources.Vpc.map((object) => ({ verb: 'upsert' as const, object }));
    const warnings = (before: typeof plain) =>
      passingNotices(findings, writes, () => lookupOf(before.resources)).map(
        ({ type, reason, object }) => `${type} ${reason} ${object.name}`,
      );
    expect(warnings(plain)).toEqual(['Warning KeepUnreadable zz']);
    expect(warnings(noted)).toEqual([]);
  });

  test('about the address of a pod is told of the pod, too', () => {
    const object = { kind: 'IP', name: 'web.default' };
    const clash = finding('row-clash', { object, message: 'the row is taken', cure: 'remove it' });
    const { resources } = settle(fieldStory, fieldFabric);
    expect(findingNotices([clash], () => lookupOf(resources))).toEqual([
      { object, type: 'Warning', reason: 'RowClash', message: 'the row is taken; remove it' },
      {
        object: { kind: 'Pod', namespace: 'default', name: 'web' },
        ...{ type: 'Warning', reason: 'RowClash' },
        message: 'ip/web.default: the row is taken; remove it',
      },
    ]);
  });

  test('is not told where it is only worth knowing', () => {
    const object = { kind: 'Node', name: 'n' };
    expect(findingNotices([finding('gateway-cordoned', { object, message: 'm', cure: 'c' })])).toEqual([]);
  });
});
