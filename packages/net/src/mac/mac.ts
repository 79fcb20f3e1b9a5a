declare const brand: unique symbol;

/** A MAC address as OVN writes it: six pairs of lower-case digits with colons, so equal addresses are equal strings. */
export type Mac = string & { readonly [brand]: 'Mac' };

/** What a text is when read as a MAC address. */
export type MacReading =
  | { readonly kind: 'mac'; readonly mac: Mac }
  | { readonly kind: 'not-canonical'; readonly reason: 'upper-case' | 'spelling'; readonly mac: Mac }
  | { readonly kind: 'invalid'; readonly reason: 'not-a-mac' };

/** Reads a MAC address with colons or hyphens and says how far it is from its canonical form. */
export function readMac(text: string): MacReading {
  if (!/^[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$/i.test(text)) {
    return { kind: 'invalid', reason: 'not-a-mac' };
  }
  const mac = encodeMac(text.split(/[:-]/).map((pair) => Number.parseInt(pair, 16)));
  if (mac === text) return { kind: 'mac', mac };
  return { kind: 'not-canonical', reason: /[A-F]/.test(text) ? 'upper-case' : 'spelling', mac };
}

/** The MAC address a text stands for; undefined if it is none. */
export function parseMac(text: string): Mac | undefined {
  if (isCanonical(text)) return text;
  const reading = readMac(text);
  return reading.kind === 'invalid' ? undefined : reading.mac;
}

/** The six bytes of a MAC address. */
export function macBytes(mac: Mac): readonly number[] {
  return mac.split(':').map((pair) => Number.parseInt(pair, 16));
}

/** Whether one station can have it: the group bit is clear and it is not all zeros (IEEE 802). */
export function isUnicastMac(mac: Mac): boolean {
  const bytes = macBytes(mac);
  return ((bytes[0] ?? 0) & 1) === 0 && bytes.some((byte) => byte !== 0);
}

/** Whether a text is as `encodeMac` writes it. */
function isCanonical(text: string): text is Mac {
  return /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/.test(text);
}

/** The one place where six bytes become a `Mac`. */
export function encodeMac(bytes: readonly number[]): Mac {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':') as Mac;
}
