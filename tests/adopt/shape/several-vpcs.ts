import { externalNetwork, kubeOvn } from '../../support/kube-objects.ts';
import { type KubeOvnNb, vendor } from '../kube-ovn-nb.ts';
import { customOnly, eipObject, nodes, podWithIp, type Shape } from './shape.ts';

const forward = { protocol: 'tcp', externalPort: '2222', internalPort: '22' };

/**
 * Two VPCs on two external networks: floating IPs at pods, at the gateway, and with a MAC that is of no pod; SNAT of a subnet, a forwarded
 * port, policies. Beside them what Kube-OVN has for security groups and Services.
 */
export const severalVpcs: Shape = {
  name: 'two VPCs on two external networks, with security groups and Services',
  objects: [
    ...nodes,
    customOnly,
    ...externalNetwork('external', 'eth1', {
      ...{ protocol: 'IPv4', cidrBlock: '10.9.101.0/24', gateway: '10.9.101.1', excludeIps: ['10.9.101.1'] },
    }),
    ...externalNetwork('extra', 'eth2', {
      ...{ protocol: 'IPv4', cidrBlock: '10.9.102.0/24', gateway: '10.9.102.1', excludeIps: ['10.9.102.1'] },
    }),
    kubeOvn('Vpc', 'vpc1', {
      enableExternal: true,
      staticRoutes: [{ policy: 'policyDst', cidr: '0.0.0.0/0', nextHopIP: '10.9.101.1' }],
      policyRoutes: [{ priority: 100, match: 'ip4.dst == 172.16.0.0/16', action: 'drop' }],
    }),
    kubeOvn('Vpc', 'vpc2', {
      enableExternal: true,
      extraExternalSubnets: ['extra'],
      staticRoutes: [{ policy: 'policyDst', cidr: '0.0.0.0/0', nextHopIP: '10.9.102.1' }],
    }),
    kubeOvn('Subnet', 'vpc1-subnet1', {
      ...{ vpc: 'vpc1', protocol: 'IPv4', cidrBlock: '192.168.0.0/24', gateway: '192.168.0.1' },
    }),
    kubeOvn('Subnet', 'vpc2-subnet1', {
      ...{ vpc: 'vpc2', protocol: 'IPv4', cidrBlock: '192.168.1.0/24', gateway: '192.168.1.1' },
    }),
    ...podWithIp('web', 'node-1', 'vpc1-subnet1', '192.168.0.4', '6a:00:00:00:00:04'),
    ...podWithIp('api', 'node-2', 'vpc1-subnet1', '192.168.0.5', '6a:00:00:00:00:05'),
    ...podWithIp('db', 'node-3', 'vpc1-subnet1', '192.168.0.6', '6a:00:00:00:00:06'),
    ...podWithIp('two', 'node-1', 'vpc2-subnet1', '192.168.1.4', '6a:00:00:00:01:04'),
    eipObject('vpc1-external', 'external', '10.9.101.2', '6e:00:00:00:00:02', { type: 'lrp' }),
    eipObject('vpc2-extra', 'extra', '10.9.102.2', '6e:00:00:00:01:02', { type: 'lrp' }),
    eipObject('web', 'external', '10.9.101.9', '6e:00:00:00:00:09'),
    eipObject('api', 'external', '10.9.101.10', '6e:00:00:00:00:10'),
    eipObject('out', 'external', '10.9.101.11', '6e:00:00:00:00:11'),
    eipObject('in', 'external', '10.9.101.12', '6e:00:00:00:00:12'),
    eipObject('db', 'external', '10.9.101.14', '6e:00:00:00:00:14'),
    eipObject('two', 'extra', '10.9.102.9', '6e:00:00:00:01:09'),
    kubeOvn('OvnFip', 'web', { ovnEip: 'web', ipName: 'web.default' }),
    kubeOvn('OvnFip', 'api', { ovnEip: 'api', ipName: 'api.default', type: 'distributed' }),
    kubeOvn('OvnFip', 'db', { ovnEip: 'db', vpc: 'vpc1', v4Ip: '192.168.0.6', type: 'centralized' }),
    kubeOvn('OvnFip', 'two', { ovnEip: 'two', ipName: 'two.default' }),
    kubeOvn('OvnSnatRule', 'out', { ovnEip: 'out', vpcSubnet: 'vpc1-subnet1' }),
    kubeOvn('OvnDnatRule', 'in', { ovnEip: 'in', ipName: 'web.default', ...forward }),
  ],
  write(nb) {
    nb.external('external', 'external');
    nb.external('extra', 'extra');
    const service = nb.add('Load_Balancer', {
      ...{ name: 'cluster-tcp-loadbalancer', protocol: 'tcp', external_ids: vendor },
      vips: new Map([['10.96.0.10:53', '192.168.0.4:53']]),
    });
    const other_config = new Map([
      ['exclude_ips', '192.168.0.1'],
      ['subnet', '192.168.0.0/24'],
    ]);
    nb.switch('vpc1-subnet1', { other_config, load_balancer: new Set([service]) });
    nb.switch('vpc2-subnet1');
    nb.gatewayLink('vpc1', 'external', '6e:00:00:00:00:02', ['10.9.101.2/24'], ['node-3', 'node-2']);
    nb.gatewayLink('vpc2', 'extra', '6e:00:00:00:01:02', ['10.9.102.2/24'], ['node-2', 'node-3']);
    nb.link('vpc1', 'vpc1-subnet1', '6e:00:00:00:02:01', ['192.168.0.1/24']);
    nb.link('vpc2', 'vpc2-subnet1', '6e:00:00:00:02:02', ['192.168.1.1/24']);
    const web = nb.pod('vpc1-subnet1', 'web.default', '6a:00:00:00:00:04 192.168.0.4');
    nb.pod('vpc1-subnet1', 'api.default', '6a:00:00:00:00:05 192.168.0.5');
    nb.pod('vpc1-subnet1', 'db.default', '6a:00:00:00:00:06 192.168.0.6');
    nb.pod('vpc2-subnet1', 'two.default', '6a:00:00:00:01:04 192.168.1.4');
    nb.floating('vpc1', '10.9.101.9', '192.168.0.4', 'web.default', '6a:00:00:00:00:04');
    // The MAC of a pod that was there before.
    nb.floating('vpc1', '10.9.101.10', '192.168.0.5', 'api.default', '6a:00:00:00:00:99');
    nb.nat('vpc1', 'dnat_and_snat', '10.9.101.14', '192.168.0.6', {
      options: new Map([['stateless', 'false']]),
    });
    nb.floating('vpc2', '10.9.102.9', '192.168.1.4', 'two.default', '6a:00:00:00:01:04');
    nb.nat('vpc1', 'snat', '10.9.101.11', '192.168.0.0/24');
    nb.forward('vpc1', 'in', 'tcp', { '10.9.101.12:2222': '192.168.0.4:22' });
    nb.route('vpc1', '0.0.0.0/0', '10.9.101.1');
    nb.route('vpc2', '0.0.0.0/0', '10.9.102.1');
    nb.policy('vpc1', 100, 'ip4.dst == 172.16.0.0/16', 'drop');
    // Of Kube-OVN's own, for no object.
    nb.policy('vpc1', 31000, 'ip4.dst == 192.168.0.0/24', 'allow');
    securityGroup(nb, [web]);
  },
  repairs: [
    'adopt Logical_Router vpc1: options',
    'adopt Logical_Router vpc2: options',
    'adopt Logical_Router_Static_Route 10.9.101.1: output_port',
    'adopt Logical_Router_Static_Route 10.9.102.1: output_port',
    'adopt Logical_Switch_Port external-vpc1: options',
    'adopt Logical_Switch_Port extra-vpc2: options',
    'adopt Logical_Switch_Port api.default: options',
    'adopt Logical_Switch_Port db.default: options',
    'adopt Logical_Switch_Port web.default: options',
    'adopt Logical_Switch_Port two.default: options',
    'adopt NAT 10.9.101.10: options',
    'adopt NAT 10.9.101.14: options',
    'adopt NAT 10.9.101.9: options',
    'adopt NAT 10.9.102.9: options',
    'insert Gateway_Chassis vpc1-external-berth-keeper',
    'insert Gateway_Chassis vpc2-extra-berth-keeper',
  ],
  keeps: {
    'Vpc/vpc1': { gateways: { external: ['node-3', 'node-2'] } },
    'Vpc/vpc2': { gateways: { extra: ['node-2', 'node-3'] } },
    'OvnFip/api': { placement: 'distributed', mac: '6a:00:00:00:00:99', port: 'api.default' },
    'OvnFip/db': { placement: 'centralized' },
  },
};

/** A security group with its rules, as Kube-OVN makes one, and what hangs on switches and ports beside. */
function securityGroup(nb: KubeOvnNb, ports: readonly ReturnType<KubeOvnNb['pod']>[]): void {
  const acls = ['to-lport', 'from-lport'].map((direction, place) =>
    nb.add('ACL', {
      ...{ direction, action: 'allow-related', priority: 2300 - place },
      match: direction === 'to-lport' ? 'outport == @ovn.sg.web && ip4' : 'inport == @ovn.sg.web && ip4',
      external_ids: new Map([...vendor, ['parent', 'ovn.sg.web']]),
    }),
  );
  nb.add('Port_Group', {
    ...{ name: 'ovn.sg.web', ports: new Set(ports), acls: new Set(acls) },
    external_ids: new Map([...vendor, ['sg', 'web']]),
  });
  nb.add('Address_Set', {
    ...{ name: 'ovn.sg.web.associated.v4', addresses: new Set(['192.168.0.4']), external_ids: vendor },
  });
  nb.add('DHCP_Options', { cidr: '192.168.0.0/24', external_ids: vendor });
}
