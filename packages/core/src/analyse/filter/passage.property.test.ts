import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spanOf } from '../flows/address-text.ts';
import { aclsOf } from './acls.ts';
import type { Filtered } from './filtered.ts';
import { passageFates } from './passage-fates.ts';

/** A whole packet, of which everything is known. */
type Whole = {
  readonly kind: 'ip4' | 'arp';
  readonly inport: string;
  readonly outport: string;
  readonly src: string;
  readonly dst: string;
  readonly protocol: 'tcp' | 'udp' | 'icmp';
};

/** A match as text, and what it says of a whole packet, told without reading the text. */
type Said = {
  readonly text: string;
  readonly takes: (packet: Whole) => boolean;
  /** Whether OVN makes no flow of a match with this in it. */
  readonly isUnusable?: boolean;
};

const own = '192.168.0.4';
const peers = ['10.9.0.7', '172.16.0.7'];

const port = (field: 'inport' | 'outport') =>
  fc.constantFrom('web', 'db', 's1-r').map((name): Said => {
    return { text: `${field} == "${name}"`, takes: (packet) => packet[field] === name };
  });
const address = fc
  .record({
    field: fc.constantFrom('src' as const, 'dst' as const),
    prefix: fc.constantFrom(own, '192.168.0.5', '192.168.0.', '10.9.0.', '172.16.0.7'),
    isNot: fc.boolean(),
  })
  .map(({ field, prefix, isNot }): Said => {
    const network = prefix.endsWith('.') ? `${prefix}0/24` : prefix;
    return {
      text: `ip4.${field} ${isNot ? '!=' : '=='} ${network}`,
      takes: (packet) => packet.kind === 'ip4' && packet[field].startsWith(prefix) !== isNot,
    };
  });
const plain = fc.constantFrom<Said>(
  { text: '1', takes: () => true },
  { text: 'ip4', takes: ({ kind }) => kind === 'ip4' },
  { text: 'arp', takes: ({ kind }) => kind === 'arp' },
  { text: '!ip4', takes: () => false, isUnusable: true },
  { text: 'ip6', takes: () => false },
  { text: 'tcp', takes: ({ kind, protocol }) => kind === 'ip4' && protocol === 'tcp' },
  { text: 'udp', takes: ({ kind, protocol }) => kind === 'ip4' && protocol === 'udp' },
);

function joined(said: fc.Arbitrary<Said>): fc.Arbitrary<Said> {
  return fc
    .record({ parts: fc.array(said, { minLength: 1, maxLength: 3 }), isAll: fc.boolean() })
    .map(({ parts, isAll }): Said => {
      const isUsable = !parts.some(({ isUnusable }) => isUnusable);
      return {
        text: parts.map(({ text }) => `(${text})`).join(isAll ? ' && ' : ' || '),
        takes: (packet) => isUsable && parts[isAll ? 'every' : 'some'](({ takes }) => takes(packet)),
      };
    });
}

type Rule = {
  readonly direction: 'from-lport' | 'to-lport';
  readonly priority: number;
  readonly said: Said;
  readonly action: 'allow' | 'drop' | 'reject';
};

const rule = fc
  .constantFrom('from-lport' as const, 'to-lport' as const)
  .chain((direction): fc.Arbitrary<Rule> => {
    return fc.record({
      direction: fc.constant(direction),
      priority: fc.integer({ min: 1, max: 3 }),
      said: joined(fc.oneof(port('inport'), port('outport'), address, plain)),
      action: fc.constantFrom('allow' as const, 'drop' as const, 'reject' as const),
    });
  });

/** What may become of a packet: of rules with one priority any may count. */
function fatesOf(rules: readonly Rule[], direction: Rule['direction'], packet: Whole): ReadonlySet<string> {
  // By which port a packet leaves is not decided where it comes from one.
  const here = direction === 'from-lport' ? { ...packet, outport: '' } : packet;
  const hits = rules.filter((each) => each.direction === direction && each.said.takes(here));
  const highest = Math.max(...hits.map(({ priority }) => priority));
  const deciding = hits.filter(({ priority }) => priority === highest);
  if (deciding.length === 0) return new Set(['passes']);
  return new Set(deciding.map(({ action }) => (action === 'allow' ? 'passes' : 'dropped')));
}

/** Every packet of a conversation, with how the workload finds its router. */
function conversation(peer: string, protocol: Whole['protocol']): readonly Whole[] {
  const common = { kind: 'ip4' as const, protocol };
  const asking = { kind: 'arp' as const, protocol, src: '', dst: '', inport: 'web', outport: 'web' };
  return [
    { ...common, inport: 's1-r', outport: 'web', src: peer, dst: own },
    { ...common, inport: 'web', outport: 's1-r', src: own, dst: peer },
    asking,
  ];
}

function told({ obstacle, drops }: Filtered): string {
  if (obstacle !== undefined) return 'dropped';
  return drops.length > 0 ? 'perhaps' : 'passes';
}

function judged(rules: readonly Rule[]): string {
  const uuid = (place: number) => `00000000-0000-4000-8000-00000000000${place}` as Uuid;
  const nb = snapshotOf<NbTables>(nbSchema, {
    ACL: rules.map(({ direction, priority, said, action }, place) => ({
      ...{ _uuid: uuid(2 + place), direction, priority, match: said.text, action },
    })),
    Logical_Switch: [{ _uuid: uuid(1), name: 's1', acls: new Set(rules.map((_, place) => uuid(2 + place))) }],
  });
  const acls = aclsOf(nb, { addresses: () => undefined })(uuid(1));
  if (acls === undefined) return 'passes';
  const notIn = ['192.168.0.0/24'].flatMap((text) => spanOf(text) ?? []);
  const passage = { outer: 's1-r', inner: 'web', ip: own, isWorkload: true, notIn };
  return told(passageFates(acls, passage).inbound);
}

test('what is sure of any ACLs is so for every packet, whoever is at the other end', () => {
  const seen = { passes: 0, dropped: 0, perhaps: 0 };
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 4 }), (rules) => {
      const verdict = judged(rules);
      seen[verdict as keyof typeof seen] += 1;
      for (const peer of peers) {
        for (const protocol of ['tcp', 'udp', 'icmp'] as const) {
          const fates = conversation(peer, protocol).flatMap((packet) => [
            fatesOf(rules, 'from-lport', packet),
            fatesOf(rules, 'to-lport', packet),
          ]);
          const isDropped = fates.some((each) => each.has('dropped') && each.size === 1);
          const mayDrop = fates.some((each) => each.has('dropped'));
          const texts = rules.map(({ direction, priority, said, action }) => {
            return `${direction} ${priority} ${said.text} ${action}`;
          });
          if (verdict === 'dropped')
            expect({ texts, peer, protocol, isDropped }).toMatchObject({ isDropped: true });
          if (verdict === 'passes')
            expect({ texts, peer, protocol, mayDrop }).toMatchObject({ mayDrop: false });
        }
      }
    }),
    { numRuns: 2_000, seed: 7 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
});
