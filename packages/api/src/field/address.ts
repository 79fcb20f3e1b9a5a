import {
  type Cidr,
  type Family,
  familyOf,
  type Ip,
  parseCidr,
  parseInterfaceAddress,
  parseIp,
  readCidr,
  readIp,
  readIpRange,
  readMac,
} from '@berth/net';
import { z } from 'zod';

/** What is wrong with a text and what to write instead. */
export type TextFault = { readonly message: string; readonly cure: string };

/** A string that must pass `check`; the cure travels in the issue's `params`. */
export function checkedText(check: (text: string) => TextFault | undefined) {
  return z.string().superRefine((text, context) => {
    const fault = check(text);
    if (fault) context.addIssue({ code: 'custom', message: fault.message, params: { cure: fault.cure } });
  });
}

/** One address, of either family or of the one asked for, in canonical text. */
export function ipText(family?: Family) {
  return checkedText((text) => faultOfIp(text, family));
}

/** One address, or one of each family with a comma between: `10.0.0.1,2001:db8::1`. */
export function dualIpText() {
  return checkedText((text) => faultOfDual(text, faultOfIp, (part) => familyOfIpText(part)));
}

/** Addresses with commas between, of any family. */
export function ipListText() {
  return checkedText((text) => firstFault(text.split(','), (part) => faultOfIp(part)));
}

/** One network, in canonical text and without host bits. */
export function cidrText() {
  return checkedText(faultOfCidr);
}

/** One network, or one of each family with a comma between: `10.0.0.0/16,2001:db8::/64`. */
export function dualCidrText() {
  return checkedText((text) => faultOfDual(text, faultOfCidr, (part) => familyOfCidrText(part)));
}

/** A network or a single address, as routes and SNAT rules take them. */
export function cidrOrIpText() {
  return checkedText((text) => (text.includes('/') ? faultOfCidr(text) : faultOfIp(text)));
}

/** An address with the prefix length of its network: `169.254.0.1/30`. */
export function interfaceAddressText() {
  return checkedText((text) =>
    parseInterfaceAddress(text)
      ? undefined
      : { message: `"${text}" is not an address with a prefix length`, cure: 'write it as 169.254.0.1/30' },
  );
}

/** An entry of `excludeIps`: an address, or two with `..` between. */
export function ipRangeText() {
  return checkedText((text) => {
    const reading = readIpRange(text);
    if (reading.kind === 'range') return undefined;
    if (reading.kind === 'not-canonical') {
      return spellingFault(
        text,
        reading.reason,
        [...new Set([reading.range.first, reading.range.last])].join('..'),
      );
    }
    if (reading.reason === 'reversed') {
      return { message: `range "${text}" ends before it starts`, cure: 'put the lower address first' };
    }
    if (reading.reason === 'mixed-families') {
      return { message: `range "${text}" mixes IPv4 and IPv6`, cure: 'write one range per family' };
    }
    return {
      message: `"${text}" is neither an address nor a range`,
      cure: 'write one address, or a range as 10.0.0.2..10.0.0.9',
    };
  });
}

/** A unicast MAC address in canonical text. */
export function macText() {
  return checkedText((text) => {
    const reading = readMac(text);
    if (reading.kind === 'mac') return undefined;
    if (reading.kind === 'not-canonical') return spellingFault(text, reading.reason, reading.mac);
    return {
      message: `"${text}" is not a MAC address`,
      cure: 'write six pairs of hexadecimal digits with colons, as 0a:00:00:00:00:01',
    };
  });
}

/** The addresses in a comma-separated field that already passed its check. */
export function splitIps(text: string | undefined): readonly Ip[] {
  return split(text).flatMap((part) => parseIp(part) ?? []);
}

/** The networks in a comma-separated field that already passed its check. */
export function splitCidrs(text: string | undefined): readonly Cidr[] {
  return split(text).flatMap((part) => parseCidr(part) ?? []);
}

function split(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(',').map((part) => part.trim());
}

function faultOfIp(text: string, family?: Family): TextFault | undefined {
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

function faultOfCidr(text: string): TextFault | undefined {
  const reading = readCidr(text);
  switch (reading.kind) {
    case 'cidr':
      return undefined;
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

function faultOfDual(
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

function familyOfIpText(text: string): Family | undefined {
  const ip = parseIp(text);
  return ip && familyOf(ip);
}

function familyOfCidrText(text: string): Family | undefined {
  return familyOfIpText(text.split('/')[0] ?? '');
}

function firstFault(parts: readonly string[], faultOf: (part: string) => TextFault | undefined) {
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
