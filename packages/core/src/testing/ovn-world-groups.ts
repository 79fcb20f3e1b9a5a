import type { OvnWorld, WorldRouter } from './ovn-world-model.ts';
import { groupName } from './ovn-world-names.ts';

export type WorldGroup = {
  readonly name: string;
  readonly members: readonly (readonly [chassis: string, priority: number])[];
  readonly witnesses: ReadonlySet<string>;
  /** Who is active with everything alive. */
  readonly winner: string | undefined;
};

/** Groups by name, as northd writes them and ovn-controllers elect in them while all are alive. */
export function worldGroups(world: OvnWorld): ReadonlyMap<string, WorldGroup> {
  const present = new Set(world.nodes.filter((node) => node.present !== false).map(({ name }) => name));
  const groups = new Map<string, Omit<WorldGroup, 'winner'>>();
  for (const routers of routerGroups(world)) {
    const bound = new Set(
      routers.flatMap((router) =>
        (router.subnets ?? []).flatMap((subnet) =>
          (subnet.pods ?? []).flatMap(({ node }) => (node !== undefined && present.has(node) ? [node] : [])),
        ),
      ),
    );
    for (const router of routers) {
      for (const port of router.gatewayPorts ?? []) {
        const name = groupName(router, port);
        const before = groups.get(name)?.witnesses ?? [];
        const witnesses = new Set(port.members.length > 1 ? [...before, ...bound] : []);
        groups.set(name, { name, members: port.members, witnesses });
      }
    }
  }
  const watched = [...groups.values()].filter(({ members }) => members.length > 1);
  const paired = (one: string, other: string): boolean =>
    one !== other &&
    watched.some(({ members, witnesses }) => {
      const isMember = (chassis: string): boolean => members.some(([name]) => name === chassis);
      const takesPart = (chassis: string): boolean => isMember(chassis) || witnesses.has(chassis);
      return (isMember(one) && takesPart(other)) || (isMember(other) && takesPart(one));
    });
  return new Map(
    [...groups].map(([name, group]) => [name, { ...group, winner: winnerOf(group, present, paired) }]),
  );
}

/** ovn.ha-chassis: the first of those that count themselves in, with every tunnel up. */
function winnerOf(
  { members, witnesses }: Omit<WorldGroup, 'winner'>,
  present: ReadonlySet<string>,
  paired: (one: string, other: string) => boolean,
): string | undefined {
  const alive = members.filter(([chassis]) => present.has(chassis));
  const ranked = [...alive].sort(([left, high], [right, low]) => low - high || (left < right ? 1 : -1));
  const first = ranked[0]?.[0];
  if (first === undefined || members.length === 1 || alive.length > 1) return first;
  const peers = [...present].filter((other) => paired(first, other));
  return peers.length === 0 || peers.some((peer) => witnesses.has(peer)) || alive.length === 1
    ? first
    : undefined;
}

/** Routers that share an external switch, directly or through others. */
function routerGroups(world: OvnWorld): readonly (readonly WorldRouter[])[] {
  const groups: { readonly externals: Set<string>; readonly routers: WorldRouter[] }[] = [];
  for (const router of world.routers) {
    const externals = new Set((router.gatewayPorts ?? []).map(({ external }) => external));
    const touching = groups.filter((group) =>
      [...externals].some((external) => group.externals.has(external)),
    );
    const merged = {
      externals: new Set([...externals, ...touching.flatMap((group) => [...group.externals])]),
      routers: [...touching.flatMap((group) => group.routers), router],
    };
    groups.splice(0, groups.length, ...groups.filter((group) => !touching.includes(group)), merged);
  }
  return groups.map(({ routers }) => routers);
}
