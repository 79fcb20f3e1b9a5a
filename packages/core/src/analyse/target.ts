import { kindOfWord } from '@berth/api';
import { type Ip, parseIp } from '@berth/net';

/** The kinds of NAT row that `nat/ROUTER/TYPE/EXTERNAL-IP` names (ovn-nb(5), NAT type). */
export const natTypes = ['dnat_and_snat', 'snat', 'dnat'] as const;

/** What a person can ask about. */
export type Target =
  | { readonly kind: 'address'; readonly ip: Ip }
  /** An object that makes one NAT: its flows carry this name. */
  | { readonly kind: 'rule'; readonly word: 'fip' | 'snat' | 'dnat'; readonly name: string }
  | { readonly kind: 'eip' | 'vpc' | 'subnet' | 'node'; readonly name: string }
  | { readonly kind: 'pod'; readonly namespace: string; readonly name: string }
  | {
      readonly kind: 'nat';
      readonly router: string;
      readonly type: (typeof natTypes)[number];
      readonly externalIp: string;
    };

/** Every way to write a target, for messages. */
export const targetForms =
  'an address, fip/NAME, eip/NAME, snat/NAME, dnat/NAME, vpc/NAME, subnet/NAME, pod/NAMESPACE/NAME, node/NAME, ' +
  'or nat/ROUTER/TYPE/EXTERNAL-IP';

const words = {
  OvnFip: 'fip',
  OvnSnatRule: 'snat',
  OvnDnatRule: 'dnat',
  OvnEip: 'eip',
  Vpc: 'vpc',
  Subnet: 'subnet',
  Node: 'node',
} as const;

/** Reads a target; undefined when the text is none. Kinds may be written as on any command line: `fip`, `ovn-fip`, `ofip`. */
export function parseTarget(text: string): Target | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) {
    const ip = parseIp(text);
    return ip && { kind: 'address', ip };
  }
  const [word, rest] = [text.slice(0, slash), text.slice(slash + 1)];
  if (word === 'nat') return parseNat(rest);
  const kind = kindOfWord(word);
  if (kind === 'Pod') return parsePod(rest);
  if (kind === undefined || !isNamed(kind) || rest === '' || rest.includes('/')) return undefined;
  const short = words[kind];
  return short === 'fip' || short === 'snat' || short === 'dnat'
    ? { kind: 'rule', word: short, name: rest }
    : { kind: short, name: rest };
}

function isNamed(kind: string): kind is keyof typeof words {
  return kind in words;
}

function parsePod(rest: string): Target | undefined {
  const [first = '', second, ...more] = rest.split('/');
  if (first === '' || second === '' || more.length > 0) return undefined;
  return second === undefined
    ? { kind: 'pod', namespace: 'default', name: first }
    : { kind: 'pod', namespace: first, name: second };
}

/** The router's name may hold slashes, type and address do not. */
function parseNat(rest: string): Target | undefined {
  const [, router, type, address] = /^(.+)\/([^/]+)\/([^/]+)$/.exec(rest) ?? [];
  const known = natTypes.find((each) => each === type);
  const ip = address === undefined ? undefined : parseIp(address);
  if (router === undefined || known === undefined || ip === undefined) return undefined;
  return { kind: 'nat', router, type: known, externalIp: ip };
}

/** The target as {@link parseTarget} reads it. */
export function formatTarget(target: Target): string {
  switch (target.kind) {
    case 'address':
      return target.ip;
    case 'rule':
      return `${target.word}/${target.name}`;
    case 'pod':
      return `pod/${target.namespace}/${target.name}`;
    case 'nat':
      return `nat/${target.router}/${target.type}/${target.externalIp}`;
    default:
      return `${target.kind}/${target.name}`;
  }
}
