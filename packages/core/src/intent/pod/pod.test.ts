import { logicalSwitchAnnotation, type Resource } from '@berth/api';
import { describe, expect, it } from 'vitest';
import { namespace, node, pod, subnet, vpc } from '../../testing/resources.ts';
import { settle } from '../../testing/settle.ts';

const network: readonly Resource[] = [
  vpc('vpc1'),
  subnet('a', { vpc: 'vpc1', cidrBlock: '10.0.0.0/24' }),
  subnet('b', { vpc: 'vpc1', cidrBlock: '10.0.1.0/24' }),
];

/** `web a n1`: pod, subnet and node. */
function placed(...objects: readonly Resource[]): readonly string[] {
  const { resources } = settle([...network, ...objects]);
  return resources.IP.map(({ spec }) => `${spec.podName} ${spec.subnet} ${spec.nodeName}`).sort();
}

describe('the subnet of a pod', () => {
  const bound = subnet('c', { vpc: 'vpc1', cidrBlock: '10.0.2.0/24', namespaces: ['default'] });
  const fallback = subnet('d', { vpc: 'vpc1', cidrBlock: '10.0.3.0/24', default: true });
  const annotated = namespace('default', { annotations: { [logicalSwitchAnnotation]: 'b' } });

  it('is its own, else that of its namespace, else the one bound to it, else the default one', () => {
    const n = node('n1');
    expect(placed(n, fallback, bound, annotated, pod('web', { subnet: 'a' }))).toEqual(['web a n1']);
    expect(placed(n, fallback, bound, annotated, pod('web'))).toEqual(['web b n1']);
    expect(placed(n, fallback, bound, pod('web'))).toEqual(['web c n1']);
    expect(placed(n, fallback, pod('web'))).toEqual(['web d n1']);
  });
});

describe('the node of a pod', () => {
  it('is the one it is bound to, also when cordoned', () => {
    expect(
      placed(node('n1', { cordoned: true }), node('n2'), pod('web', { subnet: 'a', node: 'n1' })),
    ).toEqual(['web a n1']);
  });

  it('is the least loaded of those that its selector allows and that are not cordoned', () => {
    const fast = { labels: { disk: 'fast' } };
    const web = pod('web', { subnet: 'a', nodeSelector: { disk: 'fast' } });
    expect(placed(node('n0'), node('n1', { ...fast, cordoned: true }), node('n2', fast), web)).toEqual([
      'web a n2',
    ]);
    expect(
      placed(node('n1'), node('n2'), pod('z', { subnet: 'a', node: 'n1' }), pod('web', { subnet: 'a' })),
    ).toEqual(['web a n2', 'z a n1']);
  });

  it('spreads pods evenly', () => {
    const pods = ['p1', 'p2', 'p3', 'p4'].map((name) => pod(name, { subnet: 'a' }));
    expect(placed(node('n1'), node('n2'), ...pods)).toEqual(['p1 a n1', 'p2 a n2', 'p3 a n1', 'p4 a n2']);
  });

  it('stays when nodes come, and when its node is cordoned', () => {
    const { resources } = settle([...network, node('n1'), pod('web', { subnet: 'a' })]);
    const after = settle([
      ...network,
      ...resources.IP,
      node('n0'),
      node('n1', { cordoned: true }),
      pod('web', { subnet: 'a' }),
    ]);
    expect(after.resources.IP[0]?.spec.nodeName).toBe('n1');
  });
});
