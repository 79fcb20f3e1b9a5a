import { type Finding, lingeringAt, list, parseTarget } from '@berth/core';
import { type Ip, parseIp } from '@berth/net';
import type { Analysis } from '../context/analysis.ts';
import { addressesOf } from '../context/told-by-objects.ts';
import type { ObjectStory } from './explain-object.ts';

type Asked = Pick<Analysis, 'fabric' | 'flows' | 'nodeName' | 'asked' | 'audit'>;

/**
 * What there is to say of an address, or of the addresses of an EIP, that no row has any more and that nodes that stand still go on answering
 * for; undefined where none does.
 */
export function lingeringStory(word: string, analysis: Asked): ObjectStory | undefined {
  const { fabric, nodeName } = analysis;
  const ips = addressesIn(word, analysis);
  const all = ips.flatMap((ip) => lingeringAt(fabric, ip));
  const [first] = all;
  if (!first || analysis.flows.some(({ externalIp }) => ips.some((ip) => ip === externalIp)))
    return undefined;
  const nodes = new Set(all.map(({ chassis }) => nodeName(chassis)));
  const goes = nodes.size > 1 ? 'go' : 'goes';
  return {
    object: { kind: 'Node', name: nodeName(first.chassis) },
    now: `no row of NB has ${first.ip}, and ${list([...nodes])} ${all.some(({ isCertain }) => isCertain) ? goes : 'may go'} on answering for it`,
    isWrong: true,
    findings: findingsAt(nodes, analysis.audit()),
  };
}

/** A story of an object with what its addresses do meanwhile. */
export function withLingering(story: ObjectStory, lingering: ObjectStory | undefined): ObjectStory {
  if (!lingering) return story;
  const { now, findings } = lingering;
  const more = findings.filter((each) => !story.findings.includes(each));
  return { ...story, isWrong: true, now: `${story.now}; ${now}`, findings: [...story.findings, ...more] };
}

function addressesIn(word: string, { asked }: Asked): readonly Ip[] {
  const target = parseTarget(word);
  if (target?.kind === 'address') return [target.ip];
  const known = addressesOf(asked?.resources).get(word) ?? [];
  return known.flatMap((text) => parseIp(text) ?? []);
}

function findingsAt(nodes: ReadonlySet<string>, findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(
    ({ code, object }) =>
      (code === 'address-lingers' || code === 'node-frozen') &&
      object?.kind === 'Node' &&
      nodes.has(object.name),
  );
}
