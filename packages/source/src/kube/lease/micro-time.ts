/** The time now as Kubernetes' MicroTime: RFC 3339 with microseconds. */
export function microTime(): string {
  return new Date().toISOString().replace(/(\.\d{3})Z$/, '$1000Z');
}

/** The time now as the rest of Kubernetes has it: RFC 3339 in whole seconds. */
export function wholeSeconds(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}
