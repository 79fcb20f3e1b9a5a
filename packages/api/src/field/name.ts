import { checkedText } from './address.ts';

const subdomain = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/** Most characters of the name of an object (Kubernetes, "Object Names and IDs"). */
export const longestName = 253;

/** The name of an object: a DNS-1123 subdomain of at most 253 characters (Kubernetes, "Object Names and IDs"). */
export function objectName() {
  return checkedText((text) => {
    if (text.length <= longestName && subdomain.test(text)) return undefined;
    return {
      message: `"${text}" is not a name an object can have`,
      cure: `use at most ${longestName} lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit`,
    };
  });
}

/** The name of a Linux network interface: 1 to 15 characters without slash and space (IFNAMSIZ). */
export function interfaceName() {
  return checkedText((text) => {
    if (/^[^/\s]{1,15}$/.test(text)) return undefined;
    return {
      message: `"${text}" is not a name a network interface can have`,
      cure: 'use 1 to 15 characters without slash and space',
    };
  }, 'nic-name');
}

/** The name of a VLAN sub-interface: the NIC, a dot and the VLAN id, as `eth0.100`. */
export function vlanInterfaceName() {
  return checkedText((text) => {
    if (/^[^/\s]+\.\d{1,4}$/.test(text)) return undefined;
    return {
      message: `"${text}" is not the name of a VLAN sub-interface`,
      cure: 'write NIC.ID, as eth0.100',
    };
  });
}
