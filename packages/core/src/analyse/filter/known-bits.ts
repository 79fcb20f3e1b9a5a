import { macBytes, parseMac } from '@berth/net';
import type { Comparison } from '../../match/condition.ts';
import type { BitRange } from '../../match/expression.ts';
import { symbolNamed } from '../../match/symbols.ts';
import type { MatchValue } from '../../match/value.ts';
import { addressValue } from '../flows/address-text.ts';
import type { KnownBits, Packet } from './packet.ts';
import { addressField, numberOf } from './packet-field.ts';
import type { Truth } from './truth.ts';

/** No bit is known. */
export const noBits: KnownBits = { value: 0n, known: 0n };

/** All bits of a number. */
export function whole(value: bigint | number): KnownBits {
  return { value: BigInt(value), known: -1n };
}

/** All bits of a hardware address; of one that is not known, or is none, that it is no group's (IEEE 802). */
export function hardwareBits(text: string | undefined): KnownBits {
  const mac = parseMac(text ?? '');
  if (mac === undefined) return { value: 0n, known: 1n << 40n };
  return whole(macBytes(mac).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n));
}

/** The addresses of a frame. */
export function frameFields(src: string | undefined, dst: string | undefined): Packet['fields'] {
  return { 'eth.src': hardwareBits(src), 'eth.dst': hardwareBits(dst) };
}

/** All bits of an address; none of one that is not known. */
export function addressBits(text: string | undefined): KnownBits {
  const address = text === undefined ? undefined : addressValue(text);
  return address === undefined ? noBits : whole(address.value);
}

/** Some bits, of which some are known: `all` has as many ones. */
export type AskedBits = KnownBits & { readonly all: bigint };

/** What is known of the bits that a comparison asks for; undefined where it is nothing. */
export function bitsAsked(
  packet: Packet,
  { name, bits }: Pick<Comparison, 'name' | 'bits'>,
): AskedBits | undefined {
  const field = bitsOf(packet, name);
  if (field === undefined || field.known === 0n) return undefined;
  const { low, width } = placeOf(name, bits);
  const all = width === undefined ? -1n : (1n << width) - 1n;
  return { value: (field.value >> low) & all, known: (field.known >> low) & all, all };
}

function bitsOf(packet: Packet, name: string): KnownBits | undefined {
  const end = addressField(name);
  if (end !== undefined) return packet[end] === undefined ? packet.fields?.[name] : addressBits(packet[end]);
  const number = numberOf(packet, name);
  return typeof number === 'number' ? whole(number) : packet.fields?.[name];
}

function placeOf(name: string, bits: BitRange | undefined): { low: bigint; width: bigint | undefined } {
  if (bits !== undefined) return { low: BigInt(bits.low), width: BigInt(bits.high - bits.low + 1) };
  const width = symbolNamed(name)?.bits;
  return { low: 0n, width: width === undefined ? undefined : BigInt(width) };
}

/** Whether bits are those of a value, as far as its mask goes: one bit that differs is enough to tell. */
export function isValue(
  { value, known, all }: AskedBits,
  { value: wanted, mask = -1n }: Pick<MatchValue, 'value' | 'mask'>,
): Truth {
  const meant = mask & all;
  if (((value ^ wanted) & known & meant) !== 0n) return false;
  return (known & meant) === meant ? true : undefined;
}

/** The number that bits make; undefined where one of them is not known. */
export function numberAsked({ value, known, all }: AskedBits): bigint | undefined {
  return known === all ? value : undefined;
}
