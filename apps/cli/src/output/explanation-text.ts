import { formatRef, keepAnnotation } from '@berth/api';
import type { Finding } from '@berth/core';
import type { Screen } from '../context/terminal.ts';
import type { ExplanationAnswer } from '../schema/explanation.ts';
import { dependencyLines, independenceLines } from './dependency-text.ts';
import { findingLines, plural } from './findings.ts';
import { nodeText } from './node-text.ts';
import type { Style } from './style.ts';
import { none, pad, table } from './table.ts';
import { wrap } from './wrap.ts';

type Look = Omit<Screen, 'write'>;
type Address = ExplanationAnswer['now']['addresses'][number];

/** How many addresses are listed: more would not be one screen. */
const listed = 15;

/**
 * One screen: where it lives and why, whether it works, the ways, what it depends on and what not, how to change it.
 * `hasObjects` where the objects are known that are asked for on this OVN.
 */
export function explanationText(
  told: ExplanationAnswer,
  findings: readonly Finding[],
  look: Look,
  hasObjects = false,
): string {
  const parts = told.node
    ? [nodeText(told, told.node, look.style)]
    : addressParts(told, findings, look, hasObjects);
  const problems = findingLines(findings.slice(0, listed), look);
  const assumed = told.assumptions.map((each) => section('assumed', [each], look));
  return [...parts, problems, assumed.join('')].filter((part) => part !== '').join('\n');
}

function addressParts(
  told: ExplanationAnswer,
  findings: readonly Finding[],
  look: Look,
  hasObjects: boolean,
): readonly string[] {
  const { placement, now, change } = told;
  const [first] = now.addresses;
  const isOne = placement !== null && first !== undefined;
  const head = isOne
    ? `${look.style.strong(told.target)}  ${now.addresses.map(addressText).join(', ')}  in ${first.router}\n`
    : `${look.style.strong(told.target)}  ${plural(now.addresses.length, 'address').replace('addresss', 'addresses')}\n`;
  const facts = [
    section('lives on', [livesOn(told, findings, look.style)], look),
    ...(isOne
      ? [
          section('because', [placement.because], look),
          section('asked for', [wantedText(placement, hasObjects)], look),
        ]
      : []),
    section('now', nowLines(told, findings, look.style), look),
  ];
  const ways = [
    section('in', told.inbound.map(stepText), look),
    section('out', told.outbound.map(stepText), look),
  ];
  return [
    head + facts.join(''),
    isOne ? ways.join('') : addressTable(now.addresses),
    section('depends on', dependencyLines(told, look.style), look) +
      section('not on', independenceLines(told, look.style), look),
    section('to change', change, look),
  ];
}

function addressText({ externalIp, externalPort, logicalIp, logicalPort }: Address): string {
  const port = externalPort ? ` ${externalPort.protocol}/${externalPort.port}` : '';
  return `${externalIp ?? none}${port} -> ${logicalIp}${logicalPort === null ? '' : ` (${logicalPort})`}`;
}

