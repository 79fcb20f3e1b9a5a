import { formatRef } from '@berth/api';
import type { Row, Snapshot } from '@berth/ovsdb/value';
import type { Finding } from '../finding/finding.ts';
import { list } from '../finding/list.ts';
import { finding } from '../finding/make.ts';
import { nbRows } from '../finding/row-id.ts';
import { formerIn, parseFormer } from './former.ts';
import { formerAddresses } from './former-address.ts';
import { memberOf, ranked, rowsOf } from './gateway-members.ts';
import { gatewaysOn, keepIn, keptIn, knownOf } from './lift.ts';
import type { PlanInput } from './match.ts';
import { causeOf, type ObservedRow } from './observed.ts';
import { sameMeaning } from './spelling.ts';

/**
 * What giving back rows that were taken over does not bring back: the place of a floating IP that leads to another workload since, the
 * gateways of a Vpc that are others than before, the MAC of a router that is another one, and addresses of a switch's port that name it. All work on as they are.
 */
export function leftBehind(
  rows: readonly ObservedRow[],
  { observed, nodeNames }: Pick<PlanInput, 'observed' | 'nodeNames'>,
): readonly Finding[] {
  return rows.flatMap(({ table, row }) => {
    if (table === 'NAT') return movedElsewhere(row);
    if (table === 'Logical_Switch_Port') return otherRouter(row, observed);
    if (table !== 'Logical_Router_Port') return [];
    return [...otherGateways(row, { observed, nodeNames }), ...otherMac(row)];
  });
}

function movedElsewhere(row: Row): readonly Finding[] {
  const object = causeOf(row);
  const isElsewhere = parseFormer(formerIn(row['external_ids']) ?? '')?.isElsewhere === true;
  if (!object || !isElsewhere || row['external_mac'] !== undefined) return [];
  return [
    finding('not-given-back', {
      object,
      message: `${formatRef(object)} stays centralized: it leads to ${row['logical_ip']} since, and where it ran before it was taken over was the place of another`,
      cure: `where Kube-OVN should distribute it again, delete ${formatRef(object)} and make it anew once Kube-OVN runs`,
      rows: nbRows('NAT', [row]),
    }),
  ];
}

function otherGateways(
  row: Row,
  { observed, nodeNames }: Pick<PlanInput, 'observed' | 'nodeNames'>,
): readonly Finding[] {
  const object = causeOf(row);
  if (object?.kind !== 'Vpc') return [];
  const now = ranked(rowsOf(observed, 'Gateway_Chassis', row['gateway_chassis']).map(memberOf))
    .map(({ chassis }) => String(chassis))
    .filter((chassis) => nodeNames?.has(chassis) !== false)
    .map((chassis) => nodeNames?.get(chassis) ?? chassis);
  const kept = keptGateways(row);
  if (now.length === 0 || kept?.join() === now.join()) return [];
  const there = knownOf(kept ?? [], nodeNames);
  const gone = (kept ?? []).filter((node) => !there.includes(node));
  return [
    finding('not-given-back', {
      object,
      message: `the gateways of router port ${row['name']} ${formerText(kept, gone)} ${now.join(' > ')}${gone.length === 0 ? ', as moving them back would interrupt what they carry' : ''}`,
      cure: `where others are wanted, say so beside Kube-OVN with ovn-nbctl lrp-set-gateway-chassis`,
      rows: nbRows('Logical_Router_Port', [row]),
    }),
  ];
}

/** Pods know the MAC of today: writing that of before would cut them off once more. */
function otherMac(row: Row): readonly Finding[] {
  const object = causeOf(row);
  const before = keepIn(keptText(row) ?? '').routerMac;
  if (object?.kind !== 'Subnet' || before === undefined || sameMeaning('mac', before, row['mac'])) return [];
  return [
    finding('not-given-back', {
      object,
      message: `the router's MAC on ${formatRef(object)} was ${before} when it was taken over: it stays ${row['mac']}, which its workloads know since`,
      cure: `where the former one is wanted write it beside Kube-OVN into column mac of Logical_Router_Port ${row['name']}`,
      rows: [{ db: 'NB', table: 'Logical_Router_Port', uuid: row._uuid, columns: ['mac'] }],
    }),
  ];
}

/** Addresses of before would lead to a router's MAC that is none any more. */
function otherRouter(row: Row, nb: Snapshot): readonly Finding[] {
  const object = causeOf(row);
  const before = formerAddresses(row, nb);
  if (!object || !before?.isOfOtherMac) return [];
  return [
    finding('not-given-back', {
      object,
      message: `the addresses of switch port ${row['name']} were ${before.text} when it was taken over: they stay router, as the router's MAC is another one`,
      cure: `with router OVN takes what the router port says; where addresses are wanted write them beside Kube-OVN with ovn-nbctl lsp-set-addresses ${row['name']}`,
      rows: [{ db: 'NB', table: 'Logical_Switch_Port', uuid: row._uuid, columns: ['addresses'] }],
    }),
  ];
}

/** What is known of the gateways before, as the beginning of a sentence that goes on with those of now. */
function formerText(kept: readonly string[] | undefined, gone: readonly string[]): string {
  if (!kept) return 'are not those that are known from before: they stay';
  const names = kept.join(' > ');
  if (gone.length === 0) return `were ${names} when they were taken over: they stay`;
  return `are to be ${names}, and there is no node ${list(gone)}: they stay`;
}

/** The nodes that the Vpc keeps on the router port, or kept until that was lifted; undefined where that is not known. */
function keptGateways(row: Row): readonly string[] | undefined {
  return gatewaysOn(row['name'], causeOf(row), keptText(row) ?? '');
}

/** What the object of a row keeps, or kept until that was lifted; undefined where that is not known. */
function keptText({ external_ids: ids }: Row): string | undefined {
  return keptIn(ids) ?? parseFormer(formerIn(ids) ?? '')?.kept;
}
