import type { FieldFault } from './cross-check.ts';

type Target = {
  readonly ipName?: unknown;
  readonly vpc?: unknown;
  readonly v4Ip?: unknown;
  readonly v6Ip?: unknown;
};

/** Whether a rule says whose address is meant: by the name of an IP or Vip, or by address and Vpc. */
export function checkTarget(spec: Target): readonly FieldFault[] {
  const { ipName, v4Ip, v6Ip, vpc } = spec ?? {};
  if (ipName !== undefined) return [];
  if (v4Ip === undefined && v6Ip === undefined) {
    return [
      {
        path: ['ipName'],
        missing: true,
        message: 'the rule has no target',
        cure: 'set ipName to the name of an IP (<pod>.<namespace>), or vpc together with v4Ip or v6Ip',
      },
    ];
  }
  return vpc === undefined ? [missingVpc] : [];
}

/** An address alone does not say whose it is: two Vpcs may have the same. */
export const missingVpc: FieldFault = {
  path: ['vpc'],
  missing: true,
  message: 'a target given by address needs the Vpc it is in',
  cure: 'set vpc to the name of a Vpc',
};
