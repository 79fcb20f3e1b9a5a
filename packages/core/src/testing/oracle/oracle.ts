import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import type { FailureSet } from '../../fabric/failure.ts';
import type { OracleAnswer } from './answer.ts';
import { type OracleNat, type OracleNetwork, readNetwork } from './network.ts';
import { arrive, depart, hairpin, type Packets, workloadTrouble } from './packet.ts';
import { play } from './play.ts';

export type OracleQuestion = {
  /** Row of the NAT. */
  readonly nat: string;
  readonly direction: 'inbound' | 'outbound' | 'hairpin';
  /** The workload's port, where the row names none and serves several. */
  readonly port?: string | undefined;
};

export type Oracle = (sets: readonly FailureSet[]) => (question: OracleQuestion) => OracleAnswer;

/**
 * What happens to packets, found out in the simplest way: play the whole story on every chassis, then follow each packet.
 * Written from what OVN does and from nothing of the analyser, which is held against it.
 */
export function oracleOf(nb: Snapshot<NbTables>, sb: Snapshot<SbTables>): Oracle {
  const network = readNetwork(nb, sb);
  const nats = new Map(network.nats.map((nat) => [nat.uuid, nat]));
  return (sets) => {
    const state = play(network, sets);
    const others = otherStories(
      sets,
      network.chassis.map(({ name }) => name),
    ).map((story) => play(network, story));
    return ({ nat, direction, port }) => {
      const row = nats.get(nat);
      if (!row) throw new Error(`no NAT ${nat}`);
      const asked: OracleNat = port === undefined ? row : { ...row, logicalPort: port };
      const follow = ways[direction];
      const packets: Packets = { network, state, nat: asked };
      const ended = endedByRows(network, asked);
      if (ended !== undefined) return ended;
      const answer = follow(packets);
      if (!others.every((other) => isSame(answer, follow({ ...packets, state: other })))) return neither;
      if (isByOldFlows(network, answer)) return neither;
      if (answer.outcome !== 'lost') return answer;
      return { ...answer, reasons: new Set([...answer.reasons, ...workloadTrouble(packets)]) };
    };
  };
}

const ways = { inbound: arrive, outbound: depart, hairpin };

/** Whether it is delivered by a chassis of which nobody knows whether it has the row. */
function isByOldFlows({ chassis }: OracleNetwork, { outcome, berth }: OracleAnswer): boolean {
  return outcome === 'delivered' && chassis.some(({ name, lags }) => lags && name === berth);
}

/** Packets end where nobody has the address, or their replies leave as they are. */
const straying: OracleAnswer = {
  ...{ outcome: 'lost', berth: undefined, conflict: [], reasons: new Set(['target-mismatch']) },
};

/** What becomes of it by rows alone, whatever is alive. */
function endedByRows(network: OracleNetwork, nat: OracleNat): OracleAnswer | undefined {
  return nat.astray ? straying : besideLocal(network, nat);
}

/**
 * Of a row that translates on the gateway, where a row on the workload's node lets all leave there: replies pass no gateway. Where that node
 * may be the gateway, nobody tells.
 */
function besideLocal(
  { nats, claims, groups, groupOf }: OracleNetwork,
  nat: OracleNat,
): OracleAnswer | undefined {
  const { distributed, type, gatewayPort, logicalIp, logicalPort = '' } = nat;
  if (distributed || type === 'snat' || gatewayPort === undefined) return undefined;
  const node = claims.get(logicalPort);
  const isLocal = ({ logicalPort: port = '' }: OracleNat): boolean =>
    port === logicalPort || (node !== undefined && claims.get(port) === node);
  const local = nats.some(
    (each) =>
      each.distributed && each.gatewayPort === gatewayPort && each.logicalIp === logicalIp && isLocal(each),
  );
  if (!local) return undefined;
  const group = groups.find(({ name }) => name === groupOf.get(gatewayPort));
  return group?.members.some(({ chassis }) => chassis === node) ? neither : untranslated;
}

const untranslated: OracleAnswer = {
  ...{ outcome: 'lost', berth: undefined, conflict: [], reasons: new Set(['fip-ambiguous']) },
};

const neither: OracleAnswer = {
  ...{ outcome: 'unknown', berth: undefined, conflict: [], reasons: new Set(['location-unknown']) },
};

/** Every choice of one or more. */
function someOf([first, ...rest]: readonly string[]): readonly (readonly string[])[] {
  if (first === undefined) return [];
  const others = someOf(rest);
  return [[first], ...others, ...others.map((each) => [first, ...each])];
}

/**
 * The same story told otherwise: who is cut off stands still at once, or of several that leave as they should one is gone before
 * the others. Every combination of every set.
 */
function otherStories(
  sets: readonly FailureSet[],
  names: readonly string[],
): readonly (readonly FailureSet[])[] {
  const cutBefore = new Set<string>();
  const tellings = sets.map((set): readonly (readonly FailureSet[])[] => {
    const cut = set.filter((each) => each.kind === 'control' && !cutBefore.has(each.node));
    for (const each of cut) if (each.kind === 'control') cutBefore.add(each.node);
    const rest = set.filter((each) => !cut.includes(each));
    const leaving = set.filter((each) => each.kind === 'ovn-controller-exit');
    const blind = cut.filter((each) =>
      set.some((other) => other.kind === 'tunnel' && each.kind === 'control' && other.node === each.node),
    );
    const staying = set.filter((each) => !leaving.includes(each));
    return [
      [set],
      ...(cut.length > 0 && rest.length > 0 ? [[cut, rest]] : []),
      ...blind.flatMap((each) =>
        each.kind !== 'control'
          ? []
          : someOf(names.filter((name) => name !== each.node)).map((gone) => [
              [each, ...gone.map((name) => ({ kind: 'tunnel-pair', nodes: [each.node, name] }) as const)],
              set.filter((other) => other !== each),
            ]),
      ),
      ...(leaving.length > 1
        ? leaving.map((first) => [[...staying, first], leaving.filter((each) => each !== first)])
        : []),
    ];
  });
  const [, ...others] = tellings.reduce<readonly (readonly FailureSet[])[]>(
    (stories, ways) => stories.flatMap((story) => ways.map((way) => [...story, ...way])),
    [[]],
  );
  return others;
}

function isSame(left: OracleAnswer, right: OracleAnswer): boolean {
  const shown = ({ outcome, berth, conflict }: OracleAnswer): string =>
    outcome === 'lost' ? outcome : `${outcome} ${berth} ${conflict.join()}`;
  return shown(left) === shown(right);
}
