import { type Cidr, type Family, type Ip, parseCidr, parseInterfaceAddress, parseIp } from '@berth/net';
import { z } from 'zod';
import { type TextCheckName, textCheckKey } from '../cel/text-check.ts';
import {
  familyOfCidrText,
  familyOfIpText,
  faultOfCidr,
  faultOfDual,
  faultOfIp,
  faultOfMac,
  faultOfRange,
  firstFault,
  type TextFault,
} from './address-fault.ts';

/**
 * A string that must pass `check`; the cure travels in the issue's `params`. `name` is the check that an API server can
 * do of the same.
 */
export function checkedText(check: (text: string) => TextFault | undefined, name?: TextCheckName) {
  const text = z.string().superRefine((value, context) => {
    const fault = check(value);
    if (fault) context.addIssue({ code: 'custom', message: fault.message, params: { cure: fault.cure } });
  });
  return name === undefined ? text : text.meta({ [textCheckKey]: name });
}

/** One address, of either family or of the one asked for, in canonical text. */
export function ipText(family?: Family) {
  return checkedText((text) => faultOfIp(text, family), ofFamily('ip', family));
}

/** One address, or one of each family with a comma between: `10.0.0.1,2001:db8::1`. */
export function dualIpText() {
  return checkedText((text) => faultOfDual(text, faultOfIp, familyOfIpText), 'dual-ip');
}

/** Addresses with commas between, of any family. */
export function ipListText() {
  return checkedText((text) => firstFault(text.split(','), (part) => faultOfIp(part)), 'ip-list');
}

/** One network, in canonical text and without host bits. */
export function cidrText() {
  return checkedText(faultOfCidr, 'cidr');
}

/** One network, or one of each family with a comma between: `10.0.0.0/16,2001:db8::/64`. */
export function dualCidrText() {
  return checkedText((text) => faultOfDual(text, faultOfCidr, familyOfCidrText), 'dual-cidr');
}

/** A network or a single address, of either family or of the one asked for, as routes and SNAT rules take them. */
export function cidrOrIpText(family?: Family) {
  return checkedText(
    (text) => (text.includes('/') ? faultOfCidr(text, family) : faultOfIp(text, family)),
    ofFamily('cidr-or-ip', family),
  );
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
  return checkedText(faultOfRange, 'ip-range');
}

/** A MAC address; capitals are as good, because Kube-OVN once wrote them. */
export function macText() {
  return checkedText(faultOfMac, 'mac');
}

function ofFamily<T extends 'ip' | 'cidr-or-ip'>(name: T, family: Family | undefined) {
  if (family === undefined) return name;
  return family === 'IPv4' ? (`${name}v4` as const) : (`${name}v6` as const);
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
