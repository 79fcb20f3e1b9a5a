import { type Cidr, contains, type Ip, prefixLengthOf } from '@berth/net';
import { gatewayClaim } from '../fabric/fabric.ts';
import { frozenChassis } from '../fabric/frozen.ts';
import { frozenCure } from '../fabric/frozen-cure.ts';
import { networkOf } from '../fabric/linger-inner.ts';
import { strayedAt, strayedAtWorkload } from '../fabric/strayed.ts';
import { straysIn, touches } from '../fabric/strays.ts';
import type { SourceNatIntent, VpcIntent } from '../intent/intent.ts';
import { routerPortName } from '../intent/object/router-port-name.ts';
import type { Answer } from './answer.ts';
import { broken, untold, type Verdict } from './verdict.ts';
import type { View } from './view.ts';

type Given = Verdict & Omit<Answer, 'verdict'>;

/**
 * Through whom the traffic of an SNAT rule leaves, unless a node that stands still goes on with a part of it as it was before: by a floating IP or
 * another rule that was deleted since it leaves with another address.
 */
export function unlessStrayed(
  rule: SourceNatIntent,
  vpc: VpcIntent,
  answer: Given,
  { fabric }: Pick<View, 'fabric'>,
): Given {
  if (!answer.ready || answer.node === undefined) return answer;
  const strays = straysIn(fabric);
  const networks = networksOf(rule);
  if (!strays.some((each) => networks.some((network) => touches(each, vpc.name, network)))) return answer;
  const gateway = gatewayClaim(fabric, routerPortName(vpc.name, rule.subnet));
  const all = senders(rule, vpc).flatMap(({ port, address, prefix }) => {
    const leaving = { router: vpc.name, address, prefix, switchName: rule.subnet };
    const atWorkload = strayedAtWorkload(fabric, port, leaving);
    return atWorkload ?? (gateway === undefined ? undefined : strayedAt(fabric, gateway, leaving)) ?? [];
  });
  const found = all.find(({ isCertain }) => isCertain) ?? all[0];
  if (found === undefined) return answer;
  const more = all.length > 1 ? ` (and so for ${all.length - 1} more of its addresses)` : '';
  const message = `centralized: ${answer.node} answers, but ${found.what}${more}`;
  const why = frozenChassis(fabric).get(found.chassis);
  const cure = frozenCure(fabric, found.chassis, { why, node: found.node });
  return { ...answer, ...(found.isCertain ? broken : untold)('node-frozen', message, cure) };
}

type Sender = { readonly port: string; readonly address: Ip; readonly prefix: number };

/** The workloads whose traffic the rule is for: those that have no floating IP, and no rule with a longer prefix, on the same external subnet. */
function senders(rule: SourceNatIntent, vpc: VpcIntent): readonly Sender[] {
  const floating = new Set(
    vpc.floatingIps
      .filter(({ subnet }) => subnet === rule.subnet)
      .flatMap(({ pairs }) => pairs.map(({ logical }) => logical)),
  );
  const others = vpc.sourceNats
    .filter((each) => each !== rule && each.subnet === rule.subnet)
    .flatMap(networksOf);
  const own = networksOf(rule);
  return vpc.subnets.flatMap(({ ports }) =>
    ports.flatMap(({ name: port, addresses }) =>
      addresses.flatMap((address): readonly Sender[] => {
        const prefix = longest(own, address);
        if (prefix < 0 || floating.has(address) || longest(others, address) > prefix) return [];
        return [{ port, address, prefix }];
      }),
    ),
  );
}

function networksOf({ pairs }: SourceNatIntent): readonly Cidr[] {
  return pairs.flatMap(({ logical }) => networkOf(logical) ?? []);
}

/** How long the longest prefix is that an address is in; -1 for none. */
function longest(networks: readonly Cidr[], address: Ip): number {
  const meant = networks.filter((each) => contains(each, address));
  return Math.max(-1, ...meant.map(prefixLengthOf));
}
