import { expect, test } from 'vitest';
import { parseFailures } from '../fabric/failure.ts';
import { dataPlaneOf, floatingIpFlow } from '../testing/data-plane.ts';
import { analyse } from './analyse.ts';
import type { ExternalFlow } from './flow.ts';
import { hairpinFlow } from './flows/hairpin.ts';
import type { FlowState } from './verdict.ts';

/** Workloads n and o on N and O, g on the acting gateway G, s on the standby S. */
const parts = {
  nodes: ['N', 'O', 'G', 'S'],
  gateways: ['G', 'S'],
  ports: { 'n.default': 'N', 'o.default': 'O', 'g.default': 'G', 's.default': 'S' },
};

type Kind = 'distributed' | 'centralized';
type End = { readonly port: string; readonly kind: Kind; readonly isV6: boolean };

function flow(direction: 'inbound' | 'outbound', { port, kind, isV6 }: End): ExternalFlow {
  const made = floatingIpFlow(direction, kind, `${port}.default`);
  return isV6 ? { ...made, externalIp: 'fd00:101::9', logicalIp: 'fd00::4' } : made;
}

function answer(asked: ExternalFlow, failures: string): string {
  const parsed = failures === '' ? { sets: [] } : parseFailures(failures, parts.nodes);
  const sets = 'sets' in parsed ? parsed.sets : [];
  const { verdicts } = analyse({ fabric: dataPlaneOf(parts), flows: [asked], failures: sets });
  return verdicts.map(({ after }) => shown(after)).join();
}

function shown({ outcome, berth, reason, conflict }: FlowState): string {
  if (outcome === 'delivered') return berth ?? 'nobody';
  return outcome === 'unknown' ? `contested ${conflict.join(',')}` : `lost ${reason}`;
}

test.each`
  port   | kind             | failures                         | inbound                        | outbound
  ${'n'} | ${'distributed'} | ${''}                            | ${'N'}                         | ${'N'}
  ${'n'} | ${'distributed'} | ${'ovn-controller:N'}            | ${'lost neighbour-unanswered'} | ${'lost neighbour-unanswered'}
  ${'n'} | ${'distributed'} | ${'ovn-controller-exit:N'}       | ${'lost neighbour-unanswered'} | ${'lost neighbour-unanswered'}
  ${'n'} | ${'distributed'} | ${'control:N'}                   | ${'N'}                         | ${'N'}
  ${'n'} | ${'distributed'} | ${'central'}                     | ${'N'}                         | ${'N'}
  ${'n'} | ${'distributed'} | ${'ovn-controller:G'}            | ${'N'}                         | ${'N'}
  ${'n'} | ${'centralized'} | ${'ovn-controller:G'}            | ${'lost neighbour-unanswered'} | ${'lost neighbour-unanswered'}
  ${'n'} | ${'centralized'} | ${'ovn-controller:N'}            | ${'lost neighbour-unanswered'} | ${'lost neighbour-unanswered'}
  ${'n'} | ${'centralized'} | ${'ovn-controller-exit:G'}       | ${'S'}                         | ${'S'}
  ${'n'} | ${'centralized'} | ${'ovn-controller-exit:S'}       | ${'G'}                         | ${'G'}
  ${'n'} | ${'centralized'} | ${'sb'}                          | ${'G'}                         | ${'G'}
  ${'n'} | ${'centralized'} | ${'host:G'}                      | ${'S'}                         | ${'S'}
  ${'n'} | ${'centralized'} | ${'ovn-controller:G,tunnel:G-S'} | ${'contested S,G'}             | ${'contested G,S'}
  ${'s'} | ${'centralized'} | ${'ovn-controller:G,tunnel:G-S'} | ${'S'}                         | ${'S'}
`(
  'IPv6 $kind of $port under "$failures": in $inbound, out $outbound',
  ({ port, kind, failures, inbound, outbound }) => {
    const end = { port, kind, isV6: true };
    expect([answer(flow('inbound', end), failures), answer(flow('outbound', end), failures)]).toEqual([
      inbound,
      outbound,
    ]);
  },
);

test.each`
  from   | fromKind         | to     | toKind           | isV6     | failures                   | wanted
  ${'n'} | ${'centralized'} | ${'g'} | ${'distributed'} | ${false} | ${'ovn-controller-exit:G'} | ${'lost path-asymmetric'}
  ${'g'} | ${'centralized'} | ${'s'} | ${'distributed'} | ${false} | ${'ovn-controller-exit:G'} | ${'lost path-asymmetric'}
  ${'n'} | ${'distributed'} | ${'g'} | ${'distributed'} | ${false} | ${'ovn-controller-exit:G'} | ${'G'}
  ${'n'} | ${'centralized'} | ${'o'} | ${'distributed'} | ${false} | ${'ovn-controller-exit:G'} | ${'contested G,S'}
  ${'n'} | ${'centralized'} | ${'o'} | ${'distributed'} | ${true}  | ${'ovn-controller:G'}      | ${'O'}
  ${'n'} | ${'centralized'} | ${'n'} | ${'centralized'} | ${true}  | ${'ovn-controller:G'}      | ${'G'}
  ${'n'} | ${'centralized'} | ${'o'} | ${'distributed'} | ${true}  | ${'ovn-controller:O'}      | ${'lost neighbour-unanswered'}
  ${'n'} | ${'distributed'} | ${'o'} | ${'distributed'} | ${true}  | ${'ovn-controller:N'}      | ${'lost neighbour-unanswered'}
`(
  'from $from ($fromKind) to $to ($toKind), IPv6 $isV6, under "$failures": $wanted',
  ({ from, fromKind, to, toKind, isV6, failures, wanted }) => {
    const source = flow('outbound', { port: from, kind: fromKind, isV6 });
    const target = flow('inbound', { port: to, kind: toKind, isV6 });
    expect(answer(hairpinFlow(source, target), failures)).toBe(wanted);
  },
);

test('before OVN 24.03 an IPv6 workload behind plain SNAT does not reach another router', () => {
  const source = flow('outbound', { port: 'n', kind: 'centralized', isV6: true });
  const snat: ExternalFlow = { ...source, kind: 'source-nat' };
  const target = { ...flow('inbound', { port: 'o', kind: 'distributed', isV6: true }), router: 'vpc2' };
  expect(answer(hairpinFlow(snat, target), '')).toBe('lost neighbour-unanswered');
  expect(answer(hairpinFlow(source, target), '')).toBe('O');
  expect(answer(hairpinFlow(source, target), 'ovn-controller:G')).toBe('O');
  const old = flow('outbound', { port: 'n', kind: 'centralized', isV6: false });
  const to = { ...flow('inbound', { port: 'o', kind: 'distributed', isV6: false }), router: 'vpc2' };
  expect(answer(hairpinFlow({ ...old, kind: 'source-nat' }, to), '')).toBe('O');
});
