import type { ProbeAnswer } from '../schema/probe.ts';
import { shared } from './probe-answerers.ts';
import type { Style } from './style.ts';
import { none, table } from './table.ts';

type Flow = ProbeAnswer['flows'][number];

/** What packets told: each flow, who answers for each address, and the verdict. */
export function probeText({ flows, answers, target, reachable, untried }: ProbeAnswer, style: Style): string {
  // Pings from outside come from nobody in particular: a column with nothing in it would only puzzle.
  const hasSource = flows.some(({ seenAs }) => seenAs !== null);
  const flowRows = flows.map(({ direction, protocol, from, to, port, sent, received, seenAs, reached }) => [
    direction,
    from,
    port === null ? to : `${protocol} ${to} ${port}`,
    received > 0 ? style.good('reachable') : style.bad('unreachable'),
    `${received}/${sent}`,
    reached.length > 0 ? reached.join(',') : none,
    ...(hasSource ? [seenAs ?? none] : []),
  ]);
  const answerRows = answers.map(({ address, mac, node }) => [address, mac ?? style.bad(none), node ?? none]);
  const isThrough = flows.every(({ received }) => received > 0);
  const silent = answers.filter(({ mac }) => mac === null).map(({ address }) => address);
  const strangers = flows.flatMap(answeredByOthers);
  const wrong = flows.filter(({ rightAs }) => rightAs !== undefined);
  const asWhom = [
    ...flows.flatMap(withoutRoute),
    ...strangers,
    ...wrong.map(
      ({ from, seenAs, rightAs }) => `the outside saw ${from} as ${seenAs}, and not as ${rightAs}`,
    ),
    ...flows.flatMap(({ to, protocol, port, silent: pods = [], reached }) =>
      pods.map(
        (pod) =>
          `${pod} gives no answer at ${protocol} ${to} ${port}, which leads to it and to ${reached.join(' and ')}`,
      ),
    ),
    ...[...shared(answers)].map(
      ([address, all]) => `${address} is answered for by ${all.join(' and ')}, and which of them is chance`,
    ),
  ];
  const verdict = (): string => {
    if (reachable) return style.good('reachable') + answeredByNobodys(flows);
    const not = style.bad('not reachable');
    if (!isThrough) {
      const isSent = flows.every(({ unsent }) => unsent === undefined);
      const nobody = silent.length > 0 && isSent ? [`nobody answers for ${silent.join(', ')}`] : [];
      const why = [...asWhom, ...nobody];
      return why.length > 0 ? `${not}: ${why.join('; ')}` : not;
    }
    if (silent.length > 0)
      return `${not}: nobody answers for ${silent.join(', ')}, and only who has learned before who does gets through`;
    return asWhom.length > 0 ? style.bad(`reachable, but not as it should be: ${asWhom.join('; ')}`) : not;
  };
  return [
    table(
      ['direction', 'from', 'to', 'result', 'answered', 'arrives-at', ...(hasSource ? ['seen-as'] : [])],
      flowRows,
    ),
    table(['address', 'answered-by-mac', 'node'], answerRows),
    `${target} is ${verdict()}${untried === undefined ? '' : `, as far as it could be tried: ${untried}`}\n`,
  ].join('\n');
}

/** That a pod sent nothing: no OVN can help where it has no route. */
function withoutRoute({ from, to, unsent }: Flow): readonly string[] {
  return unsent === undefined ? [] : [`there is no route to ${to} inside ${from} (${unsent})`];
}

/** Who else answered: another address, or the right one without the packets having come to whom they were for. */
function answeredByOthers({ to, answeredBy = [], otherAnswers, reached, received }: Flow): readonly string[] {
  return [
    ...answeredBy.map((stranger) => `${stranger} answered in place of ${to}`),
    ...(otherAnswers > 0 && received === 0
      ? [
          reached.length > 0
            ? `${to} leads to ${reached.join(' and ')}`
            : `${to} answers pings, but its workload gets none: a router answers for an address of its own`,
        ]
      : []),
  ];
}

/** What is to be known of who answers pings where that is no workload. */
function answeredByNobodys(flows: readonly Flow[]): string {
  const own = flows.filter(({ otherAnswers, received }) => otherAnswers > 0 && received > 0);
  if (own.length > 0)
    return `; pings to ${own.map(({ to }) => to).join(' and ')} are answered by a router, whose own address it is`;
  const isNobodys = flows.some(({ received, reached }) => received > 0 && reached.length === 0);
  return isNobodys ? ', but no pod got the pings: a router or a machine outside answers them' : '';
}
