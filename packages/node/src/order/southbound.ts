import { type Mac, parseMac } from '@berth/net';
import type { SbTables } from '@berth/ovn';
import { type Database, openDatabase, type Replica } from '@berth/ovsdb';
import type { Snapshot } from '@berth/ovsdb/value';
import type { Host } from '../host/host.ts';

/** What SB says of this node. */
export type Claims = {
  /** Logical ports that the node's chassis has. */
  readonly ports: ReadonlySet<string>;
  /** The VLAN of each localnet port, 0 for none. */
  readonly vlanByLocalnet: ReadonlyMap<string, number>;
  /** The gateway ports among them. */
  readonly gateways: GatewayPorts;
};

/** The MAC address of gateway ports, each by its name in SB, `cr-` and the router port. */
export type GatewayPorts = ReadonlyMap<string, Mac>;

export type SouthboundOptions = {
  readonly host: Host;
  /** Name of the node's chassis. */
  readonly systemId: string;
  /** `ovn-remote` of the node. */
  readonly remotes: readonly string[];
  readonly onChange: () => void;
  readonly onFault: (fault: unknown) => void;
};

type Chassis = { readonly Chassis: Pick<SbTables['Chassis'], '_uuid' | 'name'> };

type Bindings = {
  readonly Port_Binding: Pick<
    SbTables['Port_Binding'],
    '_uuid' | 'chassis' | 'logical_port' | 'mac' | 'tag' | 'type'
  >;
};

const retryMs = 1_000;

/**
 * The rows of SB that are about one node: what its chassis claims, and the localnet ports. Any member of a cluster will
 * do. While SB cannot be reached it keeps what it said last. Nothing is ever written.
 */
export class Southbound implements AsyncDisposable {
  readonly #options: SouthboundOptions;
  readonly #stop = new AbortController();
  #database: Database<SbTables> | undefined;
  #chassis: Replica<Chassis> | undefined;
  #bindings: Replica<Bindings> | undefined;
  /** The row of the chassis that the bindings are of. */
  #row = '';
  /** Why SB cannot be reached, as it was told last. */
  #told: string | undefined;
  #turn: Promise<void>;

  constructor(options: SouthboundOptions) {
    this.#options = options;
    this.#turn = this.#open();
  }

  /**
   * What SB says now, or said last. Undefined while it never said anything, and while the chassis has no row: its
   * ovn-controller has left, and what it left in the switch is not told by SB.
   */
  get claims(): Claims | undefined {
    const snapshot = this.#bindings?.snapshot();
    if (!snapshot || this.#row === '' || this.#chassisRow() !== this.#row) return undefined;
    return claimsOf(snapshot, this.#row);
  }

  /** SB says that there is no such chassis: its ovn-controller took its leave, or never came. False while SB never said anything. */
  get hasLeft(): boolean {
    return this.#chassis !== undefined && this.#chassisRow() === '';
  }

  get isConnected(): boolean {
    return this.#database?.status.kind === 'connected';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#turn;
    await this.#database?.close();
  }

  async #open(): Promise<void> {
    const { host, remotes, systemId, onFault } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted && !this.#chassis) {
      try {
        this.#database ??= await openDatabase<SbTables>({
          remotes: host.southbound?.remotes ?? remotes,
          database: 'OVN_Southbound',
          leaderOnly: false,
          ...(host.southbound?.dial && { dial: host.southbound.dial }),
          ...(host.southbound?.tls && { tls: host.southbound.tls }),
          signal,
        });
        this.#database.onStatus((status) => {
          this.#tell(status);
          this.#options.onChange();
        });
        this.#chassis = await this.#database.monitor({
          tables: { Chassis: { columns: ['name'], whereAny: [['name', '==', systemId]] } },
        });
      } catch (fault) {
        if (signal.aborted) return;
        onFault(fault);
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
    this.#chassis?.subscribe(() => this.#follow());
    this.#follow();
  }

  /** Tells why a connection was lost or is not to be had: once, however often it is tried. */
  #tell(status: Database['status']): void {
    if (status.kind === 'connected') this.#told = undefined;
    if (status.kind !== 'disconnected' || status.fault.code === this.#told) return;
    this.#told = status.fault.code;
    this.#options.onFault(status.fault);
  }

  /** Reads the bindings of the chassis as it is now: its row is another one when it left and came back. */
  #follow(): void {
    this.#turn = this.#turn.then(async () => {
      const row = this.#chassisRow();
      if (row === this.#row || this.#stop.signal.aborted || !this.#database) {
        this.#options.onChange();
        return;
      }
      try {
        const before = this.#bindings;
        if (row !== '') {
          const bindings = await this.#database.monitor({
            tables: {
              Port_Binding: {
                columns: ['chassis', 'logical_port', 'mac', 'tag', 'type'],
                whereAny: [
                  ['chassis', '==', row],
                  ['type', '==', 'localnet'],
                ],
              },
            },
          });
          bindings.subscribe(() => this.#options.onChange());
          this.#bindings = bindings;
          await before?.close();
        }
        this.#row = row;
      } catch (fault) {
        if (this.#stop.signal.aborted) return;
        this.#options.onFault(fault);
        setTimeout(() => this.#follow(), retryMs).unref();
      }
      this.#options.onChange();
    });
  }

  #chassisRow(): string {
    const [row] = this.#chassis?.snapshot().table('Chassis') ?? [];
    return row?._uuid ?? '';
  }
}

function claimsOf(snapshot: Snapshot<Bindings>, row: string): Claims {
  const ports = new Set<string>();
  const vlanByLocalnet = new Map<string, number>();
  const gateways = new Map<string, Mac>();
  for (const { logical_port: name, chassis, mac, type, tag } of snapshot.table('Port_Binding')) {
    if (type === 'localnet') vlanByLocalnet.set(name, tag ?? 0);
    else if (chassis === row) ports.add(name);
    const own = type === 'chassisredirect' && chassis === row ? gatewayMac(mac) : undefined;
    if (own !== undefined) gateways.set(name, own);
  }
  return { ports, vlanByLocalnet, gateways };
}

/** `mac` of a gateway port is the MAC address of its router port, then its networks. */
function gatewayMac(mac: ReadonlySet<string>): Mac | undefined {
  const [first = ''] = mac;
  return parseMac(first.split(' ')[0] ?? '');
}
