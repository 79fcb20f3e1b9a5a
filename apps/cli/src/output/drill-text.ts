import type { DrillAnswer, DrilledFlowAnswer } from '../schema/drill.ts';
import { plural } from './findings.ts';
import type { Style } from './style.ts';
import { none, table } from './table.ts';

/** Flows with what was predicted beside what was observed. */
export function drillTable(flows: readonly DrilledFlowAnswer[], style: Style): string {
  const hasTraces = flows.some(({ trace }) => trace !== null);
  const rows = flows.map((flow) => [
    flow.target,
    flow.source === null || flow.source === flow.target
      ? flow.direction
      : `${flow.direction} from ${flow.source}`,
    flow.externalIp ?? none,
    flow.placement,
    predictedText(flow),
    stateText(flow.observed),
    ...(hasTraces ? [traceText(flow.trace, style)] : []),
    flow.observed.outageMs === null ? none : `${(flow.observed.outageMs / 1000).toFixed(1)}s`,
    flow.slow
      ? `${agreesText(flow.agrees, style)}, ${style.doubtful('slow')}`
      : agreesText(flow.agrees, style),
  ]);
  const columns = [
    'target',
    'direction',
    'address',
    'placement',
    'predicted',
    'observed',
    ...(hasTraces ? ['trace'] : []),
    'outage',
    'agrees',
  ];
  return table(columns, rows);
}

/** What switches say, and whom to doubt where packets say something else. */
function traceText(trace: DrilledFlowAnswer['trace'], style: Style): string {
  if (trace === null) return none;
  const state = stateText(trace);
  return trace.packets === 'disagree' ? style.bad(`${state}, doubt ${doubts[trace.doubt]}`) : state;
}

const doubts = {
  none: 'nothing',
  prediction: 'the prediction',
  packets: 'the packets',
  trace: 'the trace',
  unclear: 'both',
} as const;

function predictedText({ predicted, conflict }: DrilledFlowAnswer): string {
  return conflict.length > 0 ? `unknown (${conflict.join(' or ')})` : stateText(predicted);
}

function stateText({ outcome, berth }: { readonly outcome: string; readonly berth: string | null }): string {
  return outcome === 'delivered' ? (berth ?? outcome) : outcome;
}

function agreesText(agrees: DrilledFlowAnswer['agrees'], style: Style): string {
  if (agrees === 'agree') return style.good('yes');
  return agrees === 'disagree' ? style.bad('NO') : style.doubtful(agrees);
}

/** The totals on one line. */
export function drillTotals(summary: DrillAnswer['summary']): string {
  const { cases, agree, disagree, unknown, conflict, doubted, slow } = summary;
  const late = slow > 0 ? ` (${slow} slow)` : '';
  const claims = `${agree} agree, ${disagree} disagree, ${unknown} unknown, ${conflict} conflict${late}`;
  const doubts = doubted > 0 ? `; packets and traces contradict one another in ${doubted}` : '';
  return `${plural(cases, 'flow')} tried: ${claims}${doubts}`;
}
