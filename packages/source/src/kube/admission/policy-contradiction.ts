import { contradictory, type FindingCode } from '@berth/core';

const { values, field, message, cure } = contradictory;

/** A GatewayPolicy must not contradict itself, which it shows alone: an expression that holds for a sound one, and what to say else. */
export const soundPolicy = {
  expression: Object.entries(values)
    .map(([name, value]) => `object.spec.?${name}.orValue('') != '${value}'`)
    .join(' || '),
  message: `${'policy-contradictory' satisfies FindingCode}: ${field}: ${message}; ${cure}`,
  reason: 'Invalid',
} as const;
