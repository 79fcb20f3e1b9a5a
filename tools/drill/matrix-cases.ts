import { pairs, sequences, setsOf, singles } from './cases.ts';
import { interplay } from './interplay.ts';
import { randomOf, shuffled } from './random.ts';
import { representatives } from './symmetry.ts';
import type { Topology } from './topology.ts';

/** Why a case is in the matrix. `sampled` ones are pairs and sequences without interplay, drawn by the seed. */
export type CaseSort = 'single' | 'sequence' | 'pair' | 'sampled';

export type MatrixCase = { readonly text: string; readonly sort: CaseSort };

/** How many pairs and sequences without interplay are drawn of each topology. */
export const sampleSize = 8;

/**
 * The matrix of a topology (decision 012): every single failure, every pair and sequence whose two failures have to do with each
 * other, and a sample of the others; one of each orbit of equals. Its order is of no weight.
 */
export function matrixOf(topology: Topology, seed: number): readonly MatrixCase[] {
  const of = (cases: readonly string[]) => representatives(cases, topology);
  const both = [...of(pairs(topology)), ...of(sequences(topology))];
  const plays = both.filter((text) => hasInterplay(text, topology));
  const others = shuffled(
    both.filter((text) => !plays.includes(text)),
    randomOf(seed),
  );
  return [
    ...of(singles(topology)).map((text) => ({ text, sort: 'single' as const })),
    ...plays.map((text) => ({ text, sort: text.includes(';') ? ('sequence' as const) : ('pair' as const) })),
    ...others.slice(0, sampleSize).map((text) => ({ text, sort: 'sampled' as const })),
  ];
}

function hasInterplay(text: string, topology: Topology): boolean {
  const [one, other] = setsOf(text, topology).flat();
  return one !== undefined && other !== undefined && interplay(one, other, topology);
}
