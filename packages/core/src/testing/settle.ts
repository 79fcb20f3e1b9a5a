import { type Resource, type ResourceSet, resourceSetOf } from '@berth/api';
import { emptyFabric, type Fabric } from '../fabric/fabric.ts';
import { mappedNetworks } from '../fabric/read.ts';
import { type IntentResult, intentOf } from '../intent/intent-of.ts';
import { withWrites } from '../intent/object/write.ts';
import type { Settings } from '../intent/settings.ts';

export const settings: Settings = { instance: 'default', defaultExternalSubnet: 'external0' };

/** Resources once everything is stored that has to be, and their intent. */
export type Settled = IntentResult & {
  readonly resources: ResourceSet;
  /** Rounds of storing that it took. */
  readonly rounds: number;
};

/** Stores what the intent asks for until it asks for nothing; a test fails if that takes more rounds than it should. */
export function settle(
  resources: readonly Resource[],
  fabric: Fabric = emptyFabric,
  extra: Partial<Settings> = {},
): Settled {
  let set = resourceSetOf(resources);
  for (let rounds = 0; rounds < 8; rounds++) {
    const result = intentOf(set, fabric, { ...settings, ...extra });
    if (result.writes.length === 0) return { ...result, resources: set, rounds };
    set = withWrites(set, result.writes);
  }
  throw new Error('the intent does not settle');
}

/** A fabric whose chassis are named after their nodes: `{ a: 'external0:br-external0' }`; and who claims which port. */
export function fabricWith(
  nodes: Readonly<Record<string, string>>,
  claims: Readonly<Record<string, string>> = {},
): Fabric {
  const chassis = Object.entries(nodes).map(([hostname, mappings]) => {
    const name = `chassis-${hostname}`;
    return [name, { name, hostname, mappings: mappedNetworks(mappings) }] as const;
  });
  const claimed = Object.entries(claims).map(([port, hostname]) => [port, `chassis-${hostname}`] as const);
  return { ...emptyFabric, chassis: new Map(chassis), claims: new Map(claimed) };
}
