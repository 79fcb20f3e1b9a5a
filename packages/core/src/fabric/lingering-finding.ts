import type { Finding } from '../finding/finding.ts';
import { list } from '../finding/list.ts';
import { finding } from '../finding/make.ts';
import { parseRef } from '../finding/parse-ref.ts';
import type { AnsweredAddress } from './answered-addresses.ts';
import type { Fabric } from './fabric.ts';
import { wakingCure } from './frozen.ts';
import { type Lingering, lingeringIn } from './lingering.ts';
import { type NodeName, nodeNamer } from './node-name.ts';

/** How many addresses are named: more would not be a sentence. */
const named = 4;

/** Addresses that live on at nodes that stand still: of each object that has one now, and of each node all that nobody has. */
export function lingeringFindings(fabric: Fabric): readonly Finding[] {
  const all = lingeringIn(fabric);
  if (all.length === 0) return [];
  const nameOf = nodeNamer(fabric);
  const free = all.filter(({ holders }) => holders.length === 0);
  return [
    ...all.flatMap((each) => each.holders.map((holder) => heldFinding(each, holder, nameOf))),
    ...[...Map.groupBy(free, ({ chassis }) => chassis)].map(([chassis, own]) =>
      freeFinding(own, nameOf(chassis)),
    ),
  ];
}

/** The node that stands still answers beside the one that should. */
function heldFinding(
  { ip, chassis, isCertain, why, object }: Lingering,
  holder: AnsweredAddress,
  nameOf: NodeName,
): Finding {
  const [node, other] = [nameOf(chassis), nameOf(holder.chassis)];
  const row = { kind: 'NAT', name: ip };
  const before = object === undefined || object === holder.object ? '' : `, as ${object} had it`;
  return finding(isCertain ? 'two-answerers' : 'address-lingers', {
    object: (holder.object === undefined ? undefined : parseRef(holder.object)) ?? row,
    message: `${node} stands still (${why}) and ${isCertain ? 'goes' : 'may go'} on answering for ${ip} beside ${other}: it had the address before${before}`,
    cure: cureAt(node, why),
    related: [{ kind: 'Node', name: node }],
  });
}

/** The addresses that nobody has any more. */
function freeFinding(all: readonly Lingering[], node: string): Finding {
  const texts = all.map(({ ip, object }) => (object === undefined ? ip : `${ip} (${object})`));
  const rest = texts.length - named;
  const shown = rest > 1 ? [...texts.slice(0, named), `${rest} more`] : texts;
  const [first] = all;
  return finding('address-lingers', {
    object: { kind: 'Node', name: node },
    message: `${node} stands still (${first?.why ?? ''}) and ${first?.isCertain ? 'goes' : 'may go'} on answering for ${list(shown)}, which no row of NB has any more`,
    cure: cureAt(node, first?.why),
  });
}

/** What silences a node that stands still. */
function cureAt(node: string, why: string | undefined): string {
  return `${wakingCure(why, `on ${node}`)}; where it cannot work, stop ovs-vswitchd on it as well, or cut it off from the external network, and delete its row of Chassis`;
}
