import {
  type InterfaceAddress,
  type Ip,
  type Mac,
  parseInterfaceAddress,
  parseIp,
  parseMac,
} from '@berth/net';
import type { Workload } from '../workload/workload.ts';

/** A workload of a pod in the namespace `default`. Texts that are no addresses throw. */
export function testWorkload(
  name: string,
  addresses: readonly string[] = ['192.168.0.4/24'],
  gateways: readonly string[] = ['192.168.0.1'],
  mac = '0a:00:00:00:00:04',
): Workload {
  return {
    namespace: 'default',
    name,
    netns: `pod.default.${name}`,
    portName: `${name}.default`,
    interfaceName: 'eth0',
    mac: required<Mac>(parseMac(mac), mac),
    addresses: addresses.map((text) => required<InterfaceAddress>(parseInterfaceAddress(text), text)),
    gateways: gateways.map((text) => required<Ip>(parseIp(text), text)),
  };
}

function required<T>(value: T | undefined, text: string): T {
  if (value === undefined) throw new TypeError(`not valid: ${text}`);
  return value;
}
