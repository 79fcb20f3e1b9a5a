import { expect, test } from 'vitest';
import { parseFailures } from '../fabric/failure.ts';
import { type DataPlaneParts, dataPlaneOf, floatingIpFlow } from '../testing/data-plane.ts';
import { analyse } from './analyse.ts';
import type { FlowState } from './verdict.ts';

/** Pod on N, gateways G then S, O has a workload too. */
const four: DataPlaneParts = {
  nodes: ['N', 'G', 'S', 'O'],
  gateways: ['G', 'S'],
  ports: { 'web.default': 'N', 'other.default': 'O' },
};

/** The pod on the active gateway, on the standby, on the third of three; two nodes and nobody else. */
const onActive: DataPlaneParts = { ...four, ports: { 'web.default': 'G', 'other.default': 'O' } };
const onStandby: DataPlaneParts = { ...four, ports: { 'web.default': 'S', 'other.default': 'O' } };
const two: DataPlaneParts = { nodes: ['G', 'S'], gateways: ['G', 'S'], ports: { 'web.default': 'S' } };
const onThird: DataPlaneParts = {
  ...{ nodes: ['N', 'G', 'S', 'T'], gateways: ['G', 'S', 'T'] },
  ports: { 'web.default': 'T', 'other.default': 'N' },
};
const keeper: DataPlaneParts = { ...four, gateways: ['G', 'keeper'] };

type Case = {
  readonly failures: string;
  readonly inbound: string;
  readonly outbound: string;
  readonly parts: DataPlaneParts;
};

type Line = readonly [failures: string, inbound: string, outbound: string, parts?: DataPlaneParts];

const distributed: readonly Line[] = [
  ['', 'N', 'N'],
  ['host:G', 'N', 'N'],
  ['host:G,host:S', 'N', 'N'],
  ['northd', 'N', 'N'],
  ['sb', 'N', 'N'],
  ['nb', 'N', 'N'],
  ['central', 'N', 'N'],
  ['ovn-controller:N', 'N', 'N'],
  ['ovn-controller-exit:N', 'N', 'N'],
  ['vswitchd:N', 'lost workload-down', 'lost workload-down'],
  ['host:N', 'lost workload-down', 'lost workload-down'],
  ['zombie:N', 'lost flows-missing', 'lost flows-missing'],
  ['tunnel:N', 'N', 'N'],
  ['control:N', 'N', 'N'],
  ['uplink:N', 'lost uplink-down', 'lost uplink-down'],
  ['uplink:N/physical', 'lost uplink-down', 'lost uplink-down'],
  ['uplink:G', 'N', 'N'],
  ['mapping:N', 'lost no-bridge-mapping', 'lost no-bridge-mapping'],
  ['ovn-controller:N;mapping:N', 'N', 'N'],
  ['upstream:physical', 'lost network-down', 'lost network-down'],
  ['pod:default/web', 'lost workload-down N', 'lost workload-down'],
  ['notready:N', 'N', 'N'],
];

