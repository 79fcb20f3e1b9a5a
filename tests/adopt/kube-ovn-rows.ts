import { randomUUID } from 'node:crypto';
import type { Operation, Uuid, Value } from '@berth/ovsdb/value';

/** Chassis of the nodes of `cluster/`, by name. */
export type ChassisOf = (node: string) => string;

const vendor = new Map([['vendor', 'kube-ovn']]);

/** Rows being made; a row is named before the one that holds it. */
class Rows {
  readonly operations: Operation[] = [];

  add(table: string, row: Readonly<Record<string, Value>>): Uuid {
    const uuid = randomUUID() as Uuid;
    this.operations.push({ op: 'insert', table, uuid, row });
    return uuid;
  }
}

/**
 * NB as Kube-OVN 1.16 writes it for the objects in `cluster/`, with random UUIDs as ovsdb-server gives them: floating IPs of pods are
 * distributed with the pods' MACs whatever their type, router ports have random MACs, external ports announce nothing, and gateways
 * come in the order in which nodes were listed. Beside them rows that are of none of these objects.
 */
export function kubeOvnRows(chassisOf: ChassisOf): readonly Operation[] {
  const rows = new Rows();
  vpc(rows, chassisOf);
  const external = [
    rows.add('Logical_Switch_Port', {
      name: 'localnet.external',
      type: 'localnet',
      addresses: new Set(['unknown']),
      options: new Map([['network_name', 'external']]),
      external_ids: new Map([...vendor, ['ls', 'external'], ['ipv4_network', '10.9.101.0/24']]),
    }),
    routerSide(rows, 'external', 'vpc1'),
  ];
  rows.add('Logical_Switch', { name: 'external', ports: new Set(external), external_ids: vendor });
  const inside = [
    podPort(rows, 'web', '6a:00:00:00:00:04 192.168.0.4'),
    podPort(rows, 'api', '6a:00:00:00:00:05 192.168.0.5'),
    podPort(rows, 'db', '6a:00:00:00:00:06 192.168.0.6'),
    routerSide(rows, 'vpc1-subnet1', 'vpc1'),
  ];
  rows.add('Logical_Switch', {
    name: 'vpc1-subnet1',
    ports: new Set(inside),
    other_config: new Map([
      ['exclude_ips', '192.168.0.1'],
      ['subnet', '192.168.0.0/24'],
    ]),
    external_ids: vendor,
  });
  strangers(rows);
  return rows.operations;
}

function vpc(rows: Rows, chassisOf: ChassisOf): void {
  const lrp = 'vpc1-external';
  const group = ['node-3', 'node-2'].map((node, index) =>
    rows.add('Gateway_Chassis', {
      name: `${lrp}-${chassisOf(node)}`,
      chassis_name: chassisOf(node),
      priority: 100 - index,
      external_ids: new Map([['lrp', lrp]]),
    }),
  );
  const ports = [
    rows.add('Logical_Router_Port', {
      name: lrp,
      mac: '6e:00:00:00:00:02',
      networks: new Set(['10.9.101.2/24']),
      gateway_chassis: new Set(group),
      external_ids: new Map([...vendor, ['lr', 'vpc1']]),
    }),
    rows.add('Logical_Router_Port', {
      name: 'vpc1-vpc1-subnet1',
      mac: '6e:12:34:56:78:9a',
      networks: new Set(['192.168.0.1/24']),
      external_ids: new Map([...vendor, ['lr', 'vpc1']]),
    }),
  ];
  rows.add('Logical_Router', {
    name: 'vpc1',
    ports: new Set(ports),
    nat: new Set(nats(rows)),
    load_balancer: new Set([
      rows.add('Load_Balancer', {
        name: 'db',
        protocol: 'tcp',
        vips: new Map([['10.9.101.12:2222', '192.168.0.6:22']]),
        external_ids: vendor,
      }),
    ]),
    static_routes: new Set([
      rows.add('Logical_Router_Static_Route', {
        ip_prefix: '0.0.0.0/0',
        nexthop: '10.9.101.1',
        policy: 'dst-ip',
        external_ids: vendor,
      }),
    ]),
    options: new Map([
      ['mac_binding_age_threshold', '300'],
      ['dynamic_neigh_routers', 'true'],
    ]),
    external_ids: vendor,
  });
}

function nats(rows: Rows): readonly Uuid[] {
  const floating = (external: string, logical: string, row: Readonly<Record<string, Value>>): Uuid =>
    rows.add('NAT', { type: 'dnat_and_snat', external_ip: external, logical_ip: logical, ...row });
  const centralized = new Map([['stateless', 'false']]);
  return [
    floating('10.9.101.9', '192.168.0.4', {
      logical_port: 'web.default',
      external_mac: '6a:00:00:00:00:04',
      options: new Map([['stateless', 'true']]),
    }),
    floating('10.9.101.10', '192.168.0.5', {
      logical_port: 'api.default',
      external_mac: '6a:00:00:00:00:05',
      options: centralized,
    }),
    floating('10.9.101.13', '192.168.0.50', { logical_port: 'shared', options: centralized }),
    rows.add('NAT', { type: 'snat', external_ip: '10.9.101.11', logical_ip: '192.168.0.0/24' }),
    // Made by hand on a router of Kube-OVN.
    floating('10.9.101.99', '192.168.0.99', {}),
  ];
}

function routerSide(rows: Rows, subnet: string, router: string): Uuid {
  return rows.add('Logical_Switch_Port', {
    name: `${subnet}-${router}`,
    type: 'router',
    addresses: new Set(['router']),
    options: new Map([['router-port', `${router}-${subnet}`]]),
    external_ids: vendor,
  });
}

function podPort(rows: Rows, pod: string, address: string): Uuid {
  return rows.add('Logical_Switch_Port', {
    name: `${pod}.default`,
    addresses: new Set([address]),
    external_ids: new Map([...vendor, ['ls', 'vpc1-subnet1'], ['pod', `default/${pod}`]]),
  });
}

/** What Kube-OVN has beside, and what somebody else may have: rows of none of the objects. */
function strangers(rows: Rows): void {
  const port = rows.add('Logical_Switch_Port', {
    name: 'node-node-1',
    addresses: new Set(['6c:00:00:00:00:01 100.64.0.2']),
    external_ids: vendor,
  });
  rows.add('Logical_Switch', { name: 'join', ports: new Set([port]), external_ids: vendor });
  rows.add('Logical_Router', { name: 'by-hand' });
  rows.add('Load_Balancer', { name: 'cluster-tcp-loadbalancer', protocol: 'tcp' });
}
