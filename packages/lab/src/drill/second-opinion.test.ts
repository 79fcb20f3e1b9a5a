import type { FlowState, Verdict } from '@berth/core';
import { expect, it } from 'vitest';
import type { Traced } from '../trace/look.ts';
import type { Observed } from './compare.ts';
import type { Trial } from './probes.ts';
import { type Doubt, secondOpinion } from './second-opinion.ts';

const trial = { flow: { direction: 'inbound', externalIp: '10.0.0.1' } } as unknown as Trial;
const nodes = new Map([
  ['a', 'A'],
  ['b', 'B'],
]);

const predicted = (outcome: FlowState['outcome'], berth?: string): Verdict =>
  ({ after: { outcome, berth, reason: undefined, conflict: [], missing: ['x'] } }) as unknown as Verdict;
const packets = (outcome: 'delivered' | 'lost', ...by: readonly string[]): Observed => ({
  ...{ outcome, berth: by[0], answerers: by, sent: 3, lost: 0, outageMs: undefined },
});
const traced = (outcome: Traced['outcome'], ...by: readonly string[]): Traced => ({
  ...{ outcome, requestsFrom: [], repliesFrom: by, why: '', isAsking: false },
  answerers: by.map((node) => ({ node, mac: '' })),
});

type Case = readonly [
  string,
  Verdict,
  Observed,
  'agree' | 'disagree' | 'unknown',
  Traced,
  'agree' | 'disagree' | 'unknown',
  Doubt,
];

const cases: readonly Case[] = [
  [
    'all three',
    predicted('delivered', 'A'),
    packets('delivered', 'A'),
    'agree',
    traced('delivered', 'a'),
    'agree',
    'none',
  ],
  [
    'a wrong prediction',
    predicted('delivered', 'A'),
    packets('lost'),
    'disagree',
    traced('lost'),
    'agree',
    'prediction',
  ],
  [
    'packets alone',
    predicted('delivered', 'A'),
    packets('lost'),
    'disagree',
    traced('delivered', 'a'),
    'disagree',
    'packets',
  ],
  [
    'a trace alone',
    predicted('lost'),
    packets('lost'),
    'agree',
    traced('delivered', 'a'),
    'disagree',
    'trace',
  ],
  [
    'another node',
    predicted('delivered', 'A'),
    packets('delivered', 'A'),
    'agree',
    traced('delivered', 'b'),
    'disagree',
    'trace',
  ],
  [
    'nothing predicted',
    predicted('unknown'),
    packets('lost'),
    'unknown',
    traced('delivered', 'a'),
    'disagree',
    'unclear',
  ],
  ['nothing traced', predicted('lost'), packets('lost'), 'agree', traced('unknown'), 'unknown', 'none'],
  [
    'nothing traced of a wrong prediction',
    predicted('lost'),
    packets('delivered', 'A'),
    'disagree',
    traced('unknown'),
    'unknown',
    'prediction',
  ],
] as unknown as readonly Case[];

it.each(cases)('%s', (_, verdict, observed, agrees, trace, held, doubt) => {
  const opinion = secondOpinion({ trial, verdict, observed, agrees: agrees as 'agree' }, trace, nodes);
  expect(opinion).toMatchObject({ packets: held, doubt });
});