const centralized: readonly Line[] = [
  ['', 'G', 'G'],
  ['host:G', 'S', 'S'],
  ['vswitchd:G', 'S', 'S'],
  ['host:G,host:S', 'lost no-gateway', 'lost no-gateway'],
  ['ovn-controller:G', 'G', 'G'],
  ['ovn-controller-exit:G', 'contested G,S', 'S'],
  ['zombie:G', 'lost flows-missing', 'lost flows-missing'],
  ['uplink:G', 'lost uplink-down', 'lost uplink-down'],
  ['uplink:N', 'G', 'G'],
  ['mapping:G', 'lost no-bridge-mapping', 'lost no-bridge-mapping'],
  ['mapping:N', 'G', 'G'],
  ['tunnel:G', 'S', 'S'],
  ['tunnel:G,control:G', 'untold', 'S'],
  ['control:G;tunnel:G', 'contested G,S', 'S'],
  ['control:S,tunnel:S', 'untold', 'untold', onStandby],
  ['tunnel:T', 'lost tunnel-down G', 'lost tunnel-down', onThird],
  ['control:T,tunnel:T', 'untold', 'untold', onThird],
  ['control:S;host:G', 'lost gateway-unclaimed', 'lost gateway-unclaimed'],
  ['control:S,host:G', 'untold', 'untold'],
  ['control:S,host:G;host:O', 'untold', 'untold'],
  ['sb,mapping:G', 'G', 'G'],
  ['control:G;mapping:G', 'G', 'G'],
  ['control:G,mapping:G', 'untold', 'untold'],
  ['sb,ovn-controller-exit:G', 'lost tunnel-down G', 'lost tunnel-down'],
  ['sb,ovn-controller-exit:G', 'G', 'G', onActive],
  ['ovn-controller-exit:G,ovn-controller-exit:S', 'lost tunnel-down G', 'lost tunnel-down'],
  ['ovn-controller-exit:G,ovn-controller-exit:S', 'untold', 'G', onActive],
  ['ovn-controller-exit:G;ovn-controller-exit:S', 'lost tunnel-down', 'lost tunnel-down'],
  ['ovn-controller:G;ovn-controller-exit:G', 'G', 'G'],
  ['zombie:G,ovn-controller-exit:G', 'lost flows-missing', 'lost flows-missing'],
  ['tunnel:G-S', 'contested G,S', 'G'],
  ['tunnel:N-G', 'lost tunnel-down G', 'lost tunnel-down'],
  ['tunnel:N', 'lost tunnel-down G', 'lost tunnel-down'],
  ['sb', 'G', 'G'],
  ['sb,host:G', 'lost gateway-unclaimed', 'lost gateway-unclaimed'],
  ['sb;host:G', 'lost gateway-unclaimed', 'lost gateway-unclaimed'],
  ['host:G;sb', 'S', 'S'],
  ['northd,host:G', 'S', 'S'],
  ['central', 'G', 'G'],
  ['host:N', 'lost workload-down G', 'lost workload-down'],
  ['vswitchd:N', 'lost workload-down G', 'lost workload-down'],
  ['pod:default/web', 'lost workload-down G', 'lost workload-down'],
  ['host:G', 'lost gateway-unclaimed', 'lost gateway-unclaimed', two],
  ['ovn-controller-exit:G', 'contested G,S', 'S', two],
  ['control:G,ovn-controller-exit:S', 'untold', 'untold', { ...two, ports: { 'web.default': 'G' } }],
  ['host:G,host:O', 'S', 'S'],
  ['ovn-controller:S;host:G', 'lost gateway-unclaimed', 'lost gateway-unclaimed'],
  ['ovn-controller:S,host:G', 'lost gateway-unclaimed', 'lost gateway-unclaimed'],
  ['host:G', 'S', 'S', onStandby],
  ['host:G,host:O', 'lost gateway-unclaimed', 'lost gateway-unclaimed', onStandby],
  ['tunnel:S', 'G', 'G', onActive],
  ['host:S', 'G', 'G', onActive],
  ['host:G', 'lost no-gateway', 'lost no-gateway', keeper],
  ['tunnel:G', 'lost tunnel-down G', 'lost tunnel-down', keeper],
];

test.each(distributed.map(caseOf))('distributed, $failures: in $inbound, out $outbound', (each) => {
  expect(answers(each, 'distributed')).toEqual([each.inbound, each.outbound]);
});

test.each(centralized.map(caseOf))('centralized, $failures: in $inbound, out $outbound', (each) => {
  expect(answers(each, 'centralized')).toEqual([each.inbound, each.outbound]);
});

function caseOf([failures, inbound, outbound, parts = four]: Line): Case {
  return { failures, inbound, outbound, parts };
}

function answers({ parts, failures }: Case, placement: 'distributed' | 'centralized'): readonly string[] {
  return (['inbound', 'outbound'] as const).map((direction) => answer(parts, placement, direction, failures));
}

function answer(
  parts: DataPlaneParts,
  placement: 'distributed' | 'centralized',
  direction: 'inbound' | 'outbound',
  text: string,
): string {
  const parsed = text === '' ? { kind: 'parsed', sets: [] } : parseFailures(text, parts.nodes);
  if (!('sets' in parsed)) throw new Error(`not a failure: ${text}`);
  const flows = [floatingIpFlow(direction, placement, 'web.default')];
  const { verdicts } = analyse({ fabric: dataPlaneOf(parts), flows, failures: parsed.sets });
  return verdicts.map(({ after }) => shown(after)).join();
}

function shown({ outcome, berth, reason, conflict }: FlowState): string {
  if (outcome === 'delivered') return berth ?? 'nobody';
  if (outcome === 'unknown') return conflict.length > 0 ? `contested ${conflict.join(',')}` : 'untold';
  return ['lost', reason, berth].filter((part) => part !== undefined).join(' ');
}
