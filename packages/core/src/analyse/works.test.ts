import { expect, test } from 'vitest';
import { floatingIpFlow } from '../testing/data-plane.ts';
import type { Tried } from './flow.ts';
import type { Verdict } from './verdict.ts';
import { worksOf } from './works.ts';

const drop = {
  by: 'ACL 7',
  what: 'drops what has icmp4',
  rows: [],
  cure: { how: 'delete it', command: 'c' },
} as const;

function verdict(outcome: 'delivered' | 'lost', tried: readonly Tried[]): Verdict {
  const flow = floatingIpFlow('inbound', 'centralized', 'web.default');
  const state = { outcome, berth: 'a', reason: undefined, conflict: [], missing: [] } as const;
  return {
    flow: tried.length === 0 ? flow : { ...flow, partly: { drops: [drop], tried } },
    ...{ before: state, after: state, moved: false, reason: undefined, outage: undefined },
    ...{ why: 'why', steps: [] },
  };
}

const echo = (passes: boolean | undefined): Tried => ({ what: 'ICMP echo', passes });

test.each<[what: string, verdicts: readonly Verdict[], expected: unknown]>([
  ['all of it', [verdict('delivered', [])], ['delivered', undefined]],
  ['but for what nobody misses', [verdict('delivered', [echo(true)])], ['delivered', undefined]],
  ['but for echoes', [verdict('delivered', [echo(false)])], ['delivered', 'acl-drops-part']],
  ['as it depends', [verdict('delivered', [echo(undefined)])], ['delivered', 'acl-drops-part']],
  ['not at all', [verdict('delivered', [echo(false)]), verdict('lost', [])], ['lost', undefined]],
])('works %s', (_, verdicts, expected) => {
  const works = worksOf(verdicts);
  expect([works?.outcome, works?.reason]).toEqual(expected);
});
