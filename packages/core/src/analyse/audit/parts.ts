import { formatRef } from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import { list } from '../../finding/list.ts';
import { finding } from '../../finding/make.ts';
import { cureText } from '../filter/acl-cure.ts';
import { triesPass } from '../filter/filtered.ts';
import type { ExternalFlow, PartialDrop, Partly, Tried } from '../flow.ts';
import { objectOf } from '../flows/marks.ts';
import type { AuditedNetwork } from './network.ts';

/** ACLs that drop some packets of flows and let others pass, each once with all addresses to which it does that. */
export function auditParts({ flows }: Pick<AuditedNetwork, 'flows'>): readonly Finding[] {
  const told = flows.flatMap(({ partly, ...flow }) =>
    partly === undefined || flow.direction === 'hairpin' || flow.obstacle !== undefined
      ? []
      : partly.drops.map((drop): Part => ({ flow, drop, tried: partly.tried })),
  );
  const groups = Map.groupBy(told, ({ drop }) => JSON.stringify([drop.by, drop.what]));
  return [...groups.values()].flatMap((parts) => {
    const [first] = parts;
    return first ? [partFinding(parts, first)] : [];
  });
}

type Part = {
  readonly flow: Omit<ExternalFlow, 'partly'>;
  readonly drop: PartialDrop;
  readonly tried: Partly['tried'];
};

/** Where anybody's packets are dropped it is a warning, and where all of them pass something to know of. */
function partFinding(parts: readonly Part[], { drop }: Part): Finding {
  const objects = new Map(parts.map(({ flow }) => [formatRef(objectOf(flow)), objectOf(flow)]));
  const [object, ...related] = objects.values();
  const addresses = [...new Set(parts.map(({ flow }) => flow.externalIp ?? flow.logicalIp))];
  const [address = ''] = addresses;
  const whose = addresses.length > 1 ? `${address} and ${addresses.length - 1} more` : address;
  const ways = [...new Set(parts.map(({ flow }) => wayOf(flow)))].join(' and ');
  return finding('acl-drops-part', {
    severity: parts.every(({ tried }) => triesPass({ drops: [], tried })) ? 'info' : 'warning',
    object,
    message: `${whose}, ${ways}: ${drop.by} ${drop.what}${triedText(parts.flatMap(({ tried }) => tried))}`,
    cure: cureText(
      parts.map((part) => part.drop.cure),
      'nothing where that is meant; else ',
    ),
    related,
    rows: drop.rows,
  });
}

function wayOf({ direction }: Pick<ExternalFlow, 'direction'>): string {
  return direction === 'inbound' ? 'in' : 'out';
}

/** `; tried: ICMP echo passes, TCP to port 80 is dropped`; other ACLs may take more from one address than from another. */
function triedText(tried: readonly Tried[]): string {
  const texts = [...Map.groupBy(tried, ({ what }) => what)].map(([what, all]) => {
    const fates = [...new Set(all.map(({ passes }) => fateText(passes)))];
    return `${what} ${fates.join(' or ')}${fates.length > 1 ? ', by the address and the way' : ''}`;
  });
  return texts.length === 0 ? '' : `; tried: ${list(texts)}`;
}

function fateText(passes: boolean | undefined): string {
  if (passes === undefined) return 'depends on the other end';
  return passes ? 'passes' : 'is dropped';
}
