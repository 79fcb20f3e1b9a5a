import { externalNetwork, kubeOvn } from '../../support/kube-objects.ts';
import { customOnly, eipObject, nodes, podWithIp, type Shape } from './shape.ts';

const forward = { protocol: 'tcp', externalPort: '2222', internalPort: '22' };

/** Years of upgrades: MACs in capitals, `/32`, a gateway whose node is gone, and every kind of rule on shared addresses. */
export const oldCluster: Shape = {
  name: 'an old cluster with rules of every kind',
  objects: [
    ...nodes,
    customOnly,
    ...externalNetwork('external', 'eth1', {
      ...{ protocol: 'IPv4', cidrBlock: '10.9.101.0/24', gateway: '10.9.101.1', excludeIps: ['10.9.101.1'] },
    }),
    kubeOvn('Vpc', 'vpc1', {
      enableExternal: true,
      staticRoutes: [
        { policy: 'policyDst', cidr: '0.0.0.0/0', nextHopIP: '10.9.101.1' },
        { cidr: '172.16.0.1/32', nextHopIP: '192.168.0.9' },
        { policy: 'policySrc', cidr: '192.168.0.70', nextHopIP: '10.9.101.1' },
      ],
      policyRoutes: [
        { priority: 100, match: 'ip4.src == 192.168.0.6', action: 'reroute', nextHopIP: '192.168.0.9' },
      ],
    }),
    kubeOvn('Subnet', 'vpc1-subnet1', {
      ...{ vpc: 'vpc1', protocol: 'IPv4', cidrBlock: '192.168.0.0/24', gateway: '192.168.0.1' },
    }),
    ...podWithIp('web', 'node-1', 'vpc1-subnet1', '192.168.0.4', '00:00:00:AB:CD:04'),
    ...podWithIp('db', 'node-2', 'vpc1-subnet1', '192.168.0.5', '00:00:00:AB:CD:05'),
    ...podWithIp('app', 'node-3', 'vpc1-subnet1', '192.168.0.6', '00:00:00:AB:CD:06'),
    kubeOvn('Vip', 'shared', {
      subnet: 'vpc1-subnet1',
      v4ip: '192.168.0.50',
      macAddress: '00:00:00:AB:CD:50',
    }),
    eipObject('vpc1-external', 'external', '10.9.101.2', '00:00:00:AB:CE:02', { type: 'lrp' }),
    eipObject('web', 'external', '10.9.101.9', '00:00:00:AB:CE:09'),
    eipObject('given', 'external', '10.9.101.10', '00:00:00:AB:CE:10'),
    eipObject('out', 'external', '10.9.101.11', '00:00:00:AB:CE:11'),
    kubeOvn('OvnFip', 'web', { ovnEip: 'web', ipName: 'web.default' }),
    kubeOvn('OvnFip', 'given', { ovnEip: 'given', vpc: 'vpc1', v4Ip: '192.168.0.60' }),
    kubeOvn('OvnFip', 'router', { ovnEip: 'vpc1-external', ipType: 'vip', ipName: 'shared' }),
    kubeOvn('OvnSnatRule', 'subnet', { ovnEip: 'vpc1-external', vpcSubnet: 'vpc1-subnet1' }),
    kubeOvn('OvnSnatRule', 'pod', { ovnEip: 'out', ipName: 'db.default' }),
    kubeOvn('OvnSnatRule', 'range', { ovnEip: 'out', vpc: 'vpc1', v4IpCidr: '192.168.0.64/26' }),
    kubeOvn('OvnSnatRule', 'host', { ovnEip: 'out', vpc: 'vpc1', v4IpCidr: '192.168.0.70/32' }),
    kubeOvn('OvnDnatRule', 'web', { ovnEip: 'web', ipName: 'web.default', ...forward }),
    kubeOvn('OvnDnatRule', 'vip', {
      ovnEip: 'out',
      ipType: 'vip',
      ipName: 'shared',
      ...forward,
      protocol: 'udp',
    }),
    kubeOvn('OvnDnatRule', 'given', { ovnEip: 'out', vpc: 'vpc1', v4Ip: '192.168.0.60', ...forward }),
  ],
  write(nb) {
    nb.external('external', 'external');
    nb.switch('vpc1-subnet1');
    nb.gatewayLink('vpc1', 'external', '00:00:00:AB:CE:02', ['10.9.101.2/24'], ['gone', 'node-3', 'node-2']);
    nb.link('vpc1', 'vpc1-subnet1', '00:00:00:AB:CF:01', ['192.168.0.1/24']);
    nb.pod('vpc1-subnet1', 'web.default', '00:00:00:AB:CD:04 192.168.0.4');
    nb.pod('vpc1-subnet1', 'db.default', '00:00:00:AB:CD:05 192.168.0.5');
    nb.pod('vpc1-subnet1', 'app.default', '00:00:00:AB:CD:06 192.168.0.6');
    nb.floating('vpc1', '10.9.101.9', '192.168.0.4', 'web.default', '00:00:00:AB:CD:04');
    const centralized = { options: new Map([['staleless', 'false']]) };
    nb.nat('vpc1', 'dnat_and_snat', '10.9.101.10', '192.168.0.60', centralized);
    nb.nat('vpc1', 'dnat_and_snat', '10.9.101.2', '192.168.0.50', { ...centralized, logical_port: 'shared' });
    nb.nat('vpc1', 'snat', '10.9.101.2', '192.168.0.0/24');
    for (const source of ['192.168.0.5', '192.168.0.64/26', '192.168.0.70/32'])
      nb.nat('vpc1', 'snat', '10.9.101.11', source);
    nb.forward('vpc1', 'web', 'tcp', { '10.9.101.9:2222': '192.168.0.4:22' });
    nb.forward('vpc1', 'vip', 'udp', { '10.9.101.11:2222': '192.168.0.50:22' });
    nb.forward('vpc1', 'given', 'tcp', { '10.9.101.11:2222': '192.168.0.60:22' });
    nb.route('vpc1', '0.0.0.0/0', '10.9.101.1');
    nb.route('vpc1', '172.16.0.1/32', '192.168.0.9');
    nb.route('vpc1', '192.168.0.70', '10.9.101.1', { policy: 'src-ip' });
    nb.policy('vpc1', 100, 'ip4.src == 192.168.0.6', 'reroute', ['192.168.0.9']);
  },
  repairs: [
    'adopt Logical_Router vpc1: options',
    'adopt Logical_Router_Static_Route 10.9.101.1: output_port',
    'adopt Logical_Router_Static_Route 10.9.101.1: output_port',
    'adopt Logical_Switch_Port external-vpc1: options',
    'adopt Logical_Switch_Port app.default: options',
    'adopt Logical_Switch_Port db.default: options',
    'adopt Logical_Switch_Port web.default: options',
    'adopt NAT 10.9.101.10: options',
    'adopt NAT 10.9.101.2: logical_port options',
    'adopt NAT 10.9.101.9: options',
    'insert Gateway_Chassis vpc1-external-berth-keeper',
  ],
  lifted: [
    'the gateway moves from chassis-gone to node-2: about 1 s',
    'the gateway moves from chassis-gone to node-2: about 1 s, and established connections may end',
  ],
  keeps: {
    'Vpc/vpc1': { gateways: { external: ['node-3', 'node-2'] } },
    'Subnet/vpc1-subnet1': { routerMac: '00:00:00:ab:cf:01' },
    'OvnFip/web': { placement: 'distributed', mac: '00:00:00:ab:cd:04', port: 'web.default' },
  },
};
