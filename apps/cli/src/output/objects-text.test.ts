import { expect, test } from 'vitest';
import { fip } from '../../../../packages/core/src/testing/resources.ts';
import { objectsTable } from './objects-text.ts';

const options = { wide: false, withNamespace: false, withKind: false, nowMs: 0 };

test.each([
  ['True', true, 'True'],
  ['False', false, 'False'],
  ['Unknown', undefined, 'Unknown'],
  [undefined, undefined, '<none>'],
] as const)(
  'an object whose condition Ready is %s is shown as that, with %s in the old field',
  (status, ready, shown) => {
    const conditions = status === undefined ? [] : [{ type: 'Ready', status, reason: 'R' }];
    const web = {
      ...fip('web', { ovnEip: 'web', ipName: 'web.default' }),
      status: { ...(ready !== undefined && { ready }), conditions },
    };
    const [head = '', row = ''] = objectsTable('OvnFip', [web], options).split('\n');
    const at = head.indexOf('READY');
    expect(row.slice(at).split(/\s+/)[0]).toBe(shown);
  },
);
