import type { Operation } from '@berth/ovsdb/value';
import { type ChassisOf, KubeOvnNb, vendor } from './kube-ovn-nb.ts';

/**
 * NB as Kube-OVN 1.16 writes it for the objects in `cluster/`: floating IPs of pods are distributed with the pods' MACs whatever their
 * type, router ports have random MACs, external ports announce nothing, and gateways come in the order in which nodes were listed.
 * Beside them rows that are of none of these objects.
 */
export function kubeOvnRows(chassisOf: ChassisOf): readonly Operation[] {
  const nb = new KubeOvnNb(chassisOf);
  nb.external('external', 'external');
  nb.switch('vpc1-subnet1', {
    other_config: new Map([
      ['exclude_ips', '192.168.0.1'],
      ['subnet', '192.168.0.0/24'],
    ]),
  });
  nb.gatewayLink('vpc1', 'external', '6e:00:00:00:00:02', ['10.9.101.2/24'], ['node-3', 'node-2']);
  nb.link('vpc1', 'vpc1-subnet1', '6e:12:34:56:78:9a', ['192.168.0.1/24']);
  nb.pod('vpc1-subnet1', 'web.default', '6a:00:00:00:00:04 192.168.0.4');
  nb.pod('vpc1-subnet1', 'api.default', '6a:00:00:00:00:05 192.168.0.5');
  nb.pod('vpc1-subnet1', 'db.default', '6a:00:00:00:00:06 192.168.0.6');
  nb.nat('vpc1', 'dnat_and_snat', '10.9.101.9', '192.168.0.4', {
    logical_port: 'web.default',
    external_mac: '6a:00:00:00:00:04',
    options: new Map([['stateless', 'true']]),
  });
  nb.floating('vpc1', '10.9.101.10', '192.168.0.5', 'api.default', '6a:00:00:00:00:05');
  nb.nat('vpc1', 'dnat_and_snat', '10.9.101.13', '192.168.0.50', {
    logical_port: 'shared',
    options: new Map([['stateless', 'false']]),
  });
  nb.nat('vpc1', 'snat', '10.9.101.11', '192.168.0.0/24');
  nb.forward('vpc1', 'db', 'tcp', { '10.9.101.12:2222': '192.168.0.6:22' });
  nb.route('vpc1', '0.0.0.0/0', '10.9.101.1');
  strangers(nb);
  return nb.operations();
}

/** What Kube-OVN has beside, and what somebody else may have: rows of none of the objects. */
function strangers(nb: KubeOvnNb): void {
  // Made by hand on a router of Kube-OVN.
  nb.nat('vpc1', 'dnat_and_snat', '10.9.101.99', '192.168.0.99');
  nb.switch('join');
  nb.port('join', {
    name: 'node-node-1',
    addresses: new Set(['6c:00:00:00:00:01 100.64.0.2']),
    external_ids: vendor,
  });
  nb.add('Logical_Router', { name: 'by-hand' });
  nb.add('Load_Balancer', { name: 'cluster-tcp-loadbalancer', protocol: 'tcp' });
}
