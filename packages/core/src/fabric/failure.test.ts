import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Failure, type FailureSet, formatFailure, formatFailures, parseFailures } from './failure.ts';

const nodes = ['node-1', 'node-2', 'vnode-103-176', 'vnode-117-46'];

function parsed(text: string, names: readonly string[] = nodes): readonly FailureSet[] {
  const result = parseFailures(text, names);
  if (result.kind === 'invalid') throw new Error(result.error.message);
  return result.sets;
}

function messageOf(text: string): string {
  const result = parseFailures(text, nodes);
  return result.kind === 'invalid' ? `${result.error.message}; ${result.error.expected}` : 'parsed';
}

describe('parseFailures', () => {
  it('reads sets in order', () => {
    expect(parsed('host:node-1, uplink:node-2/external0; nb')).toEqual([
      [
        { kind: 'host', node: 'node-1' },
        { kind: 'uplink', node: 'node-2', network: 'external0' },
      ],
      [{ kind: 'nb' }],
    ]);
  });

  it('drops a failure written twice in one set', () => {
    expect(parsed('nb,sb,nb')).toEqual([[{ kind: 'nb' }, { kind: 'sb' }]]);
  });

  it('tells a pair of nodes from a name with hyphens by the known names', () => {
    expect(parsed('tunnel:node-1')).toEqual([[{ kind: 'tunnel', node: 'node-1' }]]);
    expect(parsed('tunnel:vnode-103-176-vnode-117-46')).toEqual([
      [{ kind: 'tunnel-pair', nodes: ['vnode-103-176', 'vnode-117-46'] }],
    ]);
    expect(parsed('tunnel:a-b', [])).toEqual([[{ kind: 'tunnel', node: 'a-b' }]]);
  });

  it('takes an ambiguous pair as one name, which no node has', () => {
    expect(parsed('tunnel:a-b-c', ['a', 'b-c', 'a-b', 'c'])).toEqual([[{ kind: 'tunnel', node: 'a-b-c' }]]);
  });

  it.each([
    ['', 'a failure is missing'],
    ['host:node-1,', 'a failure is missing'],
    ['host', 'host:NODE'],
    ['host:', 'host:NODE'],
    ['host:a/b', 'host names exactly one thing'],
    ['nb:node-1', 'nb names nothing'],
    ['pod:web', 'pod:NAMESPACE/NAME'],
    ['pod:a/b/c', 'pod:NAMESPACE/NAME'],
    ['uplink:a/', 'uplink:NODE or uplink:NODE/NET'],
    ['upstream:', 'upstream:NET'],
    ['node-2', 'node-2 is a node, and what of it fails is not said; host:node-2 for all of it'],
    [
      'hots:node-1',
      '"hots" is not a kind of failure (did you mean host:node-1?); one of agent, berth-controller',
    ],
    ['nobody:node-1', '"nobody" is not a kind of failure; one of agent'],
  ])('refuses %j', (text, message) => {
    expect(messageOf(text)).toContain(message);
  });

  it('names the offending piece', () => {
    expect(parseFailures('nb;host:')).toMatchObject({ kind: 'invalid', error: { part: 'host:' } });
  });
});

const name = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);
const failure: fc.Arbitrary<Failure> = fc.oneof(
  fc.record({ kind: fc.constantFrom('host', 'zombie', 'control', 'ovn-controller-exit'), node: name }),
  fc.record({ kind: fc.constantFrom('uplink', 'mapping'), node: name, network: name }),
  fc.record({ kind: fc.constantFrom('uplink', 'mapping'), node: name }),
  fc.record({ kind: fc.constant('upstream' as const), network: name }),
  fc.record({ kind: fc.constant('pod' as const), namespace: name, name }),
  fc.record({ kind: fc.constantFrom('nb', 'sb', 'northd', 'central', 'berth-controller') }),
  fc.constant<Failure>({ kind: 'tunnel-pair', nodes: ['node-1', 'node-2'] }),
);

describe('formatFailure', () => {
  it('is read back as the same failures', () => {
    const set = fc.uniqueArray(failure, { minLength: 1, maxLength: 4, selector: formatFailure });
    fc.assert(
      fc.property(fc.array(set, { minLength: 1, maxLength: 3 }), (sets) => {
        expect(parsed(formatFailures(sets))).toEqual(sets);
      }),
    );
  });
});
