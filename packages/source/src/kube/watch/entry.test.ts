import { expect, test } from 'vitest';
import { entryOf } from './entry.ts';
import { lastGoodAnnotation } from './last-good.ts';

/** A floating IP that cannot be read, with something kept of it. */
function broken(kept: string) {
  return entryOf('OvnFip', {
    metadata: {
      ...{ name: 'web', uid: 'u', resourceVersion: '7' },
      annotations: { [lastGoodAnnotation]: kept },
    },
    spec: { ovnEip: 'web', ipName: 'web.default', type: 'sideways' },
  });
}

test('what was kept of an object stays in effect while it cannot be read', () => {
  const { resource, problems } = broken('{"spec":{"ovnEip":"web","ipName":"web.default"}}');
  expect(problems).toHaveLength(1);
  expect(resource).toMatchObject({ kind: 'OvnFip', metadata: { name: 'web' }, spec: { ovnEip: 'web' } });
});

test('what somebody says was kept makes no other object of it', () => {
  const said = {
    ...{ apiVersion: 'kubeovn.io/v1', kind: 'Vpc', metadata: { name: 'theirs', finalizers: [] } },
    ...{ spec: { ovnEip: 'web', ipName: 'web.default' }, status: { ready: true } },
  };
  const { resource } = broken(JSON.stringify(said));
  expect(resource).toMatchObject({ kind: 'OvnFip', metadata: { name: 'web', uid: 'u' } });
  expect(resource).not.toHaveProperty('status.ready');
});

test.each(['', 'null', '[]', '{', '"x"', '{"__proto__":{"kind":"Vpc"}}'])(
  'nothing is in effect where what is said to be kept is %s',
  (kept) => {
    expect(broken(kept).resource).toBeUndefined();
  },
);
