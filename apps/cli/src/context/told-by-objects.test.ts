import { flowsOf } from '@berth/core';
import { expect, test } from 'vitest';
import {
  fieldFabric,
  fieldStoryWith,
  gatewayRules,
} from '../../../../packages/core/src/testing/field-story.ts';
import { programmed } from '../../../../packages/core/src/testing/program.ts';
import { settle } from '../../../../packages/core/src/testing/settle.ts';
import { behind } from './told-by-objects.ts';

test('every rule that is asked for has somebody who asked, whatever its sort', async () => {
  const resources = fieldStoryWith(...gatewayRules);
  const { intent } = settle(resources, fieldFabric);
  const { wantedOf } = await behind({ intent });
  const flows = flowsOf(programmed(resources, fieldFabric), fieldFabric);
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
