type Panel = {
  readonly title: string;
  readonly description: string;
  readonly expr: string;
  readonly legend: string;
  /** As Grafana names units. */
  readonly unit: 'short' | 's' | 'bytes' | 'reqps';
};

/** What the dashboard shows, in the order of the questions one asks: is it well, what is wrong, what does it do. */
export const panels: readonly Panel[] = [
  panel('Leaders', 'One, and only one.', 'sum(berth_leader)', 'leaders', 'short'),
  panel('Databases', 'Connected: 1 or 0.', 'berth_ovsdb_connected', '{{pod}} {{db}}', 'short'),
  panel('Objects not ready', 'By kind.', 'sum by (kind) (berth_objects{ready="false"})', '{{kind}}', 'short'),
  panel(
    'Findings',
    'What is known to be wrong.',
    'sum by (code, severity) (berth_findings)',
    '{{severity}} {{code}}',
    'short',
  ),
  panel(
    'Failed passes',
    'A second, by code.',
    'sum by (code) (rate(berth_reconcile_errors_total[5m]))',
    '{{code}}',
    'reqps',
  ),
  panel(
    'Time of a pass, p99',
    'From the listing to the last status.',
    'histogram_quantile(0.99, sum by (le) (rate(berth_reconcile_duration_seconds_bucket[5m])))',
    'p99',
    's',
  ),
  panel(
    'Rows written',
    'A second, by table.',
    'sum by (table, verb) (rate(berth_plan_changes_total[5m]))',
    '{{verb}} {{table}}',
    'reqps',
  ),
  panel(
    'Transactions',
    'Of the northbound database, a second.',
    'sum(rate(berth_transactions_total[5m]))',
    'transactions',
    'reqps',
  ),
  panel('Status writes', 'A second.', 'sum(rate(berth_status_writes_total[5m]))', 'writes', 'reqps'),
  panel(
    'Calls of the API server',
    'A second.',
    'sum by (verb, code) (rate(berth_api_request_duration_seconds_count[5m]))',
    '{{verb}} {{code}}',
    'reqps',
  ),
  panel('Objects', 'By kind.', 'sum by (kind) (berth_objects)', '{{kind}}', 'short'),
  panel('Memory', 'Resident, by pod.', 'process_resident_memory_bytes{job=~".*berth.*"}', '{{pod}}', 'bytes'),
];

function panel(title: string, description: string, expr: string, legend: string, unit: Panel['unit']): Panel {
  return { title, description, expr, legend, unit };
}

const width = 8;
const height = 7;
const columns = 3;

/** A dashboard of Grafana 10 or newer. */
export function dashboardText(): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's way to write a variable
  const datasource = { type: 'prometheus', uid: '${datasource}' };
  const dashboard = {
    uid: 'berth',
    title: 'Berth',
    tags: ['berth', 'ovn'],
    schemaVersion: 39,
    editable: true,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus' }] },
    panels: panels.map(({ title, description, expr, legend, unit }, index) => ({
      id: index + 1,
      type: 'timeseries',
      title,
      description,
      datasource,
      gridPos: { x: (index % columns) * width, y: Math.floor(index / columns) * height, w: width, h: height },
      fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
      targets: [{ refId: 'A', datasource, expr, legendFormat: legend }],
    })),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}
