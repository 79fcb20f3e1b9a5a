import { emptyResourceSet, kinds, type Resource, resourcesIn } from '@berth/api';
import type { Uuid } from '@berth/ovsdb/value';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import { lookupOf } from '../intent/object/lookup.ts';
import { fieldFabric, fieldStory, fieldStoryWith } from '../testing/field-story.ts';
import { afterPass, ready } from '../testing/pass.ts';
import { fip, gatewayPolicy, ip, namespace, pod, snat, vip, vpc } from '../testing/resources.ts';
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

  test('and goes on is told once, however often the object fails and works again meanwhile', () => {
    const far = {
      ...fieldFabric,
      claims: new Map([...fieldFabric.claims].filter(([port]) => port === 'none')),
    };
    const bare = fieldStoryWith(fip('web', { ovnEip: 'web', vpc: 'vpc1', v4Ip: '192.168.0.4' }));
    const dark = finding('gateways-lost', {
      ...{ object: { kind: 'OvnFip', name: 'web' }, message: 'no gateway is alive', cure: 'c' },
    });
    const told: string[] = [];
    let last = afterPass(fieldStory);
    const step = (objects: readonly Resource[], fabric = fieldFabric, more: readonly Finding[] = []) => {
      const findings = [...settle(objects, fabric).findings, ...more];
      const next = afterPass(objects, fabric, { findings: more });
      const before = last;
      const warnings = passingNotices(findings, next.writes, () => lookupOf(before.resources));
      told.push(...warnings.map(({ reason }) => reason));
      last = next;
      return ready(next, 'OvnFip', 'web').slice(0, 20);
    };
    expect(step(bare)).toMatch(/^True Programmed/);
    expect(step(resourcesIn(last.resources), fieldFabric, [dark])).toMatch(/^False GatewaysLost/);
    expect(step(resourcesIn(last.resources))).toMatch(/^True Programmed/);
    expect(step(resourcesIn(last.resources), far)).toMatch(/^False Pending/);
    expect(step(resourcesIn(last.resources))).toMatch(/^True Programmed/);
    expect(told).toEqual(['CannotDistribute']);
    // It was over, and is so again.
    const whole = fip('web', { ovnEip: 'web', ipName: 'web.default' });
    const over = resourcesIn(last.resources).map((each) => (each.kind === 'OvnFip' ? whole : each));
    expect(step(over)).toMatch(/^True Programmed/);
    const again = resourcesIn(last.resources).map((each) =>
      each.kind === 'OvnFip' ? { ...each, spec: { ovnEip: 'web', vpc: 'vpc1', v4Ip: '192.168.0.4' } } : each,
    );
    step(again);
    expect(told).toEqual(['CannotDistribute', 'CannotDistribute']);
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
