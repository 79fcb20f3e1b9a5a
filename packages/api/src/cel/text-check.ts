/**
 * What an API server can check of a text, in its expression language (Kubernetes, "Common Expression Language in
 * Kubernetes", with the IP and CIDR libraries of 1.31). It never refuses what our own check takes; what is beyond it, as a
 * range that ends before it starts, is left to that one.
 */
export type TextCheck = {
  /** An expression that holds for a right text; `value` is an expression for the text. */
  readonly holds: (value: string) => string;
  /** What is wrong with another one, after the name of its field. */
  readonly message: string;
  readonly cure: string;
  /** An expression for the cure, where it depends on the text: one address in another spelling is told the right one. */
  readonly cureOf?: (value: string) => string;
};

const isIp = (value: string): string => `(isIP(${value}) && ip.isCanonical(${value}))`;
const isCidr = (value: string): string => `(isCIDR(${value}) && string(cidr(${value}).masked()) == ${value})`;
const isOf = (value: string, family: 4 | 6): string => `ip(${value}.split('/')[0]).family() == ${family}`;

/** One entry, or one of each family with a comma between. */
function dual(value: string, isOne: (part: string) => string): string {
  const parts = `${value}.split(',')`;
  const familyOf = (place: number): string => `ip(${parts}[${place}].split('/')[0]).family()`;
  return `(${parts}.all(part, ${isOne('part')}) && (${parts}.size() == 1 || (${parts}.size() == 2 && ${familyOf(0)} != ${familyOf(1)})))`;
}

/** The cure of what is to be one address: its shortest form where it is one. */
function respelled(cure: string, family?: 4 | 6): Pick<TextCheck, 'cure' | 'cureOf'> {
  const isOne = (value: string): string =>
    family === undefined ? `isIP(${value})` : `isIP(${value}) && ip(${value}).family() == ${family}`;
  return { cure, cureOf: (value) => `(${isOne(value)} ? 'write ' + string(ip(${value})) : '${cure}')` };
}

const ip = {
  message: 'is not one IP address in its shortest form',
  ...respelled('write one IPv4 or IPv6 address'),
};
const cidr = {
  message: 'is not a network in its shortest form, without host bits',
  cure: 'write it as 10.0.0.0/24',
};
const cidrOrIp = (value: string): string => `(${value}.contains('/') ? ${isCidr(value)} : ${isIp(value)})`;

/** The checks by name. */
export const textChecks = {
  ip: { holds: isIp, ...ip },
  ipv4: {
    holds: (value) => `(${isIp(value)} && ${isOf(value, 4)})`,
    message: 'is not one IPv4 address',
    cure: 'write one IPv4 address',
  },
  ipv6: {
    holds: (value) => `(${isIp(value)} && ${isOf(value, 6)})`,
    message: 'is not one IPv6 address in its shortest form',
    ...respelled('write one IPv6 address', 6),
  },
  'dual-ip': {
    holds: (value) => dual(value, isIp),
    message: 'is not one IP address, or one of each family',
    cure: 'write one address, or one of IPv4 and one of IPv6 with a comma between',
  },
  'ip-list': {
    holds: (value) => `${value}.split(',').all(part, ${isIp('part')})`,
    message: 'is not a list of IP addresses in their shortest form',
    cure: 'write addresses with commas between',
  },
  cidr: { holds: isCidr, ...cidr },
  'dual-cidr': {
    holds: (value) => dual(value, isCidr),
    message: 'is not one network without host bits, or one of each family',
    cure: 'write it as 10.0.0.0/24, or one of IPv4 and one of IPv6 with a comma between',
  },
  'cidr-or-ip': {
    holds: cidrOrIp,
    message: 'is neither a network nor an address in its shortest form',
    cure: 'write it as 10.0.0.0/24 or 10.0.0.9',
  },
  'cidr-or-ipv4': {
    holds: (value) => `(${cidrOrIp(value)} && ${isOf(value, 4)})`,
    message: 'is neither an IPv4 network nor an IPv4 address',
    cure: 'write it as 10.0.0.0/24 or 10.0.0.9',
  },
  'cidr-or-ipv6': {
    holds: (value) => `(${cidrOrIp(value)} && ${isOf(value, 6)})`,
    message: 'is neither an IPv6 network nor an IPv6 address in its shortest form',
    cure: 'write it as fd00::/64 or fd00::9',
  },
  'ip-range': {
    holds: (value) => `(${value}.split('..').size() <= 2 && ${value}.split('..').all(part, ${isIp('part')}))`,
    message: 'is neither an address nor a range',
    cure: 'write one address, or a range as 10.0.0.2..10.0.0.9',
  },
  mac: {
    // All zeroes stand for no address.
    holds: (value) =>
      `(${value}.matches('^[0-9a-fA-F][02468aceACE](:[0-9a-fA-F]{2}){5}$') && ${value} != '00:00:00:00:00:00')`,
    message: 'is not the MAC address of one station',
    cure: 'write six pairs of hexadecimal digits with colons and an even first byte, as 0a:00:00:00:00:01',
  },
  port: {
    holds: (value) => `(${value}.matches('^[1-9][0-9]{0,4}$') && int(${value}) <= 65535)`,
    message: 'is not a port',
    cure: 'write one number from 1 to 65535, in quotes',
  },
  'nic-name': {
    holds: (value) => `${value}.matches('^[^/\\\\s]{1,15}$')`,
    message: 'is not a name a network interface can have',
    cure: 'use 1 to 15 characters without slash and space',
  },
  'tcp-or-udp': {
    holds: (value) => `${value}.lowerAscii() in ['tcp', 'udp']`,
    message: 'is neither tcp nor udp',
    cure: 'write tcp or udp',
  },
} as const satisfies Readonly<Record<string, TextCheck>>;

/** The name of a check, by which a schema says that its text passes it. */
export type TextCheckName = keyof typeof textChecks;

/** Where the JSON schema of a text has the name of its check. */
export const textCheckKey = 'x-berth-check';
