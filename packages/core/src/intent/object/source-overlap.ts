import { formatRef, type OvnSnatRule, refOf } from '@berth/api';
import {
  type Cidr,
  compareCidr,
  contains,
  hostCidr,
  type Ip,
  networkAddress,
  parseCidr,
  parseIp,
} from '@berth/net';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';

/** A source that a rule translates, and the field that names it. */
export type TranslatedSource = {
  readonly rule: OvnSnatRule;
  readonly field: string;
  readonly source: Ip | Cidr;
};

/** Sources that are translated, by the VPC they are of and the external subnet they leave by, and by themselves. */
export type SourceBook = Map<string, Map<Ip | Cidr, TranslatedSource>>;

/** Enters the sources of a rule; why it cannot have them, if one of them is translated already. */
export function takeSources(
  book: SourceBook,
  way: string,
  wanted: readonly TranslatedSource[],
): readonly Finding[] {
  const taken = book.get(way) ?? new Map<Ip | Cidr, TranslatedSource>();
  const clashes = wanted.flatMap((each) => {
    const holder = taken.get(each.source);
    return holder ? [translatedTwice(each, holder.rule)] : [];
  });
  if (clashes.length > 0) return clashes;
  for (const each of wanted) taken.set(each.source, each);
  book.set(way, taken);
  return [];
}

/** The finding that a source is translated already: OVN would choose either address. */
function translatedTwice({ rule, field, source }: TranslatedSource, holder: OvnSnatRule): Finding {
  return finding('snat-overlap', {
    object: refOf(rule),
    field,
    message: `${source} is translated by ${formatRef(refOf(holder))} already`,
    cure: 'remove one of the two, or give them different networks',
    related: [refOf(holder)],
  });
}

/** What is worth knowing of sources inside others: that is well defined, the longer prefix wins (ovn-nb(5), NAT). */
export function nestedSources(book: SourceBook): readonly Finding[] {
  return [...book.values()].flatMap((sources) => {
    const sorted = [...sources.values()]
      .map((each) => ({ ...each, network: networkOf(each.source) }))
      .sort((left, right) => compareCidr(left.network, right.network));
    const around: typeof sorted = [];
    return sorted.flatMap((each) => {
      let outer = around.at(-1);
      while (outer && !contains(outer.network, each.network)) {
        around.pop();
        outer = around.at(-1);
      }
      around.push(each);
      return outer ? [nested(each, outer)] : [];
    });
  });
}

function nested({ rule, field, source }: TranslatedSource, outer: TranslatedSource): Finding {
  const object = refOf(outer.rule);
  return finding('snat-overlap', {
    object: refOf(rule),
    field,
    severity: 'info',
    message: `${source} is part of ${outer.source}, which ${formatRef(object)} translates: for ${source} this rule wins`,
    cure: 'nothing to do if this is what you want',
    related: [object],
  });
}

function networkOf(source: Ip | Cidr): Cidr {
  return isCidr(source) ? source : hostCidr(source);
}

function isCidr(source: Ip | Cidr): source is Cidr {
  return source.includes('/');
}

/** The address that stands for a source's family: itself, or the first of its network. */
export function firstOf(source: Ip | Cidr): Ip {
  return isCidr(source) ? networkAddress(source) : source;
}

/** The network that a source is written as: an address alone is one of its own. */
export function sourceNetwork(text: string): Cidr | undefined {
  const ip = parseIp(text);
  return ip === undefined ? parseCidr(text) : hostCidr(ip);
}

/** A network as OVN is told of it: one that has only one address is that address. */
export function narrow(text: string): Cidr | Ip | undefined {
  const cidr = parseCidr(text);
  if (!cidr) return undefined;
  const first = networkAddress(cidr);
  return cidr === hostCidr(first) ? first : cidr;
}
