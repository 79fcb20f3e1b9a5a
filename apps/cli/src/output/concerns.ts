import { formatRef } from '@berth/api';
import type { Finding } from '@berth/core';

/** Kinds of which many share a network: what is wrong with one is no trouble of the next. */
const sharing: ReadonlySet<string> = new Set([
  'IP',
  'OvnDnatRule',
  'OvnEip',
  'OvnFip',
  'OvnSnatRule',
  'Pod',
  'Vip',
]);

/** What they share. */
const shared: ReadonlySet<string> = new Set(['Subnet', 'Vpc', 'Vlan', 'ProviderNetwork']);

/**
 * Whether a finding has to do with some objects: it is about one of them, or one of them takes part in it. An address or a rule that merely
 * is on the same network has nothing to do with them.
 */
export function concerns(
  { object, related }: Pick<Finding, 'object' | 'related'>,
  isMeant: (ref: NonNullable<Finding['object']>) => boolean,
): boolean {
  if (object && isMeant(object)) return true;
  const isOfOne = object !== undefined && sharing.has(object.kind);
  return related.some((each) => isMeant(each) && !(isOfOne && shared.has(each.kind)));
}

/** The worst that is wrong with an object itself, else with what it needs; findings come worst first. */
export function blamed(
  object: NonNullable<Finding['object']>,
  findings: readonly Finding[],
): Finding | undefined {
  const name = formatRef(object);
  const errors = findings.filter(({ severity }) => severity === 'error');
  return errors.find((each) => each.object && formatRef(each.object) === name) ?? errors[0];
}
