import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import type { FailureSet } from '../../fabric/failure.ts';
import { type OracleNat, readNetwork } from './network.ts';
import { arrive, depart, hairpin, type Packets, workloadTrouble } from './packet.ts';
import { play } from './play.ts';

export type OracleQuestion = {
  /** Row of the NAT. */
  readonly nat: string;
  readonly direction: 'inbound' | 'outbound' | 'hairpin';
  /** The workload's port, where the row names none and serves several. */
  readonly port?: string | undefined;
};

export type OracleAnswer = {
  readonly outcome: 'delivered' | 'lost' | 'unknown';
  readonly berth: string | undefined;
  readonly conflict: readonly string[];
  /** Every reason that is true: an analyser names one of them. */
  readonly reasons: ReadonlySet<string>;
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
    const late = standingStill(sets);
    const rival = late && play(network, late);
    return ({ nat, direction, port }) => {
      const row = nats.get(nat);
      if (!row) throw new Error(`no NAT ${nat}`);
      const asked: OracleNat = port === undefined ? row : { ...row, logicalPort: port };
      const follow = ways[direction];
      const packets: Packets = { network, state, nat: asked };
      const answer = follow(packets);
      if (rival && !isSame(answer, follow({ ...packets, state: rival }))) return neither;
      if (answer.outcome !== 'lost') return answer;
      return { ...answer, reasons: new Set([...answer.reasons, ...workloadTrouble(packets)]) };
    };
  };
}

const ways = { inbound: arrive, outbound: depart, hairpin };

const neither: OracleAnswer = {
  ...{ outcome: 'unknown', berth: undefined, conflict: [], reasons: new Set(['location-unknown']) },
};

/** The story in which who is cut off stands still at once; undefined where it is cut off alone, and the story is the same. */
function standingStill(sets: readonly FailureSet[]): readonly FailureSet[] | undefined {
  const known = new Set<string>();
  const told = sets.flatMap((set) => {
    const cut = set.filter((each) => each.kind === 'control' && !known.has(each.node));
    for (const each of cut) if (each.kind === 'control') known.add(each.node);
    const others = set.filter((each) => !cut.includes(each));
    return cut.length > 0 && others.length > 0 ? [cut, others] : [set];
  });
  return told.length > sets.length ? told : undefined;
}

function isSame(left: OracleAnswer, right: OracleAnswer): boolean {
  const shown = ({ outcome, berth, conflict }: OracleAnswer): string =>
    outcome === 'lost' ? outcome : `${outcome} ${berth} ${conflict.join()}`;
  return shown(left) === shown(right);
}
