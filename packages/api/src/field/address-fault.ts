import {
  cidrFamily,
  type Family,
  familyOf,
  formatIpRange,
  isUnicastMac,
  parseIp,
  readCidr,
  readIp,
  readIpRange,
  readMac,
} from '@berth/net';

/** What is wrong with a text and what to write instead. */
export type TextFault = { readonly message: string; readonly cure: string };

/** What is wrong with a text as one address. */
export function faultOfIp(text: string, family?: Family): TextFault | undefined {
  const reading = readIp(text);
  if (reading.kind === 'not-canonical') return spellingFault(text, reading.reason, reading.ip);
  if (reading.kind === 'ip') {
    if (family === undefined || familyOf(reading.ip) === family) return undefined;
    return {
      message: `"${text}" is not an ${family} address`,
      cure: `write an ${family} address, or use the field of the other family`,
    };
  }
  if (reading.reason === 'has-prefix-length') {
    return {
      message: `"${text}" has a prefix length`,
      cure: `write the address alone: ${text.split('/')[0]}`,
    };
  }
  return { message: `"${text}" is not an IP address`, cure: 'write one IPv4 or IPv6 address' };
}

/** What is wrong with a text as one network. */
export function faultOfCidr(text: string, family?: Family): TextFault | undefined {
  const reading = readCidr(text);
  switch (reading.kind) {
    case 'cidr':
      if (family === undefined || cidrFamily(reading.cidr) === family) return undefined;
      return {
        message: `"${text}" is not an ${family} network`,
        cure: `write an ${family} network, or use the field of the other family`,
      };
    case 'not-canonical':
      return spellingFault(text, reading.reason, reading.cidr);
    case 'host-bits':
      return {
        message: `"${text}" is an address inside a network, not a network`,
        cure: `write ${reading.cidr}`,
      };
    case 'invalid':
      return {
        message: `"${text}" is not a CIDR`,
        cure: 'write an address, a slash and a prefix length, as 10.0.0.0/24',
      };
  }
}

/** What is wrong with a text as an entry of `excludeIps`. */
export function faultOfRange(text: string): TextFault | undefined {
  const reading = readIpRange(text);
  if (reading.kind === 'range') return undefined;
  if (reading.kind === 'not-canonical') {
    return spellingFault(text, reading.reason, formatIpRange(reading.range));
  }
  switch (reading.reason) {
    case 'reversed':
      return { message: `range "${text}" ends before it starts`, cure: 'put the lower address first' };
    case 'mixed-families':
      return { message: `range "${text}" mixes IPv4 and IPv6`, cure: 'write one range per family' };
    case 'not-a-range':
      return {
        message: `"${text}" is neither an address nor a range`,
        cure: 'write one address, or a range as 10.0.0.2..10.0.0.9',
      };
  }
}

/** What stands for no address; its first byte is even. */
const noMac = '00:00:00:00:00:00';

/** What is wrong with a text as a MAC address. */
export function faultOfMac(text: string): TextFault | undefined {
  const reading = readMac(text);
  if (reading.kind === 'mac' || (reading.kind === 'not-canonical' && reading.reason === 'upper-case')) {
    if (isUnicastMac(reading.mac)) return undefined;
    if (reading.mac === noMac)
      return {
        message: `"${text}" is the address of no station`,
        cure: 'use another one, as 0a:00:00:00:00:01',
      };
    return {
      message: `"${text}" is not the address of one station`,
      cure: 'use an even first byte, as 0a:00:00:00:00:01',
    };
  }
  if (reading.kind === 'not-canonical') return spellingFault(text, reading.reason, reading.mac);
  return {
    message: `"${text}" is not a MAC address`,
    cure: 'write six pairs of hexadecimal digits with colons, as 0a:00:00:00:00:01',
  };
}

/** What is wrong with a text as one entry, or one of each family. */
export function faultOfDual(
  text: string,
  faultOf: (part: string) => TextFault | undefined,
  familyOfPart: (part: string) => Family | undefined,
): TextFault | undefined {
  const parts = text.split(',');
  const fault = firstFault(parts, faultOf);
  if (fault) return fault;
  if (new Set(parts.map(familyOfPart)).size === parts.length) return undefined;
  return {
    message: `"${text}" has more than one entry of a family`,
    cure: 'write one entry, or one of IPv4 and one of IPv6 with a comma between',
  };
}

/** The family of the address a text stands for. */
export function familyOfIpText(text: string): Family | undefined {
  const ip = parseIp(text);
  return ip && familyOf(ip);
}

/** The family of the network a text stands for. */
export function familyOfCidrText(text: string): Family | undefined {
  return familyOfIpText(text.split('/')[0] ?? '');
}

/** The first fault there is among the parts. */
export function firstFault(
  parts: readonly string[],
  faultOf: (part: string) => TextFault | undefined,
): TextFault | undefined {
  for (const part of parts) {
    const fault = faultOf(part);
    if (fault) return fault;
  }
  return undefined;
}

function spellingFault(text: string, reason: 'upper-case' | 'spelling', canonical: string): TextFault {
  const how = reason === 'upper-case' ? 'is in upper case' : 'is not in its shortest form';
  return { message: `"${text}" ${how}`, cure: `write ${canonical}` };
}

/** What is wrong with a text as the addresses of one interface: one, or one of each family with a comma between, and spaces around it. */
export function ipAddressesFault(text: string): TextFault | undefined {
  const parts = text.split(',').map((part) => part.trim());
  return faultOfDual(parts.join(','), faultOfIp, familyOfIpText);
}
