import type { DefaultRoute, Link } from '../host/link.ts';

/** A bridge of the node's switch and the interfaces on it. */
export type SwitchBridge = { readonly name: string; readonly interfaces: readonly string[] };

/** What a NIC is to be judged by. */
export type NicSurvey = {
  readonly links: readonly Link[];
  readonly defaultRoutes: readonly DefaultRoute[];
};

/** Whether a NIC may be taken into a bridge, and if not, why. */
export type NicVerdict =
  | { readonly kind: 'free'; readonly link: Link }
  | { readonly kind: 'missing' }
  /** The node would lose its default route, which leaves by `device`. */
  | { readonly kind: 'refused'; readonly device: string }
  /** `by` says what has it, as the end of a sentence. */
  | { readonly kind: 'in-use'; readonly by: string };

/**
 * Judges a NIC. Taken away from the node's kernel are only NICs that it does not use: no default route leaves by them,
 * directly or through a VLAN, bond or bridge on top; they are no port of another bridge; neither they nor a VLAN on
 * them has an address. `bridges` are those that would keep the NIC: all but the one it is for.
 */
export function judgeNic(
  nic: string,
  { links, defaultRoutes }: NicSurvey,
  bridges: readonly SwitchBridge[],
): NicVerdict {
  const link = links.find(({ name }) => name === nic);
  if (!link) return { kind: 'missing' };
  const route = defaultRoutes.find(({ device }) => below(device, links, bridges).has(nic));
  if (route) return { kind: 'refused', device: route.device };
  const by = userOf(link, links, bridges);
  return by === undefined ? { kind: 'free', link } : { kind: 'in-use', by };
}

function userOf(link: Link, links: readonly Link[], bridges: readonly SwitchBridge[]): string | undefined {
  if (link.isLoopback) return `${link.name} is the loopback interface`;
  const bridge = bridges.find(({ interfaces }) => interfaces.includes(link.name));
  if (bridge) return `${link.name} is a port of the bridge ${bridge.name}`;
  if (link.master !== undefined && link.master !== 'ovs-system') {
    return `${link.name} is a port of ${link.master}`;
  }
  for (const user of [link, ...links.filter(({ lower }) => lower === link.name)]) {
    const address = user.addresses.find(({ scope }) => scope === 'global');
    if (address) return `${user.name} has the address ${address.ip}/${address.prefixLength}`;
  }
  return undefined;
}

/** The device and everything its packets pass on their way out. */
function below(
  device: string,
  links: readonly Link[],
  bridges: readonly SwitchBridge[],
): ReadonlySet<string> {
  const found = new Set([device]);
  for (const name of found) for (const next of nextBelow(name, links, bridges)) found.add(next);
  return found;
}

/** VLAN → its NIC; bond or bridge → its ports; a port of the switch → the other ports of its bridge. */
function nextBelow(
  device: string,
  links: readonly Link[],
  bridges: readonly SwitchBridge[],
): readonly string[] {
  return [
    ...links.flatMap(({ name, lower, master }) => [
      ...(name === device && lower !== undefined ? [lower] : []),
      ...(master === device ? [name] : []),
    ]),
    ...bridges.flatMap(({ interfaces }) => (interfaces.includes(device) ? interfaces : [])),
  ];
}
