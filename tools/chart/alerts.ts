import { stringify } from 'yaml';

type Alert = {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly severity: 'critical' | 'warning';
  readonly summary: string;
  readonly description: string;
};

/** What an administrator is woken for, and what may wait. */
export const alerts: readonly Alert[] = [
  {
    alert: 'BerthWithoutLeader',
    expr: 'absent(berth_leader == 1)',
    for: '5m',
    severity: 'critical',
    summary: 'No controller of Berth leads',
    description:
      'What OVN has goes on working, but no change is programmed. Look at the pods’ logs and at the Lease.',
  },
  {
    alert: 'BerthSeveralLeaders',
    expr: 'sum(berth_leader) > 1',
    for: '2m',
    severity: 'critical',
    summary: 'More than one controller of Berth believes that it leads',
    description: 'The epoch in NB lets only one of them write. Clocks or the API server are in trouble.',
  },
  {
    alert: 'BerthDatabaseDisconnected',
    expr: 'min by (db) (berth_ovsdb_connected and on (instance) berth_leader == 1) == 0',
    for: '2m',
    severity: 'critical',
    summary: 'The leading controller has no connection to {{ $labels.db }}',
    description:
      'Nothing is programmed meanwhile. Look at ovsdb-server, and at certificates where they are used.',
  },
  {
    alert: 'BerthPassesFail',
    expr: 'sum by (code) (increase(berth_reconcile_errors_total[10m])) > 3',
    for: '10m',
    severity: 'warning',
    summary: 'Passes fail with {{ $labels.code }}',
    description: 'The controller tries again and again. Its log says what is in the way.',
  },
  {
    alert: 'BerthObjectsNotReady',
    expr: 'sum by (kind) (berth_objects{ready="false"}) > 0',
    for: '10m',
    severity: 'warning',
    summary: '{{ $value }} of kind {{ $labels.kind }} are not ready',
    description: 'kubectl berth status lists them, with the reason.',
  },
  {
    alert: 'BerthFindings',
    expr: 'sum by (code) (berth_findings{severity="error"}) > 0',
    for: '10m',
    severity: 'warning',
    summary: 'An error is found: {{ $labels.code }}',
    description: 'kubectl berth explain {{ $labels.code }} tells the cause and the cure.',
  },
  {
    alert: 'BerthWatchSilent',
    expr: 'time() - max by (kind) (berth_watch_last_event_timestamp_seconds) > 600',
    for: '5m',
    severity: 'warning',
    summary: 'Nothing is heard of kind {{ $labels.kind }}',
    description: 'Even without changes the API server sends a bookmark about once a minute.',
  },
  {
    alert: 'BerthLeaseSilent',
    expr: 'time() - (berth_lease_last_answer_timestamp_seconds > 0) > 60',
    for: '2m',
    severity: 'warning',
    summary: 'A controller of Berth does not hear from the API server about its Lease',
    description:
      'The API server hangs or cannot be reached, so this controller cannot take over, or has lost the lead. Its readyz says since when.',
  },
  {
    alert: 'BerthApiRefuses',
    expr: 'sum by (verb, resource) (increase(berth_api_request_duration_seconds_count{code=~"401|403"}[10m])) > 0',
    for: '10m',
    severity: 'warning',
    summary: 'The API server refuses {{ $labels.verb }} {{ $labels.resource }}',
    description: 'A right of the ClusterRole is missing, or the token is no longer good.',
  },
  {
    alert: 'BerthAdmissionCertificateEnds',
    expr: '0 < (berth_admission_certificate_expiry_timestamp_seconds > 0) - time() < 7 * 86400',
    for: '1h',
    severity: 'warning',
    summary: 'The certificate of the admission webhooks ends in less than a week',
    description: 'It is renewed with a month left: the log of the controller says what it waits for.',
  },
];

/** Groups of a PrometheusRule. */
export function alertsText(): string {
  const rules = alerts.map(({ alert, expr, for: time, severity, summary, description }) => ({
    alert,
    expr,
    for: time,
    labels: { severity },
    annotations: { summary, description },
  }));
  return stringify({ groups: [{ name: 'berth', rules }] }, { lineWidth: 0 });
}
