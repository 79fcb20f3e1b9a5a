import { type Host, HostFault } from '../host/host.ts';

type FakeLink = {
  index: number;
  peerIndex?: number;
  mac: string;
  mtu: number;
  isUp: boolean;
  addresses: string[];
};
type FakeNamespace = { links: Map<string, FakeLink>; routes: Map<string, FakeRoute> };
/** By family and target. */
type FakeRoute = { gateway: string; dev: string; protocol: string };

/** What a {@link FakeHost} begins with. */
export type FakeNic = {
  readonly name: string;
  readonly addresses?: readonly string[];
  readonly isUp?: boolean;
};

/**
 * A node whose kernel is a few maps: the ip(8), ethtool(8) and sysctl(8) that this room uses, nothing else. It keeps
 * what was run, so that tests can count.
 */
export class FakeHost implements Host {
  readonly node: string;
  readonly ovsRemote: string;
  readonly ovsRundir = '/nonexistent';
  readonly ovnRundir = '/nonexistent';
  /** Programs run, each as one line; those in a namespace with its name and a colon before. */
  readonly ran: string[] = [];
  readonly #namespaces = new Map<string, FakeNamespace>();
  #nextIndex = 100;

  constructor(node: string, ovsRemote: string, nics: readonly FakeNic[], defaultDevice?: string) {
    this.node = node;
    this.ovsRemote = ovsRemote;
    const own = this.#add('');
    for (const { name, addresses = [], isUp = true } of nics) {
      own.links.set(name, { ...this.#link(1500, '02:00:00:00:00:01'), isUp, addresses: [...addresses] });
    }
    if (defaultDevice !== undefined) {
      own.routes.set('-4 default', { gateway: '192.0.2.1', dev: defaultDevice, protocol: '3' });
    }
  }

  addNetns(name: string): void {
    this.#add(name);
  }

  /** The namespace with everything in it, the other ends of its pairs included. */
  removeNetns(name: string): void {
    const gone = [...this.#namespace(name).links.values()].map(({ index }) => index);
    this.#namespaces.delete(name);
    for (const index of gone) this.#removePeers(index);
  }

  hasLink(name: string, netns = ''): boolean {
    return this.#namespaces.get(netns)?.links.has(name) ?? false;
  }

  /** Programs run since the last call that do more than look. */
  takeWrites(): string[] {
    return this.ran.splice(0).filter((line) => !line.includes('ip -j '));
  }

  async run(argv: readonly string[], { netns = '' }: { readonly netns?: string } = {}): Promise<string> {
    this.ran.push(`${netns === '' ? '' : `${netns}: `}${argv.join(' ')}`);
    const namespace = this.#namespaces.get(netns);
    if (!namespace)
      throw this.#fault(argv, `Cannot open network namespace "${netns}": No such file or directory`);
    if (argv[0] !== 'ip') return '';
    const [, ...words] = argv;
    const device = words[words.indexOf('dev') + 1] ?? '';
    switch (words.slice(0, 3).join(' ')) {
      case '-j address show':
        return JSON.stringify([...namespace.links].map(([name, link]) => show(name, link)));
      case '-j -4 route':
      case '-j -6 route':
        return showRoutes(namespace, `${words[1]} default`);
      case '-j -N -4':
      case '-j -N -6':
        return showRoutes(namespace, `${words[2]} `);
      case 'link add dev':
        this.#addPair(namespace, device, words, argv);
        return '';
    }
    const link = namespace.links.get(device);
    if (!link) throw this.#fault(argv, `Cannot find device "${device}"`);
    this.#change(namespace, link, device, words);
    return '';
  }

  #change(namespace: FakeNamespace, link: FakeLink, device: string, words: readonly string[]): void {
    const after = (word: string): string => words[words.indexOf(word) + 1] ?? '';
    const family = words[0] === '-6' ? '-6' : '-4';
    const isOfFamily = (text: string): boolean => text.includes(':') === (family === '-6');
    const action = words
      .filter((word) => !word.startsWith('-'))
      .slice(0, 2)
      .join(' ');
    if (action === 'link delete') {
      namespace.links.delete(device);
      this.#removePeers(link.index);
    } else if (action === 'link set') {
      if (words.includes('address')) link.mac = after('address');
      if (words.includes('mtu')) link.mtu = Number(after('mtu'));
      if (words.includes('up')) link.isUp = true;
    } else if (action === 'address add') {
      link.addresses.push(after('add'));
    } else if (action === 'address flush') {
      link.addresses = link.addresses.filter((address) => !isOfFamily(address));
      // The kernel takes IPv4 routes away with the last address; those of IPv6 stay.
      for (const [key, { dev }] of namespace.routes)
        if (family === '-4' && key.startsWith('-4') && dev === device) namespace.routes.delete(key);
    } else if (action.startsWith('route ')) {
      this.#changeRoute(namespace, family, words);
    }
  }

  #changeRoute({ routes }: FakeNamespace, family: string, words: readonly string[]): void {
    const after = (word: string): string => words[words.indexOf(word) + 1] ?? '';
    const [gateway, dev, protocol] = [
      after('via'),
      after('dev'),
      words.includes('proto') ? after('proto') : '3',
    ];
    if (words.includes('replace')) {
      routes.set(`${family} ${after('replace')}`, { gateway, dev, protocol });
      return;
    }
    const key = `${family} ${after('delete')}`;
    const present = routes.get(key);
    if (present?.gateway !== gateway || present.protocol !== protocol)
      throw this.#fault(words, 'No such process');
    routes.delete(key);
  }

  #addPair(namespace: FakeNamespace, name: string, words: readonly string[], argv: readonly string[]): void {
    const peer = words.slice(words.indexOf('peer'));
    const of = (list: readonly string[], word: string): string => list[list.indexOf(word) + 1] ?? '';
    const target = this.#namespaces.get(of(peer, 'netns'));
    if (!target) throw this.#fault(argv, `Invalid "netns" value`);
    const outer = this.#link(Number(of(words, 'mtu')), '02:00:00:00:00:02');
    const inner = this.#link(Number(of(peer, 'mtu')), of(peer, 'address'));
    namespace.links.set(name, { ...outer, peerIndex: inner.index });
    target.links.set(of(peer, 'name'), { ...inner, peerIndex: outer.index });
  }

