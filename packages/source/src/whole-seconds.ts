/** A time as Kubernetes has it, by default that of now: RFC 3339 in whole seconds. */
export function wholeSeconds(ms = Date.now()): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
