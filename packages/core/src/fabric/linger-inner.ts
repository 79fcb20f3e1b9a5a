import { type Cidr, hostCidr, parseInterfaceAddress, parseIp } from '@berth/net';

/** Packets that were translated to an external address on their way out. */
export type Inner = {
  readonly router: string;
  /** Whose packets: one address, or a network of source NAT. */
  readonly network: Cidr;
  /** Of a floating IP, which goes before every source NAT. */
  readonly isFloating: boolean;
};

/** What a NAT row translates on the way out; nothing for one that translates requests only, or what it names is no address. */
export function innerOf(
  router: string,
  { type, logical_ip: text }: { readonly type: string; readonly logical_ip: string },
): readonly Inner[] {
  const network = type === 'dnat' ? undefined : networkOf(text);
  return network === undefined ? [] : [{ router, network, isFloating: type !== 'snat' }];
}

/** The network of an address or a network, with host bits or without. */
export function networkOf(text: string): Cidr | undefined {
  const ip = parseIp(text);
  return ip === undefined ? parseInterfaceAddress(text)?.cidr : hostCidr(ip);
}

/** What two rows, or two marks, of one address translate together; unknown where it is of either. */
export function joinedInner(
  left: readonly Inner[] | undefined,
  right: readonly Inner[] | undefined,
): readonly Inner[] | undefined {
  if (left === undefined || right === undefined) return undefined;
  return [...new Map([...left, ...right].map((each) => [innerKey(each), each])).values()];
}

/** Tells apart what is translated. */
export function innerKey({ router, network, isFloating }: Inner): string {
  return `${router} ${network} ${isFloating}`;
}

/**
 * As a list of marks has it: the router, then each network, without its prefix for a floating IP. A dash is for nothing, and no text for what is not
 * known, or is of several routers.
 */
export function innerText(all: readonly Inner[] | undefined): string {
  const [first] = all ?? [];
  if (all === undefined) return '';
  if (first === undefined) return '-';
  if (all.some(({ router }) => router !== first.router)) return '';
  const networks = all.map(({ network, isFloating }) =>
    isFloating ? network.replace(/\/.*$/, '') : network,
  );
  return [encodeURIComponent(first.router), ...networks].join(' ');
}

/** The inverse of {@link innerText}; undefined for what is not known or cannot be read. */
export function readInner(text: string): readonly Inner[] | undefined {
  if (text === '-') return [];
  const [name = '', ...networks] = text.split(' ');
  const router = decoded(name);
  const all = networks.flatMap((each): readonly Inner[] => {
    const network = networkOf(each);
    return network === undefined ? [] : [{ router, network, isFloating: !each.includes('/') }];
  });
  return router === '' || all.length === 0 || all.length < networks.length ? undefined : all;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
