import { externalNetwork, gatewayConfig, kubeOvn } from '../../support/kube-objects.ts';
import { vendor } from '../kube-ovn-nb.ts';
import { eipObject, nodes, podWithIp, type Shape } from './shape.ts';

const router = 'ovn-cluster';

/** The default VPC with an external port by the ConfigMap: its own default route and policies lead to the nodes. */
export const defaultVpc: Shape = {
  name: 'the default VPC by the ConfigMap',
  objects: [
    ...nodes,
    gatewayConfig({
      'enable-external-gw': 'true',
      type: 'centralized',
      'external-gw-nodes': 'node-2,node-3',
      'external-gw-nic': 'eth1',
      'external-gw-addr': '10.9.101.1/24',
    }),
    ...externalNetwork('external', 'eth1', {
      ...{ protocol: 'IPv4', cidrBlock: '10.9.101.0/24', gateway: '10.9.101.1', excludeIps: ['10.9.101.1'] },
    }),
    kubeOvn('Vpc', router, {}),
    kubeOvn('Subnet', 'join', {
      ...{ vpc: router, protocol: 'IPv4', cidrBlock: '100.64.0.0/16', gateway: '100.64.0.1' },
      ...{ provider: 'ovn', gatewayType: 'distributed' },
    }),
    kubeOvn('Subnet', 'ovn-default', {
      ...{ vpc: router, protocol: 'IPv4', cidrBlock: '10.16.0.0/16', gateway: '10.16.0.1' },
      ...{ default: true, provider: 'ovn', gatewayType: 'distributed', natOutgoing: true },
    }),
    ...['node-1', 'node-2', 'node-3'].map((node, index) =>
      kubeOvn('IP', `node-${node}`, {
        ...{
          podName: node,
          namespace: '',
          nodeName: node,
          subnet: 'join',
          macAddress: `6c:00:00:00:00:0${index}`,
        },
        ...{ ipAddress: `100.64.0.${index + 2}`, v4IpAddress: `100.64.0.${index + 2}`, v6IpAddress: '' },
      }),
    ),
    ...podWithIp('web', 'node-1', 'ovn-default', '10.16.0.5', '6a:00:00:00:00:05'),
    eipObject('ovn-cluster-external', 'external', '10.9.101.2', '6e:00:00:00:00:02', { type: 'lrp' }),
    eipObject('web', 'external', '10.9.101.9', '6e:00:00:00:00:09'),
    eipObject('outgoing', 'external', '10.9.101.11', '6e:00:00:00:00:11'),
    kubeOvn('OvnFip', 'web', { ovnEip: 'web', ipName: 'web.default' }),
    kubeOvn('OvnSnatRule', 'outgoing', { ovnEip: 'outgoing', vpcSubnet: 'ovn-default' }),
  ],
  write(nb) {
    nb.external('external', 'external');
    nb.switch('join');
    nb.switch('ovn-default', { other_config: new Map([['subnet', '10.16.0.0/16']]) });
    nb.gatewayLink(router, 'external', '6e:00:00:00:00:02', ['10.9.101.2/24'], ['node-3', 'node-2']);
    nb.link(router, 'join', '6e:00:00:00:01:01', ['100.64.0.1/16']);
    nb.link(router, 'ovn-default', '6e:00:00:00:01:02', ['10.16.0.1/16']);
    for (const [index, node] of ['node-1', 'node-2', 'node-3'].entries())
      nb.pod('join', `node-${node}`, `6c:00:00:00:00:0${index} 100.64.0.${index + 2}`);
    nb.pod('ovn-default', 'web.default', '6a:00:00:00:00:05 10.16.0.5');
    nb.floating(router, '10.9.101.9', '10.16.0.5', 'web.default', '6a:00:00:00:00:05');
    nb.nat(router, 'snat', '10.9.101.11', '10.16.0.0/16');
    nb.route(router, '0.0.0.0/0', '100.64.0.1');
    for (const source of ['10.16.0.5', '10.16.0.0/16'])
      nb.route(router, source, '10.9.101.1', { policy: 'src-ip' });
    nb.policy(router, 31000, 'ip4.dst == 10.16.0.0/16', 'allow');
    nb.policy(router, 30000, 'ip4.dst == 10.0.0.1', 'reroute', ['100.64.0.2']);
    nb.policy(router, 29000, 'ip4.src == $ovn.default.node.1_ip4', 'reroute', ['100.64.0.2']);
    nb.add('Load_Balancer', { name: 'cluster-tcp-loadbalancer', protocol: 'tcp', external_ids: vendor });
  },
  repairs: [
    'adopt Logical_Router ovn-cluster: options',
    'adopt Logical_Switch_Port external-ovn-cluster: options',
    'adopt Logical_Switch_Port node-node-1: options',
    'adopt Logical_Switch_Port node-node-2: options',
    'adopt Logical_Switch_Port node-node-3: options',
    'adopt Logical_Switch_Port web.default: options',
    'adopt NAT 10.9.101.9: options',
    'insert Gateway_Chassis ovn-cluster-external-berth-keeper',
  ],
  lifted: ['0.0.0.0/0 via 10.9.101.1: takes a share of the packets of a route of somebody else'],
  keeps: {
    'Vpc/ovn-cluster': { gateways: { external: ['node-3', 'node-2'] }, defaultRoute: 'found' },
    'OvnFip/web': { placement: 'distributed', mac: '6a:00:00:00:00:05', port: 'web.default' },
  },
};
