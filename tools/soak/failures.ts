import type { Draw } from './wishes.ts';

const ofNode = [
  'host',
  'uplink',
  'mapping',
  'tunnel',
  'vswitchd',
  'ovn-controller',
  'ovn-controller-exit',
  'zombie',
  'notready',
  'control',
  'agent',
] as const;

/** One failure or two, at once or one after the other, as they are written. */
export function drawFailures(nodes: readonly string[], draw: Draw): string {
  const one = (): string =>
    draw([nodeFailure, nodeFailure, nodeFailure, pairFailure, plainFailure])?.(nodes, draw) ?? 'sb';
  const first = one();
  const second = draw([undefined, one()]);
  return second === undefined || second === first ? first : `${first}${draw([',', ';'])}${second}`;
}

function nodeFailure(nodes: readonly string[], draw: Draw): string {
  return `${draw(ofNode)}:${draw(nodes)}`;
}

function pairFailure(nodes: readonly string[], draw: Draw): string {
  const one = draw(nodes);
  return `tunnel:${one}-${draw(nodes.filter((node) => node !== one))}`;
}

function plainFailure(_nodes: readonly string[], draw: Draw): string {
  return draw(['nb', 'sb', 'northd', 'central', 'upstream:ext0']) ?? 'sb';
}
