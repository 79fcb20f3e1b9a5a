import { externalNetwork, kubeOvn } from '../../support/kube-objects.ts';
import { customOnly, eipObject, nodes, podWithIp, type Shape } from './shape.ts';

/** A VPC on two external networks, one of both address families; its NAT rows name no gateway port. */
export const twoNetworks: Shape = {
  name: 'two external networks, one of them dual-stack',
  objects: [
    ...nodes,
    customOnly,
    ...externalNetwork('external', 'eth1', {
      ...{ protocol: 'Dual', cidrBlock: '10.9.101.0/24,fd00:101::/64', gateway: '10.9.101.1,fd00:101::1' },
      excludeIps: ['10.9.101.1', 'fd00:101::1'],
    }),
    ...externalNetwork('extra', 'eth2', {
      ...{ protocol: 'IPv4', cidrBlock: '10.9.102.0/24', gateway: '10.9.102.1', excludeIps: ['10.9.102.1'] },
    }),
    kubeOvn('Vpc', 'vpc1', {
      enableExternal: true,
      extraExternalSubnets: ['external', 'extra'],
      staticRoutes: [
        { policy: 'policyDst', cidr: '0.0.0.0/0', nextHopIP: '10.9.101.1' },
        { policy: 'policyDst', cidr: '::/0', nextHopIP: 'fd00:101::1' },
        { policy: 'policySrc', cidr: '192.168.0.5', nextHopIP: '10.9.102.1' },
      ],
    }),
    kubeOvn('Subnet', 'vpc1-subnet1', {
      ...{ vpc: 'vpc1', protocol: 'Dual', cidrBlock: '192.168.0.0/24,fd00:10::/64' },
      gateway: '192.168.0.1,fd00:10::1',
    }),
    ...podWithIp('web', 'node-1', 'vpc1-subnet1', '192.168.0.4,fd00:10::4', '6a:00:00:00:00:04'),
    ...podWithIp('db', 'node-2', 'vpc1-subnet1', '192.168.0.5,fd00:10::5', '6a:00:00:00:00:05'),
    ...podWithIp('app', 'node-3', 'vpc1-subnet1', '192.168.0.6,fd00:10::6', '6a:00:00:00:00:06'),
    eipObject('vpc1-external', 'external', '10.9.101.2', '6e:00:00:00:00:02', {
      ...{ type: 'lrp', v6Ip: 'fd00:101::2' },
    }),
    eipObject('vpc1-extra', 'extra', '10.9.102.2', '6e:00:00:00:01:02', { type: 'lrp' }),
    eipObject('web', 'external', '10.9.101.9', '6e:00:00:00:00:09', { v6Ip: 'fd00:101::9' }),
    eipObject('db', 'extra', '10.9.102.9', '6e:00:00:00:01:09'),
    eipObject('out', 'external', '10.9.101.11', '6e:00:00:00:00:11', { v6Ip: 'fd00:101::11' }),
    eipObject('out-extra', 'extra', '10.9.102.11', '6e:00:00:00:01:11'),
    kubeOvn('OvnFip', 'web', { ovnEip: 'web', ipName: 'web.default' }),
    kubeOvn('OvnFip', 'db', { ovnEip: 'db', ipName: 'db.default', type: 'distributed' }),
    kubeOvn('OvnSnatRule', 'out', { ovnEip: 'out', vpcSubnet: 'vpc1-subnet1' }),
    kubeOvn('OvnSnatRule', 'out-extra', { ovnEip: 'out-extra', vpc: 'vpc1', v4IpCidr: '192.168.0.0/24' }),
  ],
  write(nb) {
    nb.external('external', 'external');
    nb.external('extra', 'extra');
    nb.switch('vpc1-subnet1');
    const external = ['10.9.101.2/24', 'fd00:101::2/64'];
    nb.gatewayLink('vpc1', 'external', '6e:00:00:00:00:02', external, ['node-3', 'node-2']);
    nb.gatewayLink('vpc1', 'extra', '6e:00:00:00:01:02', ['10.9.102.2/24'], ['node-2', 'node-3']);
    nb.link('vpc1', 'vpc1-subnet1', '6e:00:00:00:02:01', ['192.168.0.1/24', 'fd00:10::1/64']);
    nb.pod('vpc1-subnet1', 'web.default', '6a:00:00:00:00:04 192.168.0.4 fd00:10::4');
    nb.pod('vpc1-subnet1', 'db.default', '6a:00:00:00:00:05 192.168.0.5 fd00:10::5');
    nb.pod('vpc1-subnet1', 'app.default', '6a:00:00:00:00:06 192.168.0.6 fd00:10::6');
    nb.floating('vpc1', '10.9.101.9', '192.168.0.4', 'web.default', '6a:00:00:00:00:04');
    nb.floating('vpc1', 'fd00:101::9', 'fd00:10::4', 'web.default', '6a:00:00:00:00:04');
    nb.floating('vpc1', '10.9.102.9', '192.168.0.5', 'db.default', '6a:00:00:00:00:05');
    nb.nat('vpc1', 'snat', '10.9.101.11', '192.168.0.0/24');
    nb.nat('vpc1', 'snat', 'fd00:101::11', 'fd00:10::/64');
    nb.nat('vpc1', 'snat', '10.9.102.11', '192.168.0.0/24');
    nb.route('vpc1', '0.0.0.0/0', '10.9.101.1');
    nb.route('vpc1', '::/0', 'fd00:101::1');
    nb.route('vpc1', '192.168.0.5', '10.9.102.1', { policy: 'src-ip' });
  },
  repairs: [
    'adopt Logical_Router vpc1: options',
    'adopt Logical_Router_Static_Route 10.9.101.1: output_port',
    'adopt Logical_Router_Static_Route fd00:101::1: output_port',
    'adopt Logical_Router_Static_Route 10.9.102.1: output_port',
    'adopt Logical_Switch_Port external-vpc1: options',
    'adopt Logical_Switch_Port extra-vpc1: options',
    'adopt Logical_Switch_Port app.default: options',
    'adopt Logical_Switch_Port db.default: options',
    'adopt Logical_Switch_Port web.default: options',
    'adopt NAT 10.9.101.9: gateway_port options',
    'adopt NAT 10.9.102.9: gateway_port options',
    'adopt NAT fd00:101::9: gateway_port options',
    'adopt NAT 192.168.0.0/24: gateway_port',
    'adopt NAT 192.168.0.0/24: gateway_port',
    'adopt NAT fd00:10::/64: gateway_port',
    'insert Gateway_Chassis vpc1-external-berth-keeper',
    'insert Gateway_Chassis vpc1-extra-berth-keeper',
  ],
  keeps: {
    'Vpc/vpc1': { gateways: { external: ['node-3', 'node-2'], extra: ['node-2', 'node-3'] } },
    'OvnFip/db': { placement: 'distributed', mac: '6a:00:00:00:00:05', port: 'db.default' },
  },
};
