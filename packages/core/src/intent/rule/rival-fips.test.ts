import { expect, test } from 'vitest';
import { fieldFabric, fieldStoryWith } from '../../testing/field-story.ts';
import { eip, fip } from '../../testing/resources.ts';
import { settle } from '../../testing/settle.ts';

test.each([
  ['in a folder, by name', undefined, undefined, ['more', 'web']],
  ['by age', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', ['web', 'more']],
])(
  'two floating IPs of one workload are told of both, and who came last is the cause: %s',
  (_, web, more, [first, last]) => {
    const { findings } = settle(
      fieldStoryWith(
        fip('web', { ovnEip: 'web', ipName: 'web.default' }, web ? { creationTimestamp: web } : {}),
        eip('more', { externalSubnet: 'external0', v4Ip: '10.9.101.33' }),
        fip('more', { ovnEip: 'more', ipName: 'web.default' }, more ? { creationTimestamp: more } : {}),
      ),
      fieldFabric,
    );
    const told = findings.filter(({ code }) => code === 'fip-ambiguous');
    const about = (name?: string) => told.find(({ object }) => object?.name === name);
    expect(told).toHaveLength(2);
    expect(about(first)).toMatchObject({
      severity: 'warning',
      field: 'spec.ipName',
      message: expect.stringMatching(
        `^192.168.0.4 has the floating IPs .*: it leaves with any of them since ovn-fip/${last} came$`,
      ),
      cure: expect.stringContaining(`let ovn-fip/${last} lead elsewhere`),
      related: [{ kind: 'OvnFip', name: last }],
    });
    expect(about(last)).toMatchObject({
      message: expect.stringMatching(/: it leaves with any of them$/),
      related: [{ kind: 'OvnFip', name: first }],
    });
  },
);
