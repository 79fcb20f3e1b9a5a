import { withAwaitedPod } from '@berth/api';
import { flowsOf } from '@berth/core';
import { changeSnapshot, type Uuid } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import {
  fieldFabric,
  fieldStoryWith,
  gatewayRules,
} from '../../../../packages/core/src/testing/field-story.ts';
import { type Nb, programmed } from '../../../../packages/core/src/testing/program.ts';
import { settle } from '../../../../packages/core/src/testing/settle.ts';
import { behind, withAway } from './told-by-objects.ts';

test('every rule that is asked for has somebody who asked, whatever its sort', async () => {
  const resources = fieldStoryWith(...gatewayRules);
  const { intent } = settle(resources, fieldFabric);
  const nb = programmed(resources, fieldFabric);
  const { wantedOf } = await behind({ intent }, nb, {});
  const flows = flowsOf(nb, fieldFabric);
  const told = new Map(
    flows.map((flow) => {
      const { wanted, decidedBy } = wantedOf(flow) ?? {};
      return [
        flow.target,
        [wanted, ...(decidedBy ?? []).map(({ object }) => `${object.kind}/${object.name}`)],
      ];
    }),
  );
  expect(Object.fromEntries(told)).toEqual({
    'fip/web': ['centralized', 'OvnFip/web'],
    'snat/out': ['centralized', 'OvnSnatRule/out'],
    'dnat/in': ['centralized', 'OvnDnatRule/in'],
  });
});

test('a flow whose port nobody has tells that the pod is gone and until when its address is kept', () => {
  const { resources } = settle(fieldStoryWith(...gatewayRules), fieldFabric);
  const flows = flowsOf(programmed(fieldStoryWith(...gatewayRules), fieldFabric), fieldFabric);
  const [pod] = resources.Pod;
  const awaited = pod && { since: '2026-01-01T08:00:00Z', until: '2026-01-01T08:01:00Z', pod };
  const gone = { ...resources, Pod: [], IP: resources.IP.map((ip) => withAwaitedPod(ip, awaited)) };
  const told = (objects: typeof resources, claims: ReadonlyMap<string, string>) =>
    withAway(flows, objects, { ...fieldFabric, claims }, '2026-01-01T08:00:10Z').find(
      ({ target }) => target === 'fip/web',
    )?.away;
  expect(told(gone, new Map())).toEqual({
    why: 'pod/default/web is gone since 2026-01-01T08:00:00Z; its address is kept until 2026-01-01T08:01:00Z for the next pod of that name',
    isKept: true,
  });
  expect(told(gone, new Map([['web.default', 'n']]))).toBeUndefined();
  expect(told(resources, new Map())).toBeUndefined();
});

test('a pod that is being deleted and whose time is over is told with what lets its address go', () => {
  const { resources } = settle(fieldStoryWith(...gatewayRules), fieldFabric);
  const flows = flowsOf(programmed(fieldStoryWith(...gatewayRules), fieldFabric), fieldFabric);
  const leaving = resources.Pod.map((each) => ({
    ...each,
    metadata: { ...each.metadata, deletionTimestamp: '2026-01-01T08:00:30Z' },
  }));
  const told = (now: string) =>
    withAway(flows, { ...resources, Pod: leaving }, { ...fieldFabric, claims: new Map() }, now).find(
      ({ target }) => target === 'fip/web',
    )?.away?.why;
  expect(told('2026-01-01T08:00:30Z')).toContain('its node has until 2026-01-01T08:00:30Z to end it');
  expect(told('2026-01-01T08:00:31Z')).toBe(
    'pod/default/web is being deleted, and vnode-103-176 should have ended it by 2026-01-01T08:00:30Z; its address is kept until it is gone: bring the node back, or where it is gone for good delete its Node, or kubectl -n default delete pod web --force',
  );
});

/** NB in which NAT rows have UUIDs that somebody else gave them. */
function withOtherNats(nb: Nb): Nb {
  const other = (uuid: Uuid): Uuid => `${uuid.slice(0, 9)}ffff${uuid.slice(13)}` as Uuid;
  return changeSnapshot(nb, [
    {
      table: 'NAT',
      changes: [...nb.table('NAT')].flatMap((row) => [
        { uuid: row._uuid, before: row },
        { uuid: other(row._uuid), after: { ...row, _uuid: other(row._uuid) } },
      ]),
    },
    {
      table: 'Logical_Router',
      changes: [...nb.table('Logical_Router')].map((row) => ({
        ...{ uuid: row._uuid, before: row },
        after: { ...row, nat: new Set([...row.nat].map(other)) },
      })),
    },
  ]);
}

test('a row that was taken over has somebody who asked, and the fields behind it', async () => {
  const resources = fieldStoryWith(...gatewayRules);
  const { intent } = settle(resources, fieldFabric);
  const nb = withOtherNats(programmed(resources, fieldFabric));
  const flows = flowsOf(nb, fieldFabric);
  const { wantedOf, originsOf } = await behind({ intent }, nb, {});
  const [web] = flows.filter(({ target }) => target === 'fip/web');
  expect(web && wantedOf(web)).toMatchObject({ wanted: 'centralized' });
  expect(web?.rows.flatMap(({ uuid }) => originsOf(uuid))).toContainEqual({
    object: { kind: 'OvnFip', name: 'web' },
    field: 'spec.ovnEip',
  });
  const others = await behind({ intent }, nb, { instance: 'other' });
  expect(web && others.wantedOf(web)).toBeUndefined();
});
