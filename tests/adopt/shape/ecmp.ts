import { randomUUID } from 'node:crypto';
import type { Uuid } from '@berth/ovsdb/value';
import { externalNetwork, kubeOvn } from '../../support/kube-objects.ts';
import { vendor } from '../kube-ovn-nb.ts';
import { customOnly, eipObject, nodes, podWithIp, type Shape } from './shape.ts';

const hops = ['10.9.101.22', '10.9.101.23'].map((ip) => ({ ip, session: randomUUID() as Uuid }));
const timers = { min_tx: 100, min_rx: 100, detect_mult: 3 };

/** A subnet that leaves by next hops on two nodes. Kube-OVN writes its routes into the Vpc as well, and there is no default route. */
export const ecmp: Shape = {
  name: 'next hops that are watched',
  objects: [
    ...nodes,
    customOnly,
    ...externalNetwork('external', 'eth1', {
      ...{ protocol: 'IPv4', cidrBlock: '10.9.101.0/24', gateway: '10.9.101.1', excludeIps: ['10.9.101.1'] },
    }),
    kubeOvn('Vpc', 'vpc1', {
      enableExternal: true,
      enableBfd: true,
      staticRoutes: hops.map(({ ip, session }) => ({
        ...{ policy: 'policySrc', cidr: '192.168.0.0/24', nextHopIP: ip },
        ...{ ecmpMode: 'ecmp_symmetric_reply', bfdId: session, routeTable: '' },
      })),
    }),
    kubeOvn('Subnet', 'vpc1-subnet1', {
      ...{
        vpc: 'vpc1',
        protocol: 'IPv4',
        cidrBlock: '192.168.0.0/24',
        gateway: '192.168.0.1',
        enableEcmp: true,
      },
    }),
    ...podWithIp('app', 'node-1', 'vpc1-subnet1', '192.168.0.4', '6a:00:00:00:00:04'),
    eipObject('vpc1-external', 'external', '10.9.101.2', '6e:00:00:00:00:02', { type: 'lrp' }),
    eipObject('node-2', 'external', '10.9.101.22', '6e:00:00:00:00:22', { type: 'lsp' }),
    eipObject('node-3', 'external', '10.9.101.23', '6e:00:00:00:00:23', { type: 'lsp' }),
    eipObject('out', 'external', '10.9.101.11', '6e:00:00:00:00:11'),
    kubeOvn('OvnSnatRule', 'out', { ovnEip: 'out', vpcSubnet: 'vpc1-subnet1' }),
  ],
  write(nb) {
    nb.external('external', 'external');
    nb.switch('vpc1-subnet1');
    for (const { ip } of hops) {
      const last = ip.slice(-2);
      const row = { name: `node-${last.at(-1)}`, addresses: new Set([`6e:00:00:00:00:${last} ${ip}`]) };
      nb.port('external', { ...row, external_ids: new Map([...vendor, ['ls', 'external']]) });
    }
    nb.gatewayLink('vpc1', 'external', '6e:00:00:00:00:02', ['10.9.101.2/24'], ['node-2', 'node-3']);
    nb.link('vpc1', 'vpc1-subnet1', '6e:00:00:00:02:01', ['192.168.0.1/24']);
    nb.pod('vpc1-subnet1', 'app.default', '6a:00:00:00:00:04 192.168.0.4');
    nb.nat('vpc1', 'snat', '10.9.101.11', '192.168.0.0/24');
    const port = { logical_port: 'vpc1-external', external_ids: vendor };
    nb.add('BFD', { ...port, dst_ip: '10.9.101.1', ...timers });
    for (const { ip, session } of hops) {
      nb.add('BFD', { ...port, dst_ip: ip, ...timers }, session);
      nb.route('vpc1', '192.168.0.0/24', ip, {
        ...{ policy: 'src-ip', bfd: session, options: new Map([['ecmp_symmetric_reply', 'true']]) },
      });
    }
    // The route by source to the subnet's own gateway, which Kube-OVN's OVN needs.
    nb.route('vpc1', '192.168.0.0/24', '192.168.0.1', { policy: 'src-ip' });
  },
  repairs: [
    'adopt Logical_Router vpc1: options',
    'insert Logical_Router_Static_Route 10.9.101.1',
    'adopt Logical_Router_Static_Route 10.9.101.22: output_port',
    'adopt Logical_Router_Static_Route 10.9.101.23: output_port',
    'adopt Logical_Switch_Port external-vpc1: options',
    'adopt Logical_Switch_Port app.default: options',
    'insert Gateway_Chassis vpc1-external-berth-keeper',
  ],
  undone: ['0.0.0.0/0 via 10.9.101.1: destinations behind the route become unreachable'],
  keeps: { 'Vpc/vpc1': { gateways: { external: ['node-2', 'node-3'] } } },
};
