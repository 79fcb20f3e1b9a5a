import type { ProbeAnswer } from '../schema/probe.ts';
import { shared } from './probe-answerers.ts';
import type { Style } from './style.ts';
import { none, table } from './table.ts';

/** What packets told: each flow, who answers for each address, and the verdict. */
export function probeText({ flows, answers, target, reachable }: ProbeAnswer, style: Style): string {
  // Pings from outside come from nobody in particular: a column with nothing in it would only puzzle.
  const hasSource = flows.some(({ seenAs }) => seenAs !== null);
  const flowRows = flows.map(({ direction, protocol, from, to, port, sent, received, seenAs }) => [
    direction,
    from,
    port === null ? to : `${protocol} ${to} ${port}`,
    received > 0 ? style.good('reachable') : style.bad('unreachable'),
    `${received}/${sent}`,
    ...(hasSource ? [seenAs ?? none] : []),
  ]);
  const answerRows = answers.map(({ address, mac, node }) => [address, mac ?? style.bad(none), node ?? none]);
  const isThrough = flows.every(({ received }) => received > 0);
  const silent = answers.filter(({ mac }) => mac === null).map(({ address }) => address);
  const strangers = flows.flatMap(({ to, answeredBy = [] }) =>
    answeredBy.map((stranger) => `${stranger} answered in place of ${to}`),
  );
  const wrong = flows.filter(({ rightAs }) => rightAs !== undefined);
  const asWhom = [
    ...wrong.map(
      ({ from, seenAs, rightAs }) => `the outside saw ${from} as ${seenAs}, and not as ${rightAs}`,
    ),
    ...[...shared(answers)].map(
      ([address, all]) => `${address} is answered for by ${all.join(' and ')}, and which of them is chance`,
    ),
    ...strangers,
  ];
  const verdict = (): string => {
    if (reachable) return style.good('reachable');
    const not = style.bad('not reachable');
    if (!isThrough) return strangers.length > 0 ? `${not}: ${strangers.join('; ')}` : not;
    if (silent.length > 0)
      return `${not}: nobody answers for ${silent.join(', ')}, and only who has learned before who does gets through`;
    return asWhom.length > 0 ? style.bad(`reachable, but not as it should be: ${asWhom.join('; ')}`) : not;
  };
  return [
    table(['direction', 'from', 'to', 'result', 'answered', ...(hasSource ? ['seen-as'] : [])], flowRows),
    table(['address', 'answered-by-mac', 'node'], answerRows),
    `${target} is ${verdict()}\n`,
  ].join('\n');
}
