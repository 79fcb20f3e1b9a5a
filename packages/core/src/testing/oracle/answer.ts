export type OracleAnswer = {
  readonly outcome: 'delivered' | 'lost' | 'unknown';
  readonly berth: string | undefined;
  readonly conflict: readonly string[];
  /** Every reason that is true: an analyser names one of them. */
  readonly reasons: ReadonlySet<string>;
};
