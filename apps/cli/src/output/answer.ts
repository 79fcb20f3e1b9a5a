import type { Finding } from '@berth/core';

/** An answer as `-o json` gives it: `kind`, what is wrong, and the rest. Its text ends with a newline. */
export function answer<Kind extends string, Body extends object>(
  kind: Kind,
  findings: readonly Finding[],
  body: Body,
) {
  return { apiVersion: 'cli.berth.dev/v1', kind, findings, ...body } as const;
}

/** A value as JSON for people and programs. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
