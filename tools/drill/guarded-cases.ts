import { sweepKinds } from '@berth/core';
import type { GuardedNetwork } from './guarded-networks.ts';
import type { MatrixCase } from './matrix-cases.ts';
import { randomOf, shuffled } from './random.ts';

/** What makes a controller act, or keeps another node from serving instead. */
const weighty = ['host', 'uplink', 'ovn-controller-exit', 'zombie', 'notready'] as const;

/** How many of the pairs and sequences are drawn of each network, and how many of the failures while no controller runs. */
const sampleSize = { pairs: 30, sequences: 15, uncontrolled: 15 };

/**
 * The matrix of a network that is looked after: every single failure; and drawn by the seed two weighty ones of different
 * nodes, at once and one after the other, and any failure after the controller died.
 */
export function guardedMatrix({ nodes }: GuardedNetwork, seed: number): readonly MatrixCase[] {
  const random = randomOf(seed);
  const ofNodes = nodes.flatMap((node) => sweepKinds.map((kind) => `${kind}:${node}`));
  const shared = [
    'upstream:external',
    'nb',
    'sb',
    'northd',
    'central',
    'berth-controller',
    'pod:default/web',
  ];
  const ordered = nodes.flatMap((a) =>
    nodes
      .filter((b) => b !== a)
      .flatMap((b) => weighty.flatMap((one) => weighty.map((other) => [`${one}:${a}`, `${other}:${b}`]))),
  );
  const pairs = ordered.filter(([a = '', b = '']) => a < b).map((both) => both.join());
  const sequences = ordered.map((both) => both.join(';'));
  const drawn = (texts: readonly string[], count: number, sort: MatrixCase['sort']) =>
    shuffled(texts, random)
      .slice(0, count)
      .map((text) => ({ text, sort }));
  return [
    ...[...ofNodes, ...shared].map((text) => ({ text, sort: 'single' as const })),
    ...drawn(pairs, sampleSize.pairs, 'pair'),
    ...drawn(sequences, sampleSize.sequences, 'sequence'),
    ...drawn(
      ofNodes.map((text) => `berth-controller;${text}`),
      sampleSize.uncontrolled,
      'sequence',
    ),
  ];
}
