import type { Fields } from './fields.ts';

/** What a datapath does with a frame, in the words of ovs-actions(7) and `dpctl`: a word or number, and what is in its parentheses. */
export type Action = { readonly word: string; readonly args: string };

/** A frame that leaves by a port of the datapath, within a tunnel's outer frame or bare. */
export type Output = { readonly port: number; readonly frame: Fields; readonly tunnel: Tunnel | undefined };

/** What is on the outside of a tunnelled frame. */
export type Tunnel = { readonly to: string; readonly id: string; readonly metadata: string };

/** A look-up in conntrack; `nat` is `undefined` for none, '' for that of the connection, else `src=…` or `dst=…`. */
export type Tracking = {
  readonly zone: string;
  readonly isCommit: boolean;
  readonly nat: string | undefined;
};

/** All that a list of actions does to a frame. */
export type Effects = {
  readonly outputs: readonly Output[];
  readonly trackings: readonly Tracking[];
  /** Words that nobody here understands. */
  readonly unread: readonly string[];
};

/** Splits at the commas that are in no parentheses or braces. */
export function readActions(text: string): readonly Action[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const letter of text.trim()) {
    if (letter === '(' || letter === '{') depth += 1;
    if (letter === ')' || letter === '}') depth -= 1;
    if (letter === ',' && depth === 0) {
      parts.push(part);
      part = '';
    } else part += letter;
  }
  return [...parts, part].filter((each) => each !== '').map(actionOf);
}

function actionOf(text: string): Action {
  const open = text.indexOf('(');
  if (open < 0) return { word: text, args: '' };
  return { word: text.slice(0, open), args: text.slice(open + 1, text.lastIndexOf(')')) };
}

/** Words that change nothing that decides about a packet's way. */
const harmless = new Set(['ct_clear', 'drop', 'userspace', 'recirc', 'trunc', 'hash']);

/** Carries the actions out on a frame. */
export function effectsOf(actions: readonly Action[], frame: Fields): Effects {
  const run = new Run(frame);
  run.all(actions);
  return run;
}

/** A frame under way through a list of actions. */
class Run implements Effects {
  readonly outputs: Output[] = [];
  readonly trackings: Tracking[] = [];
  readonly unread: string[] = [];
  #frame: Fields;
  #tunnel: Tunnel | undefined;

  constructor(frame: Fields) {
    this.#frame = frame;
  }

  all(actions: readonly Action[]): void {
    for (const action of actions) this.#one(action);
  }

  #one(action: Action): void {
    const { word, args } = action;
    if (/^\d+$/.test(word)) {
      this.outputs.push({ port: Number(word), frame: this.#frame, tunnel: this.#tunnel });
    } else if (word === 'ct') this.trackings.push(trackingOf(args));
    else if (word === 'clone') this.#aside(readActions(args));
    // A probe is small.
    else if (word === 'check_pkt_len') this.#aside(readActions(innerOf(args, 'le')));
    else if (word === 'tnl_push') this.#tunnel = tunnelOf(args) ?? this.#unread(action, undefined);
    else if (!harmless.has(word))
      this.#frame = changed(this.#frame, action) ?? this.#unread(action, this.#frame);
  }

  /** What is done to a copy. */
  #aside(actions: readonly Action[]): void {
    const before = { frame: this.#frame, tunnel: this.#tunnel };
    this.all(actions);
    this.#frame = before.frame;
    this.#tunnel = before.tunnel;
  }

  #unread<T>({ word, args }: Action, value: T): T {
    this.unread.push(word === 'set' ? `set(${args})` : word);
    return value;
  }
}

function innerOf(args: string, wanted: string): string {
  return readActions(args).find(({ word }) => word === wanted)?.args ?? '';
}

/** The frame after an action that writes on it; undefined for one that is not known. */
function changed(frame: Fields, { word, args }: Action): Fields | undefined {
  if (word === 'set') return withSet(frame, args);
  if (word === 'push_vlan') return { ...frame, dl_vlan: /vid=(\d+)/.exec(args)?.[1] ?? '0' };
  return word === 'pop_vlan' ? without(frame, 'dl_vlan') : undefined;
}

function without(fields: Fields, name: string): Fields {
  const { [name]: _, ...rest } = fields;
  return rest;
}

/** Names in `set(…)` and of the fields they are of. */
const setNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  eth: { src: 'dl_src', dst: 'dl_dst' },
  ipv4: { src: 'nw_src', dst: 'nw_dst', ttl: 'nw_ttl' },
  ipv6: { src: 'ipv6_src', dst: 'ipv6_dst', hlimit: 'nw_ttl' },
  tcp: { src: 'tp_src', dst: 'tp_dst' },
  udp: { src: 'tp_src', dst: 'tp_dst' },
  arp: { sip: 'arp_spa', tip: 'arp_tpa', op: 'arp_op', sha: 'arp_sha', tha: 'arp_tha' },
  nd: { target: 'nd_target', sll: 'nd_sll', tll: 'nd_tll' },
};

/** The frame after a `set`; undefined when a part of a value is set, which is not worked out. */
function withSet(frame: Fields, args: string): Fields | undefined {
  const [header] = readActions(args);
  const names = setNames[header?.word ?? ''];
  // Marks and the like are no part of a frame.
  if (header === undefined || names === undefined) return /^(skb|ct|recirc)/.test(args) ? frame : undefined;
  const pairs = readActions(header.args).map(({ word }) => word.split(/=(.*)/s));
  if (pairs.some(([, value = '']) => value.includes('/'))) return undefined;
  const known = pairs.flatMap(([name = '', value = '']) =>
    names[name] ? [[names[name], value] as const] : [],
  );
  return { ...frame, ...Object.fromEntries(known) };
}

function trackingOf(args: string): Tracking {
  const parts = readActions(args);
  const nat = parts.find(({ word }) => word === 'nat');
  const zone = parts.find(({ word }) => word.startsWith('zone='))?.word.slice('zone='.length);
  const isCommit = parts.some(({ word }) => word === 'commit' || word === 'force_commit');
  return { zone: zone ?? '0', isCommit, nat: nat?.args };
}

/** Where a Geneve frame goes, with what OVN writes on it (ovn-architecture(7), Tunnel Encapsulations). */
function tunnelOf(args: string): Tunnel | undefined {
  const to = /ipv[46]\([^)]*dst=([^,)]+)/.exec(args)?.[1];
  const id = /vni=(0x[0-9a-f]+|\d+)/.exec(args)?.[1];
  const metadata = /class=0x102,type=0x80,len=4,(0x[0-9a-f]+)/.exec(args)?.[1];
  return to === undefined || id === undefined ? undefined : { to, id, metadata: metadata ?? '0' };
}
