import type { Failure } from '../../fabric/failure.ts';
import type { FindingCode } from '../../finding/catalogue.ts';
import type { Origin } from '../../finding/origin.ts';
import type { Direction, ExternalFlow, RowRef } from '../flow.ts';
import type { FlowState, Outcome, Step, Verdict } from '../verdict.ts';

/** What there is to say about a target. Chassis are SB names. */
export type Explanation = {
  readonly target: string;
  /** Of the target as a whole; undefined where its addresses differ, and for nodes. */
  readonly placement: ExplainedPlacement | undefined;
  readonly berth: Berth | undefined;
  /** The way of a packet, of the first address; empty where the addresses differ. */
  readonly inbound: readonly Step[];
  readonly outbound: readonly Step[];
  /** What breaks it, or moves it, when it fails. */
  readonly dependsOn: readonly Dependency[];
  /** What may fail, all of it at once, without any of its packets noticing. */
  readonly independentOf: readonly Independence[];
  readonly now: { readonly outcome: Outcome; readonly addresses: readonly AddressState[] };
  /** How to make it otherwise, one sentence each. */
  readonly change: readonly string[];
  readonly node: ExplainedNode | undefined;
  readonly assumptions: readonly string[];
};

export type ExplainedPlacement = {
  readonly effective: string;
  /** What its owner asked for; undefined where nobody is known to have asked. */
  readonly wanted: string | undefined;
  /** The fields that asked; empty for the default. */
  readonly decidedBy: readonly Origin[];
  /** Why OVN puts it there. One sentence. */
  readonly because: string;
  /** The columns that decide, as NB has them. */
  readonly columns: readonly { readonly row: RowRef; readonly name: string; readonly value: string }[];
};

/** Who answers: `derived` from how OVN elects, `reported` by SB alone, `conflict` when several do. */
export type Berth = { readonly chassis: string; readonly how: 'derived' | 'reported' | 'conflict' };

export type Dependency = {
  /** What fails, at once. */
  readonly failures: readonly Failure[];
  /** `moved`: it goes on elsewhere after an outage. */
  readonly effect: 'lost' | 'unknown' | 'moved';
  /** The targets it happens to, and how many there are that work now: what one of many suffers is not said of all. */
  readonly targets: readonly string[];
  readonly ofTargets: number;
  readonly directions: readonly Direction[];
  readonly reason: FindingCode | undefined;
  /** One sentence. */
  readonly why: string;
  /** Of the worst of its flows; undefined for what does not come back. */
  readonly outageMs: number | undefined;
};

export type Independence = {
  readonly failures: readonly Failure[];
  /** `gateways`: every gateway node it could use, dead together. */
  readonly of: 'gateways' | 'central' | 'node';
};

/** One external address of a target, as it is now. */
export type AddressState = {
  readonly flow: ExternalFlow;
  readonly inbound: FlowState | undefined;
  readonly outbound: FlowState | undefined;
};

/** What is on a node, and what its loss costs. */
export type ExplainedNode = {
  readonly chassis: string;
  /** Router ports of whose groups it is a member. */
  readonly gatewayOf: readonly {
    readonly routerPort: string;
    readonly priority: number;
    readonly isActive: boolean;
  }[];
  /** Flows that are lost, move or become unknown when it dies. */
  readonly loss: readonly Verdict[];
};
