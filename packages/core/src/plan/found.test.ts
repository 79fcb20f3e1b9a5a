import { keepAnnotation } from '@berth/api';
import { expect, it } from 'vitest';
import { fieldFabric, fieldStory } from '../testing/field-story.ts';
import { madeByOthers } from '../testing/made-by-others.ts';
import { damaged, type Nb, programmed } from '../testing/program.ts';
import { settle } from '../testing/settle.ts';
import { keepWrites } from './found.ts';

const found = madeByOthers(programmed(fieldStory, fieldFabric));
const { resources, intent } = settle(fieldStory, fieldFabric);

/** What each object is to keep, by its name. */
const keepsOf = (observed: Nb) =>
  Object.fromEntries(
    keepWrites({ resources, intent, fabric: fieldFabric, observed }).flatMap(({ object }) =>
      'metadata' in object ? [[object.metadata.name, object.metadata.annotations[keepAnnotation]]] : [],
    ),
  );

it('is found of an address that somebody wrote otherwise, too', () => {
  const said = keepsOf(found);
  expect(said['web']).toContain('"placement":"distributed"');
  const spelt = damaged(found, (table, row) =>
    table === 'NAT' ? { ...row, external_ip: `${row['external_ip']}/32` } : row,
  );
  expect(keepsOf(spelt)).toEqual(said);
});

it('is a default route that leads elsewhere, and none that is only written otherwise', () => {
  const routed = (columns: object) =>
    keepsOf(
      damaged(found, (table, row) =>
        table === 'Logical_Router_Static_Route' ? { ...row, ...columns } : row,
      ),
    )['vpc1'];
  const said = routed({});
  expect(said).not.toContain('defaultRoute');
  const [route] = found.table('Logical_Router_Static_Route');
  expect(routed({ nexthop: `${route?.nexthop}/32` })).toBe(said);
  expect(routed({ nexthop: '10.9.101.254' })).toContain('"defaultRoute":"found"');
});
