import type { Network } from './network.ts';
import type { Keeper, Seen, Stage } from './stage.ts';

/** What is to be seen once everything has settled. */
export type Expectation = {
  /** Whether the address is reached from outside, and the outside from its workload. */
  readonly works: boolean;
  /** How many nodes answer for it. */
  readonly answerers: number;
  /** Whether no more than a few probes of 10 ms were lost on the way. */
  readonly isPlanned?: boolean;
};

/** Something that happens to a network, and what is to come of it, with a controller and by OVN alone. */
export type Scenario = {
  readonly name: string;
  readonly network: Network;
  /** What comes before and is not watched. */
  readonly prepare?: (stage: Stage) => Promise<void>;
  readonly happens: (stage: Stage) => void | Promise<void>;
  /** How long it is watched, in ms. */
  readonly forMs: number;
  /** Present where the workload's own way out is another one afterwards, so that it tells nothing. */
  readonly only?: 'inbound';
  /** Absent where it makes no sense with that keeper. */
  readonly expected: { readonly [K in Keeper]?: Expectation };
  /** What is to hold then beside the packets. Throws when it does not. */
  readonly afterwards?: (stage: Stage, seen: Seen) => Promise<void>;
};

/** Few enough probes for a planned move, each way: three, and what a machine of two processors adds under load. */
const plannedLoss = 10;

/** What is wrong with what was seen; empty where it is as expected. */
export function differences(
  { inbound, outbound, answerers }: Seen,
  expected: Expectation,
  only?: Scenario['only'],
): readonly string[] {
  const works = inbound.atEnd && (only === 'inbound' || outbound.atEnd);
  const lost = Math.max(inbound.lost, outbound.lost);
  return [
    ...(works === expected.works
      ? []
      : [`in ${inbound.atEnd ? 'works' : 'dark'}, out ${outbound.atEnd ? 'works' : 'dark'}`]),
    ...(answerers.length === expected.answerers ? [] : [`answered by [${answerers.join(' ')}]`]),
    ...(expected.isPlanned && lost > plannedLoss
      ? [`${inbound.lost} lost in, ${outbound.lost} lost out`]
      : []),
  ];
}
