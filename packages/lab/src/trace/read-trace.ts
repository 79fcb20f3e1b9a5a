import { type Action, readActions } from './actions.ts';
import { type Fields, readFields } from './fields.ts';

/** A packet's way through one switch up to where it leaves, ends, or is looked up in conntrack and goes on in a stage of its own. */
export type Stage = {
  /** The number that `recirc(…)` names; '' for the first. */
  readonly number: string;
  /** The flow as the stage begins: what conntrack was told to translate is translated. */
  readonly flow: Fields;
  readonly actions: readonly Action[];
  readonly errands: readonly Errand[];
};

/**
 * What somebody else is asked to do: ovn-controller, or for a tunnel's outer frame vswitchd. `ask` it asks by ARP or ND who has the
 * next hop, `answer` it answers a solicitation, with the hardware address it gives.
 */
export type Errand =
  | { readonly kind: 'ask' | 'other' }
  | { readonly kind: 'answer'; readonly mac: string | undefined };

/**
 * Reads what `ofproto/trace` prints (ovs-vswitchd(8), of OVS 3.1). Only lines that every release has are read: `Flow:`,
 * `Datapath actions:`, `recirc(…)` and `controller(userdata=…)`. Undefined when it is no trace but a refusal.
 */
export function readTrace(text: string): readonly Stage[] | undefined {
  const stages: { number: string; flow: Fields; actions: readonly Action[]; errands: Errand[] }[] = [];
  let number = '';
  let router = '';
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    const resumed = /^recirc\((0x[0-9a-f]+)\) - /.exec(trimmed)?.[1];
    if (resumed !== undefined) number = resumed;
    else if (line.startsWith('Flow: ')) {
      stages.push({ number, flow: readFields(line.slice('Flow: '.length)), actions: [], errands: [] });
    } else if (line.startsWith('Datapath actions: ')) {
      const last = stages.at(-1);
      if (last !== undefined) last.actions = readActions(line.slice('Datapath actions: '.length));
    } else if (trimmed.startsWith('controller(userdata=')) {
      stages.at(-1)?.errands.push(errandOf(trimmed.slice('controller(userdata='.length, -1), router));
    } else if (trimmed.startsWith('-> neighbor cache miss')) stages.at(-1)?.errands.push({ kind: 'ask' });
    else router = setsRegister.exec(trimmed)?.[1] ?? router;
  }
  return stages.length === 0 ? undefined : stages;
}

/** The first four bytes of userdata say what ovn-controller is to do: `enum action_opcode` of OVN, of which no number ever changed. */
const opcodes: Readonly<Record<string, Errand['kind']>> = {
  '00.00.00.00': 'ask',
  '00.00.00.09': 'ask',
  '00.00.00.03': 'answer',
  '00.00.00.0c': 'answer',
};

/** `set_field:…->eth_src` as it is encoded (OpenFlow 1.3, OFPAT_SET_FIELD of OXM_OF_ETH_SRC). */
const setsSource = /00\.19\.00\.10\.80\.00\.08\.06\.((?:[0-9a-f]{2}\.){5}[0-9a-f]{2})/;

/** A router notes its port's hardware address in `xreg0[0..47]`, and answers with that where it answers for an address of its own. */
const setsRegister = /^set_field:0x([0-9a-f]{1,12})0{16}\/0xf{12}0{16}->xxreg0$/;

function errandOf(userdata: string, router: string): Errand {
  const kind = opcodes[userdata.slice(0, 11)] ?? 'other';
  if (kind !== 'answer') return { kind };
  const digits = setsSource.exec(userdata)?.[1]?.replaceAll('.', '') ?? router.padStart(12, '0');
  return { kind, mac: digits.match(/../g)?.join(':') };
}
