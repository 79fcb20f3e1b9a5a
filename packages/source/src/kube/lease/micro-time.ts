/** The time now as Kubernetes' MicroTime: RFC 3339 with microseconds. */
export function microTime(): string {
  return new Date().toISOString().replace(/(\.\d{3})Z$/, '$1000Z');
}
