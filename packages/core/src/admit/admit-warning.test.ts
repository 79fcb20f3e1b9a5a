import { type GatewayPolicy, type Resource, resourceSetOf } from '@berth/api';
import { expect, test } from 'vitest';
import { fieldStory } from '../testing/field-story.ts';
import { eip, gatewayPolicy } from '../testing/resources.ts';
import { settings } from '../testing/settle.ts';
import { warningsOf } from './admit-warning.ts';

const at = (second: number) => ({ creationTimestamp: `2026-01-01T00:00:0${second}Z` });
const elder = gatewayPolicy('elder', {}, at(1));

function warned(operation: 'CREATE' | 'UPDATE' | 'DELETE', object: Resource, ...others: readonly Resource[]) {
  const resources = resourceSetOf([...fieldStory, ...others]);
  return warningsOf({ operation, object, resources }, settings).map(
    ({ code, object: about, message }) => `${code} ${about?.name}: ${message}`,
  );
}

test('a second policy for a VPC is told which one counts, whatever it says of its age', () => {
  const says = ['policy-conflict z: vpc/vpc1 has the older policy gatewaypolicy/elder, which counts'];
  expect(warned('CREATE', gatewayPolicy('z'), elder)).toEqual(says);
  expect(warned('CREATE', gatewayPolicy('z', {}, at(0)), elder)).toEqual(says);
  expect(warned('CREATE', gatewayPolicy('z', {}, { vpcs: ['vpc2'] }), elder)).toEqual([]);
});

test('an older one that is changed to name a VPC is told from whom it takes it', () => {
  const before = gatewayPolicy('a', {}, { ...at(0), vpcs: ['vpc2'] });
  expect(warned('UPDATE', gatewayPolicy('a', {}, at(0)), elder, before)).toEqual([
    'policy-conflict elder: vpc/vpc1 has the older policy gatewaypolicy/a, which counts',
  ]);
});

test('what was so before, what leaves, and other kinds are told nothing', () => {
  const younger = gatewayPolicy('z', {}, at(2));
  expect(warned('UPDATE', { ...younger, spec: { ...younger.spec, override: true } }, elder, younger)).toEqual(
    [],
  );
  expect(warned('DELETE', younger, elder, younger)).toEqual([]);
  const leaving: GatewayPolicy = { ...elder, metadata: { ...elder.metadata, deletionTimestamp: 'now' } };
  expect(warned('CREATE', gatewayPolicy('z'), leaving)).toEqual([]);
  expect(warned('CREATE', eip('z', { externalSubnet: 'external0' }), elder)).toEqual([]);
});

test('a value that decides about nothing is told', () => {
  const idle = gatewayPolicy('z', { placement: 'Distributed', onGatewayLoss: 'Block' });
  expect(warned('CREATE', idle)).toEqual([
    expect.stringMatching(/^policy-idle z: spec.onGatewayLoss Block is not/),
  ]);
});
