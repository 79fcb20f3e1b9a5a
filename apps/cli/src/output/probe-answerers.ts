import { type Finding, finding } from '@berth/core';
import type { ProbeAnswer } from '../schema/probe.ts';

/** The addresses that more than one answers for, each with all who do. */
export function shared(answers: ProbeAnswer['answers']): ReadonlyMap<string, readonly string[]> {
  const all = Map.groupBy(answers, ({ address }) => address);
  return new Map(
    [...all]
      .filter(([, those]) => those.length > 1)
      .map(([address, those]) => [
        address,
        those.map(({ mac, node }) => (node === null ? `${mac}` : `${mac} (${node})`)),
      ]),
  );
}

/** An error for each address that more than one answers for. */
export function twoAnswerers(answers: ProbeAnswer['answers']): readonly Finding[] {
  return [...shared(answers)].map(([address, all]) =>
    finding('two-answerers', {
      message: `${all.join(' and ')} ${all.length === 2 ? 'both' : 'all'} answer for ${address}: which of them a packet meets is chance`,
      cure: 'let only one answer: take the other off the external network, or the address from it',
    }),
  );
}
