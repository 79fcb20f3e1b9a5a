import { randomUUID } from 'node:crypto';
import type { Operation, Uuid, Value } from '@berth/ovsdb/value';

/** Chassis of the nodes, by name. */
export type ChassisOf = (node: string) => string;

type Row = Readonly<Record<string, Value>>;
type Lists = Map<string, Set<Uuid>>;

export const vendor = new Map([['vendor', 'kube-ovn']]);

/** NB as Kube-OVN 1.16 writes it, with random UUIDs as ovsdb-server gives them. A row is made before the one that holds it. */
export class KubeOvnNb {
  readonly #operations: Operation[] = [];
  readonly #routers = new Map<string, Lists>();
  readonly #switches = new Map<string, { readonly row: Row; readonly ports: Set<Uuid> }>();
  readonly #chassisOf: ChassisOf;

  constructor(chassisOf: ChassisOf) {
    this.#chassisOf = chassisOf;
  }

  add(table: string, row: Row, uuid = randomUUID() as Uuid): Uuid {
    this.#operations.push({ op: 'insert', table, uuid, row });
    return uuid;
  }

  /** A row that a router holds. */
  onRouter(router: string, column: string, table: string, row: Row): void {
    const lists = this.#routers.get(router) ?? new Map<string, Set<Uuid>>();
    this.#routers.set(router, lists);
    lists.set(column, (lists.get(column) ?? new Set()).add(this.add(table, row)));
  }

  /** A switch; `row` holds what is not the same of every switch. */
  switch(name: string, row: Row = {}): void {
    this.#switches.set(name, { row: { name, external_ids: vendor, ...row }, ports: new Set() });
  }

  port(of: string, row: Row): Uuid {
    const port = this.add('Logical_Switch_Port', row);
    this.#switches.get(of)?.ports.add(port);
    return port;
  }

  /** The switch of an external subnet, with its way out. */
  external(name: string, network: string): void {
    this.switch(name);
    this.port(name, {
      name: `localnet.${name}`,
      type: 'localnet',
      addresses: new Set(['unknown']),
      options: new Map([['network_name', network]]),
      external_ids: new Map([...vendor, ['ls', name]]),
    });
  }

  /** A router's port on a switch, and the switch's on the router. */
  link(router: string, subnet: string, mac: string, networks: readonly string[], row: Row = {}): void {
    this.onRouter(router, 'ports', 'Logical_Router_Port', {
      name: `${router}-${subnet}`,
      mac,
      networks: new Set(networks),
      external_ids: new Map([...vendor, ['lr', router]]),
      ...row,
    });
    this.port(subnet, {
      name: `${subnet}-${router}`,
      type: 'router',
      addresses: new Set(['router']),
      options: new Map([['router-port', `${router}-${subnet}`]]),
      external_ids: vendor,
    });
  }

  /** A link with gateways, in the order in which nodes were listed. A chassis may be named that no node has. */
  gatewayLink(
    router: string,
    subnet: string,
    mac: string,
    networks: readonly string[],
    members: readonly string[],
  ): void {
    const lrp = `${router}-${subnet}`;
    const group = members.map((node, index) =>
      this.add('Gateway_Chassis', {
        name: `${lrp}-${this.#chassisOf(node)}`,
        chassis_name: this.#chassisOf(node),
        priority: 100 - index,
        external_ids: new Map([['lrp', lrp]]),
      }),
    );
    this.link(router, subnet, mac, networks, { gateway_chassis: new Set(group) });
  }

  /** A pod's port. `addresses` begins with the MAC. */
  pod(subnet: string, name: string, addresses: string): Uuid {
    return this.port(subnet, {
      name,
      addresses: new Set([addresses]),
      external_ids: new Map([...vendor, ['ls', subnet]]),
    });
  }

  nat(
    router: string,
    type: 'snat' | 'dnat_and_snat',
    external: string,
    logical: string,
    row: Row = {},
  ): void {
    this.onRouter(router, 'nat', 'NAT', { type, external_ip: external, logical_ip: logical, ...row });
  }

  /** A floating IP of a pod: at the pod, whatever its type says. */
  floating(router: string, external: string, logical: string, port: string, mac: string): void {
    this.nat(router, 'dnat_and_snat', external, logical, {
      logical_port: port,
      external_mac: mac,
      options: new Map([['stateless', 'false']]),
    });
  }

  route(router: string, prefix: string, nexthop: string, row: Row = {}): void {
    this.onRouter(router, 'static_routes', 'Logical_Router_Static_Route', {
      ...{ ip_prefix: prefix, nexthop, policy: 'dst-ip', external_ids: vendor },
      ...row,
    });
  }

  policy(
    router: string,
    priority: number,
    match: string,
    action: string,
    nexthops: readonly string[] = [],
  ): void {
    this.onRouter(router, 'policies', 'Logical_Router_Policy', {
      ...{ priority, match, action, nexthops: new Set(nexthops), external_ids: vendor },
    });
  }

  forward(router: string, name: string, protocol: string, vips: Readonly<Record<string, string>>): void {
    this.onRouter(router, 'load_balancer', 'Load_Balancer', {
      name,
      protocol,
      vips: new Map(Object.entries(vips)),
      ...(protocol === 'udp' && { options: new Map([['ct_flush', 'true']]) }),
      external_ids: vendor,
    });
  }

  /** Everything as operations. */
  operations(): readonly Operation[] {
    for (const { row, ports } of this.#switches.values()) this.add('Logical_Switch', { ...row, ports });
    for (const [name, lists] of this.#routers) {
      const options = new Map([
        ['mac_binding_age_threshold', '300'],
        ['dynamic_neigh_routers', 'true'],
      ]);
      this.add('Logical_Router', { name, options, external_ids: vendor, ...Object.fromEntries(lists) });
    }
    this.#routers.clear();
    this.#switches.clear();
    return this.#operations;
  }
}
