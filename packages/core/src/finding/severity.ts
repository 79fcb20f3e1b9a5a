/** How much a finding matters: an error keeps something from working, a warning may, an info is worth knowing. */
export type Severity = 'error' | 'warning' | 'info';
