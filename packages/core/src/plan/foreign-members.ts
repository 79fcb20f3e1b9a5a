import type { Row } from '@berth/ovsdb/value';
import type { DesiredRow } from '../compile/row.ts';
import { givenBackRows } from '../fabric/given-back.ts';
import { keeperChassis } from '../fabric/keeper.ts';
import type { Finding } from '../finding/finding.ts';
import { list } from '../finding/list.ts';
import { finding } from '../finding/make.ts';
import { nbRows } from '../finding/row-id.ts';
import { adoptCure, removalOfMember, whose } from './clash.ts';
import { type Member, memberOf, ranked, rowsOf } from './gateway-members.ts';
import { againCure } from './given-back.ts';
import type { Matching, PlanInput } from './match.ts';
import { ownerOf } from './observed.ts';

/**
 * Members of gateway groups of ours that somebody else put there: OVN elects among all members of a group, so such a one may serve though no
 * policy chose it, or in another place than it has in our order. One whose chassis is not part of the OVN serves nobody until a chassis of
 * that name comes.
 */
export function foreignMembers(
  { matched, inPlace }: Pick<Matching, 'matched' | 'inPlace'>,
  { observed, instance, nodeNames }: Pick<PlanInput, 'observed' | 'instance' | 'nodeNames'>,
): readonly Finding[] {
  const given = givenBackRows(observed);
  const known = new Set([...matched.values()].map(({ uuid }) => uuid));
  return [...matched.values()].flatMap(({ desired, found }) => {
    if (desired.table !== 'Logical_Router_Port' || !found) return [];
    const rows = rowsOf(observed, 'Gateway_Chassis', found.row['gateway_chassis']);
    const foreign = rows.filter(
      (row) => ownerOf(row) !== instance && !known.has(row._uuid) && row['chassis_name'] !== keeperChassis,
    );
    if (foreign.length === 0) return [];
    const own = rows.filter((row) => !foreign.includes(row)).map(memberOf);
    return foreign.map((row) =>
      told(row, {
        own,
        nodeNames,
        isAsked: isChosen(inPlace.get(row._uuid)),
        isGiven: given.has(row._uuid),
        desired,
      }),
    );
  });
}

/** Whether a field asks for a member: without one it stays only until another serves, and is not made anew. */
function isChosen(member: DesiredRow | undefined): boolean {
  return member?.origins.some(({ field }) => field !== undefined) === true;
}

type Told = {
  /** The members of the group that are ours. */
  readonly own: readonly Member[];
  readonly nodeNames: PlanInput['nodeNames'];
  /** Whether the chassis is asked for as a gateway of the port. */
  readonly isAsked: boolean;
  /** Whether a Berth gave the row back. */
  readonly isGiven: boolean;
  /** The router port. */
  readonly desired: DesiredRow;
};

function told(row: Row, { own, nodeNames, isAsked, isGiven, desired }: Told): Finding {
  const { chassis, priority } = memberOf(row);
  const isAbsent = nodeNames?.has(String(chassis)) === false;
  const node = nodeNames?.get(String(chassis)) ?? String(chassis);
  const isFirst = ranked(own).every((each) => each.priority <= priority);
  const isTwice = own.some((each) => each.chassis === chassis);
  const place = isTwice
    ? `it names ${node} a second time, which is a gateway by a row of Berth's`
    : placeOf({ node, isAsked, priority }, own, nodeNames);
  const owner = ownerOf(row);
  return finding('row-clash', {
    // Behind one of ours it serves only when that one does not.
    ...((!isFirst || isAbsent || isTwice) && { severity: 'warning' as const }),
    object: desired.cause,
    message: `the Gateway_Chassis row ${row['name']} (${row._uuid}) ${whose(row, owner)}: with priority ${priority} ${place}${isAbsent ? `, as soon as there is a chassis ${chassis}: now there is none` : ''}`,
    cure: cureOf(row, {
      node,
      owner,
      isAsked,
      isGiven,
      isMore: !isAbsent && !isAsked && !isTwice,
      port: String(desired.columns['name']),
    }),
    rows: nbRows('Gateway_Chassis', [row]),
  });
}

type Curing = Pick<Told, 'isAsked' | 'isGiven'> & {
  readonly node: string;
  readonly owner: string | undefined;
  /** Whether the node may be wanted as one more gateway. */
  readonly isMore: boolean;
  /** The name of the router port. */
  readonly port: string;
};

function cureOf(row: Row, { node, owner, isAsked, isGiven, isMore, port }: Curing): string {
  if (isGiven && owner === undefined) return `it was given back by berth adopt --undo: ${againCure}`;
  const removal = `remove it (${removalOfMember(row, port)})`;
  if (isAsked && owner === undefined) return `${adoptCure}, or ${removal}: Berth makes its own then`;
  return `${removal}${isMore ? `; to have ${node} as a gateway label the node or let the policy choose it` : ''}`;
}

/** What the member means for who serves. */
function placeOf(
  { node, isAsked, priority }: Pick<Told, 'isAsked'> & { node: string; priority: number },
  own: readonly Member[],
  nodeNames: PlanInput['nodeNames'],
): string {
  const behind = ranked(own).filter((each) => each.priority <= priority);
  const names = behind.map(({ chassis }) => nodeNames?.get(String(chassis)) ?? String(chassis));
  const order = isAsked ? 'whatever the order of gateways is to be' : 'whatever is asked for';
  if (names.length > 0) return `it makes ${node} a gateway before ${list(names)}, ${order}`;
  if (ranked(own).length === 0) return `it makes ${node} the gateway, which only its maker can take away`;
  return `it makes ${node} a standby of the gateways that are ${isAsked ? "Berth's" : 'asked for'}`;
}
