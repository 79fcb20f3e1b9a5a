import { expect, test } from 'vitest';
import { parseFailures } from '../fabric/failure.ts';
import { dataPlaneOf, floatingIpFlow } from '../testing/data-plane.ts';
import { analyse } from './analyse.ts';
import { hairpinFlow } from './flows/hairpin.ts';

/** Workloads a and b on A and B, gateways G then S; c shares a node with a, g shares one with the gateway. */
const parts = {
  nodes: ['A', 'B', 'G', 'S'],
  gateways: ['G', 'S'],
  ports: { 'a.default': 'A', 'b.default': 'B', 'c.default': 'A', 'g.default': 'G' },
};

type Kind = 'distributed' | 'centralized';
type Line = readonly [
  from: string,
  fromKind: Kind,
  to: string,
  toKind: Kind,
  failures: string,
  answer: string,
];

const lines: readonly Line[] = [
  ['a', 'distributed', 'b', 'distributed', '', 'B'],
  ['a', 'distributed', 'b', 'distributed', 'tunnel:A-B', 'B'],
  ['a', 'distributed', 'b', 'distributed', 'host:G,host:S', 'B'],
  ['a', 'distributed', 'b', 'distributed', 'uplink:A', 'lost uplink-down'],
  ['a', 'distributed', 'b', 'distributed', 'uplink:B', 'lost uplink-down'],
  ['a', 'distributed', 'c', 'distributed', 'uplink:A', 'A'],
  ['a', 'distributed', 'a', 'distributed', 'upstream:physical', 'A'],
  ['a', 'distributed', 'b', 'centralized', '', 'G'],
  ['a', 'distributed', 'b', 'centralized', 'uplink:G', 'lost uplink-down'],
  ['a', 'centralized', 'b', 'distributed', '', 'B'],
  ['a', 'centralized', 'b', 'distributed', 'uplink:G', 'lost uplink-down'],
  ['a', 'centralized', 'b', 'distributed', 'uplink:A', 'B'],
  ['a', 'centralized', 'b', 'centralized', 'upstream:physical', 'G'],
  ['a', 'centralized', 'b', 'centralized', 'uplink:G', 'G'],
  ['a', 'centralized', 'b', 'centralized', 'tunnel:A', 'lost tunnel-down'],
  ['a', 'centralized', 'a', 'centralized', 'uplink:G', 'G'],
  ['a', 'centralized', 'a', 'centralized', 'host:G', 'S'],
  ['a', 'centralized', 'a', 'centralized', 'host:G,host:S', 'lost no-gateway'],
  ['g', 'distributed', 'b', 'centralized', 'upstream:physical', 'G'],
  ['g', 'centralized', 'g', 'centralized', 'tunnel:G', 'lost tunnel-down'],
];

test.each(
  lines.map(([from, fromKind, to, toKind, failures, answer]) => ({
    from,
    fromKind,
    to,
    toKind,
    failures,
    answer,
  })),
)('from $from ($fromKind) to $to ($toKind) under "$failures": $answer', (line) => {
  const source = floatingIpFlow('outbound', line.fromKind, `${line.from}.default`);
  const target = floatingIpFlow('inbound', line.toKind, `${line.to}.default`);
  const parsed = line.failures === '' ? { sets: [] } : parseFailures(line.failures, parts.nodes);
  const { verdicts } = analyse({
    fabric: dataPlaneOf(parts),
    flows: [hairpinFlow(source, target)],
    failures: 'sets' in parsed ? parsed.sets : [],
  });
  const { outcome, berth, reason } = verdicts[0]?.after ?? {};
  expect(outcome === 'delivered' ? berth : `${outcome} ${reason}`).toBe(line.answer);
});
