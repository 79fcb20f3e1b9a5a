import type { FailureSet } from '../fabric/failure.ts';
import type { FindingCode } from '../finding/catalogue.ts';
import type { Finding } from '../finding/finding.ts';
import type { Origin } from '../finding/origin.ts';
import type { ExternalFlow, RowRef } from './flow.ts';

/** What becomes of a flow once everything has settled. `unknown` says what is missing, or who contradict each other. */
export type Outcome = 'delivered' | 'lost' | 'unknown';

/** A flow in one state of the world. */
export type FlowState = {
  readonly outcome: Outcome;
  /** SB name of the chassis that answers for the external address, or through which an outbound flow leaves. */
  readonly berth: string | undefined;
  /** Why it is lost or unknown; undefined when it is delivered. */
  readonly reason: FindingCode | undefined;
  /** SB names of all that answer for the address at once; empty unless they are two or more. */
  readonly conflict: readonly string[];
  /** What would have to be known, one sentence each; empty unless the outcome is unknown for that. */
  readonly missing: readonly string[];
};

/** How long a flow that comes back is away, in named parts, milliseconds. An estimate: detection is a multiple of the BFD interval. */
export type ExpectedOutage = {
  readonly ms: number;
  readonly terms: Readonly<Partial<Record<'detect' | 'claim' | 'announce' | 'controller', number>>>;
};

/** One thing that happens to a packet, and the rows that make it happen. */
export type Step = {
  /** SB name of the chassis; undefined for what happens on no chassis. */
  readonly at: string | undefined;
  readonly does: string;
  readonly rows: readonly RowRef[];
  readonly origins: readonly Origin[];
};

/** What happens to one flow under one sequence of failures. */
export type Verdict = {
  readonly flow: ExternalFlow;
  readonly before: FlowState;
  readonly after: FlowState;
  /** Where the controller lets it run by then, where that is another placement; absent where it stays. */
  readonly placementAfter?: ExternalFlow['placement'];
  /** Delivered before and after, by another berth. */
  readonly moved: boolean;
  /** `gateway-moved` for a move, else the reason of `after`, else undefined. */
  readonly reason: FindingCode | undefined;
  /** For a move or a recovery; undefined for what never stops and for what never comes back. */
  readonly outage: ExpectedOutage | undefined;
  /** One sentence, for people. */
  readonly why: string;
  readonly steps: readonly Step[];
};

/** The answer to `whatif`. */
export type WhatIf = {
  readonly assumptions: readonly string[];
  readonly findings: readonly Finding[];
  readonly scenarios: readonly Scenario[];
};

/** One sequence of failures and every flow it was asked about. */
export type Scenario = { readonly failures: readonly FailureSet[]; readonly verdicts: readonly Verdict[] };
