import type { Finding } from '@berth/core';
import type { ExplanationAnswer } from '../schema/explanation.ts';
import { type Address, berthOf, listed, statesOf } from './address-states.ts';
import type { Style } from './style.ts';

/** The node that an address lives on, with what speaks against it; of several addresses their nodes. */
export function livesOnText(
  { berth, placement, now }: ExplanationAnswer,
  findings: readonly Finding[],
  style: Style,
): string {
  if (placement === null) return nodesText(now);
  const [first] = now.addresses;
  const which = placement.effective === 'distributed' ? "the workload's own node" : 'the active gateway node';
  if (first?.idle !== undefined && berth !== null) return `${berth.node}, ${which}, for whoever uses it`;
  const open = first ? statesOf(first).flatMap(({ missing }) => missing) : [];
  const before = formerText(berth, open, first, findings);
  if (before !== undefined) return style.bad(before);
  if (open.length > 0 && berth?.how !== 'derived') {
    const likely = berth === null ? '' : `; by SB it would be ${berth.node}, ${which}`;
    return style.doubtful(`not known: nobody can tell ${[...new Set(open)].join(', ')}${likely}`);
  }
  if (berth === null) return style.bad('no node: nobody answers for it');
  if (berth.how === 'conflict') return style.bad(answeringText(first));
  if (berth.how === 'reported')
    return style.bad(`nowhere: SB names ${berth.node}, and nothing gets through there`);
  if (first?.inbound?.reason === 'nat-ignored')
    return style.bad(`${berth.node}, which answers for it and translates nothing`);
  const isPassedOver =
    placement.effective !== 'distributed' && findings.some(({ code }) => code === 'gateway-moved');
  const though = isPassedOver ? ', as SB says, though another comes first: see gateway-moved below' : '';
  return `${style.strong(berth.node)}, ${which} (${placement.effective})${though}${vainText(first, berth.node)}`;
}

/** The nodes that several addresses live on. */
function nodesText({ addresses }: ExplanationAnswer['now']): string {
  const nodes = [...new Set(addresses.map((each) => berthOf(each) ?? 'no node'))];
  const rest = nodes.length - listed;
  return `${nodes.slice(0, listed).join(', ')}${rest > 0 ? ` and ${rest} more nodes` : ''}`;
}

/** What is told of nodes that had an address before. */
const lingering: ReadonlySet<string> = new Set(['address-lingers', 'two-answerers']);

/** Of an address that nobody answers for who should, which node may, or does: undefined where nothing is told of any. */
function formerText(
  berth: ExplanationAnswer['berth'],
  open: readonly string[],
  address: Address | undefined,
  findings: readonly Finding[],
): string | undefined {
  const found = findings.find(({ code }) => lingering.has(code));
  if (found === undefined || (berth === null && open.length > 0)) return undefined;
  if (berth === null)
    return `no node that should answer; one that had it before may: see ${found.code} below`;
  const { how, node } = berth;
  const nodes = [found.object, ...found.related].filter((ref) => ref?.kind === 'Node');
  if (how !== 'derived' || !nodes.some((ref) => ref?.name === node)) return undefined;
  const vain =
    open.length > 0 ? `; nobody can tell ${[...new Set(open)].join(', ')}` : vainText(address, node);
  return `${node}, where it was before and which stands still${vain}`;
}

/** Several that answer at once: for what comes in, or for the answers to what goes out. */
function answeringText(address: Address | undefined): string {
  const state = address && statesOf(address).find(({ conflict }) => conflict.length > 0);
  const nodes = state?.conflict ?? [];
  const all = `${nodes.join(' and ')}: ${nodes.length > 2 ? 'all' : 'both'} answer for it`;
  return state?.outcome === 'lost' ? `${all}, and nothing gets through` : all;
}

/** What of its two ways comes to nothing there, and by which node the other one goes. */
function vainText(address: Address | undefined, node: string): string {
  const [into, out] = [address?.inbound, address?.outbound];
  const isLost = { in: into?.outcome === 'lost', out: out?.outcome === 'lost' };
  if (isLost.in && out?.outcome === 'delivered') {
    const leaves = out.berth === node || out.berth === null ? 'there' : `by ${out.berth}`;
    return into?.berth === node
      ? `, which answers for it and delivers nothing of what comes in; what goes out leaves ${leaves}`
      : ', for what goes out; what comes in is lost';
  }
  if (isLost.out && into?.outcome === 'delivered') return ', for what comes in; what goes out is lost';
  return isLost.in ? ', which answers for it and delivers nothing' : '';
}
