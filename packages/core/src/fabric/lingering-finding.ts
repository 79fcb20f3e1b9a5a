import { formatRef } from '@berth/api';
import type { Finding, ObjectRef } from '../finding/finding.ts';
import { list, shortened } from '../finding/list.ts';
import { finding } from '../finding/make.ts';
import { parseRef } from '../finding/parse-ref.ts';
import type { AnsweredAddress } from './answered-addresses.ts';
import type { Fabric } from './fabric.ts';
import { wakingCure } from './frozen.ts';
import { lingerKey } from './linger-mark.ts';
import { type Lingering, lingeringIn } from './lingering.ts';
import { type NodeName, nodeNamer } from './node-name.ts';

/** How many addresses are named: more would not be a sentence. */
const named = 4;

/**
 * Addresses that live on at nodes that stand still: of each object that has one now, and of each node all that nobody has. Those that are too new
 * to be told of are left out.
 */
export function lingeringFindings(fabric: Fabric): readonly Finding[] {
  const all = toldOf(fabric);
  if (all.length === 0) return [];
  const nameOf = nodeNamer(fabric);
  const free = all.filter(({ holders }) => holders.length === 0);
  return [
    ...all.flatMap((each) => each.holders.map((holder) => heldFinding(each, holder, nameOf))),
    ...[...Map.groupBy(free, ({ chassis }) => chassis)].flatMap(([chassis, own]) =>
      freeFinding(own, nameOf(chassis)),
    ),
  ];
}

/** The same, once for each node that stands still where several objects have it for one cause. Each of them is among what is related. */
export function lingeringByNode(fabric: Fabric): readonly Finding[] {
  const held = toldOf(fabric).filter(({ holders }) => holders.length > 0);
  const nameOf = nodeNamer(fabric);
  const groups = Map.groupBy(held, ({ chassis, isCertain, why }) => `${chassis} ${isCertain} ${why}`);
  return [...groups.values()].flatMap((own) => {
    const objects = own.flatMap((each) => each.holders.map((holder) => objectOf(each, holder)));
    return objects.length < 2 ? [] : nodeFinding(own, objects, nameOf);
  });
}

function toldOf(fabric: Fabric): readonly Lingering[] {
  return lingeringIn(fabric).filter((each) => !fabric.freshLingers?.has(lingerKey(each)));
}

function objectOf({ ip }: Lingering, { object }: AnsweredAddress): ObjectRef {
  return (object === undefined ? undefined : parseRef(object)) ?? { kind: 'NAT', name: ip };
}

/** The node that stands still answers for several addresses beside those that should. */
function nodeFinding(
  all: readonly Lingering[],
  objects: readonly ObjectRef[],
  nameOf: NodeName,
): readonly Finding[] {
  const [first] = all;
  if (first === undefined) return [];
  const { chassis, why } = first;
  const node = nameOf(chassis);
  const others = new Set(all.flatMap(({ holders }) => holders.map((each) => nameOf(each.chassis))));
  const texts = new Set(
    all.flatMap((each) => each.holders.map((one) => `${each.ip} (${formatRef(objectOf(each, one))})`)),
  );
  const had = texts.size > 1 ? 'them' : 'it';
  return [
    finding(codeOf(first), {
      object: { kind: 'Node', name: node },
      message: `${answersStill(node, first)} ${list(shortened([...texts], named))} beside ${list([...others].sort())}: it had ${had} before`,
      cure: cureAt(node, why),
      related: [...new Map(objects.map((each) => [formatRef(each), each])).values()],
    }),
  ];
}

function codeOf({ isCertain }: Lingering): 'two-answerers' | 'address-lingers' {
  return isCertain ? 'two-answerers' : 'address-lingers';
}

/** The node that stands still answers beside the one that should. */
function heldFinding(each: Lingering, holder: AnsweredAddress, nameOf: NodeName): Finding {
  const { ip, chassis, why, object } = each;
  const [node, other] = [nameOf(chassis), nameOf(holder.chassis)];
  const before = object === undefined || object === holder.object ? '' : `, as ${object} had it`;
  return finding(codeOf(each), {
    object: objectOf(each, holder),
    message: `${answersStill(node, each)} ${ip} beside ${other}: it had the address before${before}`,
    cure: cureAt(node, why),
    related: [{ kind: 'Node', name: node }],
  });
}

/** The addresses that nobody has any more, or that nobody serves. */
function freeFinding(all: readonly Lingering[], node: string): readonly Finding[] {
  const [first] = all;
  if (first === undefined) return [];
  const texts = all.map(({ ip, object }) => (object === undefined ? ip : `${ip} (${object})`));
  const rest = texts.length - named;
  const shown = rest > 1 ? [...texts.slice(0, named), `${rest} more`] : texts;
  return [
    finding('address-lingers', {
      object: { kind: 'Node', name: node },
      message: `${answersStill(node, first)} ${list(shown)}, which nobody else answers for`,
      cure: cureAt(node, first.why),
      related: all.flatMap(({ object }) => (object === undefined ? [] : (parseRef(object) ?? []))),
    }),
  ];
}

/** That a node goes on answering, and why; goes on with the addresses. */
function answersStill(node: string, { why, isCertain }: Lingering): string {
  return `${node} stands still (${why}) and ${isCertain ? 'goes' : 'may go'} on answering for`;
}

/** What silences a node that stands still. */
function cureAt(node: string, why: string): string {
  return `${wakingCure(why, `on ${node}`)}; where it cannot work, stop ovs-vswitchd on it as well, or cut it off from the external network, and delete its row of Chassis`;
}
