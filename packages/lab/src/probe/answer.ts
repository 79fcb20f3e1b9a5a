import { parseIp } from '@berth/net';
import { readPlaces } from '../drill/places.ts';
import type { Lab } from '../lab/lab.ts';
import { fabricPort } from '../lab/plan.ts';
import { type AskedAddress, Prober } from '../prober/prober.ts';
import { plainBash } from '../script/bash.ts';
import { command } from '../script/quote.ts';

/** Who answers for an address on an external wire. */
export type WhoAnswers = {
  /** Whether anybody could be asked: the address is of a network of `outside`. */
  readonly asked: boolean;
  /** The hardware address that ARP or ND resolved, or null when nobody answered. */
  readonly mac: string | null;
  /** The node behind whose NIC it is, `outside` itself, or null when unknown. */
  readonly node: string | null;
};

/**
 * Asks from `outside`, with a forgotten neighbour entry, who answers for an address of one of its networks now; whether it
 * answers pings does not matter. An address of no network of `outside`, or of its own, nobody can be asked for.
 */
export async function whoAnswers(lab: Lab, ip: string): Promise<WhoAnswers> {
  const { stdout } = await lab.exec('outside', [...plainBash, '-c', askScript, 'ask', ip]);
  const [nic = '', mac = ''] = stdout.trim().split(' ');
  if (mac === '') return { asked: nic !== '', mac: null, node: null };
  const wire = nic.split('.')[0] ?? nic;
  const learned = await lab.exec('central', [
    ...plainBash,
    '-c',
    `bridge fdb show br ${command(wire)} | grep -i ${command(`^${mac} `)}`,
  ]);
  const port = /dev (\S+)/.exec(learned.stdout)?.[1];
  const node = lab.plan.nodes.find((one) => fabricPort(wire, one) === port);
  return { asked: true, mac, node: node?.name ?? null };
}

/** One that answers for an address; `node` as in {@link WhoAnswers}. */
export type AnsweringMac = { readonly mac: string; readonly node: string | null };

/** Whether anybody could be asked for an address, and all that answered: several are in each other's way. */
export type AllAnswers = { readonly asked: boolean; readonly answerers: readonly AnsweringMac[] };

/**
 * Everyone who answers for each of some addresses. Every node is asked by itself, more than once, so that also those are told apart
 * that answer with one hardware address; and `outside` is asked whom it has learned, as {@link whoAnswers} does.
 */
export async function allAnswers(lab: Lab, ips: readonly string[]): Promise<readonly AllAnswers[]> {
  const heard = await heardFor(lab, ips);
  const all: AllAnswers[] = [];
  for (const ip of ips) {
    const { asked, mac, node } = await whoAnswers(lab, ip);
    const answerers: readonly AnsweringMac[] = heard.get(ip) ?? [];
    const isHeard = mac === null || answerers.some((one) => one.mac === mac.toLowerCase());
    all.push({ asked, answerers: isHeard ? answerers : [...answerers, { mac, node }] });
  }
  return all;
}

async function heardFor(
  lab: Lab,
  ips: readonly string[],
): Promise<ReadonlyMap<string, readonly AnsweringMac[]>> {
  const { outside } = await readPlaces(lab);
  const asks = ips.flatMap((text): AskedAddress[] => {
    const ip = parseIp(text);
    const from = ip === undefined ? undefined : outside.find(({ holds }) => holds(ip));
    if (ip === undefined || from === undefined || from.ip === ip) return [];
    return [{ ip: text, wire: from.wire, vlanId: from.vlanId, source: from.ip }];
  });
  if (asks.length === 0) return new Map();
  await using prober = new Prober(lab);
  const { answerers } = await prober.burst({ flows: [], asks, count: 1, intervalMs: 1, waitMs: 0 });
  return answerers;
}

/** Prints the NIC and the hardware address; nothing when the address is not on a network of \`outside\`. */
const askScript = `
ip=$1
route=$(ip route get "$ip" 2>/dev/null) || exit 0
case $route in *" via "* | "local "*) exit 0 ;; esac
nic=\${route#* dev } nic=\${nic%% *}
ip neighbour delete "$ip" dev "$nic" 2>/dev/null
ping -n -c 1 -W 1 "$ip" >/dev/null 2>&1 & ping=$!
for ((tries = 0; tries < 60; tries++)); do
  mac=$(ip neighbour show to "$ip" dev "$nic" | grep -o 'lladdr [^ ]*')
  [ -n "$mac" ] && break
  kill -0 $ping 2>/dev/null || break
  sleep 0.02
done
kill $ping 2>/dev/null
mac=$(ip neighbour show to "$ip" dev "$nic" | grep -o 'lladdr [^ ]*')
echo "$nic \${mac#lladdr }"
`;
