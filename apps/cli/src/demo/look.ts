import { ping, startPinging, whoAnswers } from '@berth/lab';
import type { Stage } from './stage.ts';

/** What packets said: both ways, and who answers ARP. */
export type Seen = { readonly inbound: boolean; readonly outbound: boolean; readonly node: string | null };

/** Long enough for tunnel BFD to come up, a gateway to be elected and the address to be announced. */
const patienceMs = 20_000;

/**
 * Looks until packets say that the address is reachable (or, with `wanted` false, that it is not), or until patience
 * ends. What was seen last counts. Each look asks afresh who answers and pings under a new ICMP id.
 */
export async function look(
  stage: Stage,
  wanted: boolean,
  also: (seen: Seen) => boolean = () => true,
): Promise<Seen> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const seen = await lookOnce(stage);
    const settled = wanted
      ? seen.inbound && seen.outbound && seen.node !== null
      : !seen.inbound && !seen.outbound && seen.node === null;
    if ((settled && also(seen)) || Date.now() > deadline) return seen;
  }
}

async function lookOnce({ lab, address, pod, upstream }: Stage): Promise<Seen> {
  const { node } = await whoAnswers(lab, address);
  const [inbound, outbound] = await Promise.all([
    ping(lab, { from: 'outside', to: address, count: 3, intervalMs: 100 }),
    ping(lab, { from: pod, to: upstream, count: 3, intervalMs: 100 }),
  ]);
  return { inbound: inbound.received > 0, outbound: outbound.received > 0, node };
}

/** One line for the table. */
export function describe({ inbound, outbound, node }: Seen): string {
  const answers = node === null ? 'nobody answers' : `${node} answers`;
  if (inbound && outbound) return `reachable, ${answers}`;
  if (!inbound && !outbound) return `unreachable, ${answers}`;
  return `${inbound ? 'in only' : 'out only'}, ${answers}`;
}

/** Pings the address every 20 ms while something breaks, until it answers again; the longest gap is the outage. */
export async function outageDuring(stage: Stage, breakIt: () => Promise<void>): Promise<number> {
  const pinging = await startPinging(stage.lab, { from: 'outside', to: stage.address, intervalMs: 20 });
  await breakIt();
  await look(stage, true);
  return (await pinging.stop()).longestGapMs;
}

/** Longer than OVN's default tunnel BFD needs to notice a dead node (3 s), and the election after it. */
const detectionMs = 5_000;

/** Pings the address until every node must have noticed what broke; tells how many were answered. */
export async function pingsDuringDetection({
  lab,
  address,
}: Stage): Promise<{ readonly sent: number; readonly received: number }> {
  return ping(lab, { from: 'outside', to: address, count: detectionMs / 50, intervalMs: 50 });
}
