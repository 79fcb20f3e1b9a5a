import type { Lab } from '../lab/lab.ts';
import { fabricPort } from '../lab/plan.ts';
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
 * answers pings does not matter. An address of no network of `outside` is answered by nobody.
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

/** Prints the NIC and the hardware address; nothing when the address is not on a network of \`outside\`. */
const askScript = `
ip=$1
route=$(ip route get "$ip" 2>/dev/null) || exit 0
case $route in *" via "*) exit 0 ;; esac
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