function livesOn(
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
  if (berth.how === 'conflict') return style.bad(answeringText(first?.inbound));
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

/** Several that answer at once. */
function answeringText(state: Address['inbound'] | undefined): string {
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

function wantedText(
  { wanted, decidedBy }: NonNullable<ExplanationAnswer['placement']>,
  hasObjects: boolean,
): string {
  if (wanted === null && hasObjects) return 'by nobody: no object of Berth asks for it';
  if (wanted === null) return 'nobody knows: no objects of Berth are stored about it';
  if (decidedBy.length === 0) return `${wanted}, which is the default: spec.type is not set`;
  const kept = decidedBy.some(({ field }) => field?.includes(keepAnnotation))
    ? ', which keeps it as it was found'
    : '';
  return `${wanted}, by ${decidedBy.map(({ object, field = '' }) => `${formatRef(object)} ${field}`.trim()).join(', ')}${kept}`;
}

/** What is wrong with gateways does nothing to an address that is answered at its workload. */
const ofGateways: ReadonlySet<string> = new Set(['no-gateway', 'gateways-lost', 'gateway-unclaimed']);

/** What is said of an address goes by NB as it is; that it is not as asked is another matter. */
const ofProgramming: ReadonlySet<string> = new Set(['not-programmed', 'programmed-otherwise']);

/** What is wrong with how it is asked for, or with how far that is done, does nothing to what is in force. */
const ofWishes: ReadonlySet<string> = new Set(['policy-contradictory', ...ofProgramming]);

/** Errors that keep packets away or lead them elsewhere, and that the analysis of the rows does not reckon with. */
const unreckoned: ReadonlySet<string> = new Set([
  'address-in-use',
  'address-shared',
  'encapsulation-mixed',
  'gateway-unclaimed',
  'gateways-lost',
  'mac-shared',
  'network-down',
  'no-gateway',
  'tunnel-down',
  'uplink-down',
]);

/** Whether it works: of one target how, of several how many and which of them do not. */
function nowLines(
  { now, assumptions, placement }: ExplanationAnswer,
  findings: readonly Finding[],
  style: Style,
): readonly string[] {
  const concerns = findings.filter(
    ({ code }) => placement?.effective !== 'distributed' || !ofGateways.has(code),
  );
  const broken = concerns.filter(({ severity, code }) => severity === 'error' && !ofWishes.has(code));
  const errors = [...new Set(broken.map(({ code }) => code))];
  const against = errors.filter((code) => unreckoned.has(code));
  const used = now.addresses.filter(({ idle }) => idle === undefined);
  const idle = idleLines(now.addresses, placement !== null);
  if (used.length === 0 && idle.length > 0) return idle;
  const lost = used.filter((each) => statesOf(each).some(({ outcome }) => outcome !== 'delivered'));
  if (lost.length === 0) {
    const ways = waysOf(used.flatMap(statesOf));
    if (against.length > 0) {
      const speak = against.length > 1 ? 'speak' : 'speaks';
      return [
        style.doubtful(
          `by the rows packets get through, ${ways}, but ${against.join(', ')} ${speak} against it: see below`,
        ),
        ...idle,
      ];
    }
    const condition = assumptions.length > 0 ? ', as far as NB and SB tell: see "assumed"' : '';
    const though = thoughText({ now, placement }, findings);
    const wrong = errors.length > 0 ? `; ${errors.join(', ')}, though: see below` : '';
    const isPartly = findings.some(({ code, severity }) => code === partial && severity !== 'error');
    const but = isPartly ? `, but for what ACLs drop: see ${partial} below` : '';
    return [
      `${style.good(`works, ${ways}`)}${but}${condition}${though}${wrong}`,
      ...(placement === null ? [] : new Set(now.addresses.flatMap(({ conditions }) => conditions))),
      ...idle,
    ];
  }
  if (placement !== null) return [style.bad(brokenText(lost))];
  const working = used.length - lost.length;
  const groups = Map.groupBy(lost, (each) => brokenText([each]));
  const told = [...groups].slice(0, listed).map(([text, some]) => {
    const targets = [...new Set(some.map(({ target }) => target))];
    const names = `${targets.slice(0, 3).join(', ')}${targets.length > 3 ? ` and ${targets.length - 3} more` : ''}`;
    return `${names}: ${style.bad(text)}`;
  });
  return [`${working} of ${used.length} addresses work`, ...told, ...idle];
}

/** Of what no workload uses that it is so, and why. */
function idleLines(addresses: readonly Address[], isOne: boolean): readonly string[] {
  const texts = addresses.flatMap(({ target, idle }) =>
    idle === undefined ? [] : [isOne ? idle : `${target}: ${idle}`],
  );
  return [...new Set(texts)].slice(0, listed);
}

const partial = 'acl-drops-part';

/** That NB is not as asked, and where it leads then: packets arrive, and with somebody else perhaps. */
function thoughText(
  { now, placement }: Pick<ExplanationAnswer, 'now' | 'placement'>,
  findings: readonly Finding[],
): string {
  if (!findings.some(({ code }) => ofProgramming.has(code))) return '';
  const though = '; NB is not as asked, though: see below';
  const isOther = findings.some(
    ({ code, rows }) =>
      code === 'programmed-otherwise' &&
      rows.some(({ columns = [] }) => columns.includes('logical_ip') || columns.includes('logical_port')),
  );
  if (placement === null || !isOther) return though;
  const places = now.addresses.map(
    ({ logicalIp, logicalPort }) => `${logicalIp}${logicalPort === null ? '' : ` (${logicalPort})`}`,
  );
  return `; it leads to ${[...new Set(places)].join(', ')}${though}`;
}

type State = NonNullable<Address['inbound']> & { readonly way: string };

function statesOf({ inbound, outbound }: Address): readonly State[] {
  return [
    ...(inbound ? [{ way: 'in', ...inbound }] : []),
    ...(outbound ? [{ way: 'out', ...outbound }] : []),
  ];
}

function waysOf(states: readonly State[]): string {
  return [...new Set(states.map(({ way }) => way))].join(' and ');
}

function brokenText(addresses: readonly Address[]): string {
  const broken = addresses.flatMap(statesOf).filter(({ outcome }) => outcome !== 'delivered');
  const causes = Map.groupBy(broken, ({ outcome, reason, missing }) => {
    const page = reason === null ? '' : `: ${reason} (berth explain ${reason})`;
    return `${outcome}${page}${missing.length > 0 ? `: it is not known ${missing.join(', ')}` : ''}`;
  });
  return [...causes].map(([cause, some]) => `${waysOf(some)} ${cause}`).join('; ');
}

function stepText({ at, does, origins }: ExplanationAnswer['inbound'][number]): string {
  const fields = origins.filter(({ field }) => field !== undefined);
  const from = [...new Set(fields.map(({ object, field }) => `${formatRef(object)} ${field}`))].slice(0, 2);
  return `${at === null ? '' : `${at}: `}${does}${from.length > 0 ? ` [${from.join(', ')}]` : ''}`;
}

function addressTable(addresses: readonly Address[]): string {
  const rows = addresses
    .slice(0, listed)
    .map((each) => [
      each.target,
      each.externalIp ?? none,
      each.logicalIp,
      each.placement,
      berthOf(each) ?? none,
      each.inbound?.outcome ?? none,
      each.outbound?.outcome ?? none,
    ]);
  const rest = addresses.length - rows.length;
  const more = rest > 0 ? `and ${rest} more: -o json lists them\n` : '';
  return `${table(['target', 'address', 'leads-to', 'placement', 'berth', 'in', 'out'], rows)}${more}`;
}

function berthOf({ inbound, outbound }: Address): string | null {
  return inbound?.berth ?? outbound?.berth ?? null;
}

/** Lines behind a word that says what they are about; nothing for none. */
function section(word: string, lines: readonly string[], { columns }: Look): string {
  const indent = ' '.repeat(12);
  const text = lines.map((line) => wrap(line, indent, columns ?? 110)).join('');
  return text === '' ? '' : `${pad(word, 12)}${text.slice(12)}`;
}
