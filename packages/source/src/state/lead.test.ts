import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { stateLead, stateOfLead } from './lead.ts';

test('the state is told of which a lead has the name, and whether it is of this machine', () => {
  expect(stateOfLead(stateLead('/a/b:c'))).toEqual({ host: hostname(), folder: '/a/b:c', isHere: true });
  expect(stateOfLead('state/else.where:/a')).toEqual({ host: 'else.where', folder: '/a', isHere: false });
  expect(stateOfLead('cluster/7d1f')).toBeUndefined();
  expect(stateOfLead(undefined)).toBeUndefined();
});
