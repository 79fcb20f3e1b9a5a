/** A command a user types, run from the top of the checkout, that passes by its exit code. */
export type Story = {
  readonly command: readonly string[];
  readonly limitMs: number;
  readonly expectedExitCode?: number;
};

/** Everything that is run end to end, in this order. */
export const endToEnd: readonly Story[] = [
  { command: ['bin/berth', '--help'], limitMs: 60_000 },
  { command: ['bin/berth', 'version'], limitMs: 60_000 },
  { command: ['bin/berth', 'no-such-command'], limitMs: 60_000, expectedExitCode: 64 },
  { command: ['bin/berth', 'demo'], limitMs: 600_000 },
];
