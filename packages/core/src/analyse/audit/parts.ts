import { formatRef } from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import { list } from '../../finding/list.ts';
import { finding } from '../../finding/make.ts';
import { cureText } from '../filter/acl-cure.ts';
import { triesPass } from '../filter/filtered.ts';
import type { ExternalFlow, PartialDrop, Partly, Tried } from '../flow.ts';
import { objectOf } from '../flows/marks.ts';
import type { AuditedNetwork } from './network.ts';

/** ACLs that drop some packets of flows and let others pass, once for all addresses to which they do the same. */
export function auditParts({ flows }: Pick<AuditedNetwork, 'flows'>): readonly Finding[] {
  const told = flows.flatMap(({ partly, ...flow }) =>
    partly === undefined || flow.direction === 'hairpin' || flow.obstacle !== undefined
      ? []
      : partly.drops.map((drop): Part => ({ flow, drop, tried: partly.tried })),
  );
  const groups = Map.groupBy(told, ({ drop, tried }) => JSON.stringify([drop.by, drop.what, tried]));
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

/** Where anybody's packets are dropped it is a warning, and where they pass something to know of. */
function partFinding(parts: readonly Part[], { drop, tried }: Part): Finding {
  const objects = new Map(parts.map(({ flow }) => [formatRef(objectOf(flow)), objectOf(flow)]));
  const [object, ...related] = objects.values();
  const addresses = [...new Set(parts.map(({ flow }) => flow.externalIp ?? flow.logicalIp))];
  const [address = ''] = addresses;
  const whose = addresses.length > 1 ? `${address} and ${addresses.length - 1} more` : address;
  const ways = [...new Set(parts.map(({ flow }) => wayOf(flow)))].join(' and ');
  return finding('acl-drops-part', {
    severity: triesPass({ drops: [], tried }) ? 'info' : 'warning',
    object,
    message: `${whose}, ${ways}: ${drop.by} ${drop.what}${triedText(tried)}`,
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

/** `; tried: ICMP echo passes, TCP to port 80 is dropped`. */
function triedText(tried: readonly Tried[]): string {
  const texts = tried.map(({ what, passes }) => `${what} ${fateText(passes)}`);
  return texts.length === 0 ? '' : `; tried: ${list(texts)}`;
}

function fateText(passes: boolean | undefined): string {
  if (passes === undefined) return 'depends on the other end';
  return passes ? 'passes' : 'is dropped';
}
