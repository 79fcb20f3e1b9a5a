import { type OvnFip, type Resource, resourceSetOf } from '@berth/api';
import { type ExternalFlow, type Finding, finding, type Verdict } from '@berth/core';
import { expect, test } from 'vitest';
import { fieldFabric, fieldStoryWith } from '../../../../packages/core/src/testing/field-story.ts';
import { settle } from '../../../../packages/core/src/testing/settle.ts';
import type { Asked } from './asked.ts';
import { type StatusBasis, storedStatus, withAnswers } from './status-now.ts';

const { intent, resources } = settle(fieldStoryWith(), fieldFabric);
const web = { kind: 'OvnFip', name: 'web' };

/** An NB in which somebody answers for the address, however it is there. */
const answering = (
  berth: string | undefined,
  otherwise: Asked['drift']['otherwise'] = [],
  outcome: Verdict['after']['outcome'] = 'lost',
  findings: readonly Finding[] = [],
): StatusBasis => ({
  asked: {
    ...{ intent, resources, plan: { findings }, drift: { missing: [], otherwise, findings: [] } },
  } as unknown as Asked,
  present: fieldFabric,
  audit: () => [],
  nodeName: (chassis) => chassis,
  verdicts: () => [
    {
      flow: {
        ...{ kind: 'floating-ip', router: 'vpc1', externalIp: '10.9.101.9', direction: 'inbound' },
        ...{ placement: 'centralized', gatewayPort: 'vpc1-external0' },
      } as ExternalFlow,
      after: { outcome, berth, conflict: [] },
    } as unknown as Verdict,
  ],
});

const shown = (basis: StatusBasis, status: OvnFip['status']) => {
  const objects = resourceSetOf(
    fieldStoryWith().map((each) => (each.kind === 'OvnFip' ? { ...each, status } : each)),
  );
  const { berth, placement } = withAnswers(objects, basis).OvnFip[0]?.status ?? {};
  return { berth, placement };
};

test('who answers is told where the status names nobody, by the name of the node', () => {
  const there = answering('chassis-vnode-117-46');
  expect(shown(there, { placement: 'distributed' })).toEqual({
    berth: 'vnode-117-46',
    placement: 'distributed',
  });
  expect(shown(there, { placement: 'distributed', berth: 'other' }).berth).toBe('other');
  expect(shown(answering(undefined), { placement: 'distributed' }).berth).toBeUndefined();
});

test('a floating IP that NB has otherwise is told where NB has it', () => {
  const there = answering('chassis-vnode-117-46', [web]);
  expect(shown(there, { placement: 'distributed' })).toEqual({
    berth: 'vnode-117-46',
    placement: 'centralized',
  });
});

test('so is one that was given back', () => {
  const given = finding('given-back', { object: web, message: 'it was given back', cure: 'take it over' });
  expect(shown(answering('chassis-vnode-117-46', [], 'delivered', [given]), {}).placement).toBe(
    'centralized',
  );
});

test('of what a cluster stores that is told anew which was given back since', () => {
  const given = finding('given-back', { object: web, message: 'it was given back', cure: 'take it over' });
  const now = '2026-01-02T00:00:00Z';
  const condition = { message: '', observedGeneration: 1, lastTransitionTime: '2026-01-01T00:00:00Z' };
  const ready = { ...condition, type: 'Ready', status: 'True', reason: 'Programmed' } as const;
  const stored = resourceSetOf(
    fieldStoryWith().map((each) =>
      each.kind === 'OvnFip' || each.kind === 'OvnEip'
        ? ({ ...each, status: { ready: true, conditions: [ready] } } as Resource)
        : each,
    ),
  );
  const told = (findings: readonly Finding[]) => {
    const basis = { ...answering('chassis-vnode-117-46', [], 'delivered', findings), audit: () => findings };
    const { OvnFip, OvnEip } = storedStatus(stored, basis, now);
    return [OvnFip, OvnEip].map((each) => each[0]?.status?.conditions?.[0]);
  };
  expect(told([])).toEqual([ready, ready]);
  expect(told([given])).toMatchObject([{ type: 'Ready', status: 'Unknown', reason: 'GivenBack' }, {}]);
});

test('where nobody knows whom an address leads to, its gateway answers for it all the same', () => {
  const unknown = answering(undefined, [web], 'unknown');
  expect(shown(unknown, { placement: 'centralized' }).berth).toBe('vnode-117-46');
});
