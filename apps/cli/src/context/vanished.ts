import type { Fabric } from '@berth/core';
import type { Observed } from './observed.ts';

/** The fabric with the dead that SB has forgotten, as a controller knows them: a gateway among them is dead, and not yet to come. */
export async function withVanished(
  { reports, silent, sb }: Pick<Observed, 'reports' | 'silent' | 'sb'>,
  fabric: Fabric,
): Promise<Fabric> {
  if (silent.length === 0) return fabric;
  const { vanishedOf } = await import('@berth/engine');
  const all = new Map([...reports, ...silent].map((report) => [report.node, report]));
  const dead = new Set(vanishedOf(all, new Set(), sb));
  if (dead.size === 0) return fabric;
  const last = silent.filter(({ chassis }) => chassis !== undefined && dead.has(chassis));
  const health = new Map([...(fabric.health ?? []), ...last.map((report) => [report.node, report] as const)]);
  return { ...fabric, health, deadChassis: dead };
}
