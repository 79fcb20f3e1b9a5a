import { expect, test } from 'vitest';
import { fieldFabric, fieldStoryWith } from '../testing/field-story.ts';
import { eip, fip } from '../testing/resources.ts';
import { settle } from '../testing/settle.ts';

test('two floating IPs of one workload are told once, with the other one', () => {
  const { findings } = settle(
    fieldStoryWith(
      eip('more', { externalSubnet: 'external0', v4Ip: '10.9.101.33' }),
      fip('more', { ovnEip: 'more', ipName: 'web.default' }),
    ),
    fieldFabric,
  );
  const told = findings.filter(({ code }) => code === 'fip-ambiguous');
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ severity: 'warning', field: 'spec.ipName' });
  expect(told[0]?.message).toMatch(/^192\.168\.0\.4 has the floating IPs .*10\.9\.101\.33/);
  const parties = [told[0]?.object, ...(told[0]?.related ?? [])].map((each) => each?.name).toSorted();
  expect(parties).toEqual(['more', 'web']);
});
