import { describe, expect, test } from 'vitest';
import { fieldFabric, fieldStory } from '../../testing/field-story.ts';
import { fip, pod } from '../../testing/resources.ts';
import { settle } from '../../testing/settle.ts';

const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'u', controller: true };

/** What is said of a floating IP to `ipName` where a pod of some name runs. */
function said(ipName: string, running: string, ownerReferences = [owner]) {
  const others = fieldStory.filter(({ kind }) => kind !== 'Pod' && kind !== 'OvnFip');
  const objects = [
    ...others,
    pod(running, { subnet: 'vpc1-subnet1', node: 'vnode-103-176' }, { ownerReferences }),
    fip('web', { ovnEip: 'web', ipName }),
  ];
  const [found] = settle(objects, fieldFabric).findings;
  return `${found?.message}; ${found?.cure}`;
}

const before = 'shop-6d4cf56db6-x7k2p.default';

describe('a floating IP to a pod that was replaced', () => {
  test.each(['shop-6d4cf56db6-b5zvq', 'shop-7f9c8d5b4f-b5zvq'])(
    'names the pod that runs now: %s',
    (running) => {
      expect(said(before, running)).toBe(
        `ip/${before} does not exist; a pod that was replaced has another name, here maybe ${running}.default; name ${running}.default in spec.ipName, or a Vip, which outlives pods`,
      );
    },
  );

  test('names the virtual machine, where it was a pod of one, whether that runs or the next does', () => {
    const machine = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', name: 'db', uid: 'v' };
    for (const running of ['virt-launcher-db-b5zvq', 'virt-launcher-db-x7k2p'])
      expect(said('virt-launcher-db-b5zvq.default', running, [{ ...machine, controller: true }])).toContain(
        'name db.default in spec.ipName',
      );
  });

  test.each([
    ['of another Deployment', before, 'pay-6d4cf56db6-b5zvq', [owner]],
    ['of no controller', before, 'shop-6d4cf56db6-b5zvq', []],
    ['with a name of its own', 'shop.default', 'shop-6d4cf56db6-b5zvq', [owner]],
    ['of another namespace', 'shop-6d4cf56db6-x7k2p.other', 'shop-6d4cf56db6-b5zvq', [owner]],
  ])('names none %s', (_, ipName, running, owners) => {
    const pod = ipName.split('.').reverse().join('/');
    expect(said(ipName, running, owners)).toBe(
      `ip/${ipName} does not exist; make pod/${pod}, which gets ip/${ipName}, or correct spec.ipName`,
    );
  });
});