  #removePeers(index: number): void {
    for (const { links } of this.#namespaces.values()) {
      for (const [name, link] of links) if (link.peerIndex === index) links.delete(name);
    }
  }

  #add(name: string): FakeNamespace {
    const namespace: FakeNamespace = { links: new Map(), routes: new Map() };
    this.#namespaces.set(name, namespace);
    return namespace;
  }

  #namespace(name: string): FakeNamespace {
    return this.#namespaces.get(name) ?? this.#add(name);
  }

  #link(mtu: number, mac: string): FakeLink {
    this.#nextIndex += 1;
    return { index: this.#nextIndex, mac, mtu, isUp: false, addresses: [] };
  }

  #fault(argv: readonly string[], text: string): HostFault {
    return new HostFault(this.node, argv, 1, text);
  }
}

function show(name: string, { index, peerIndex, mac, mtu, isUp, addresses }: FakeLink): object {
  return {
    ifname: name,
    ifindex: index,
    ...(peerIndex !== undefined && { link_index: peerIndex }),
    address: mac,
    mtu,
    flags: isUp ? ['BROADCAST', 'UP'] : ['BROADCAST'],
    addr_info: addresses.map((address) => {
      const [local = '', length] = address.split('/');
      return {
        family: local.includes(':') ? 'inet6' : 'inet',
        local,
        prefixlen: Number(length),
        scope: 'global',
      };
    }),
  };
}

function showRoutes({ routes }: FakeNamespace, prefix: string): string {
  const shown = [...routes].filter(([key]) => key.startsWith(prefix));
  return JSON.stringify(
    shown.map(([key, { gateway, dev, protocol }]) => ({
      ...{ dst: key.split(' ')[1], gateway, dev, flags: [] },
      ...(protocol !== '3' && { protocol }),
    })),
  );
}
