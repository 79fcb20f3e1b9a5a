import { formatRef, keepAnnotation } from '@berth/api';
import type { Finding, ObjectRef } from '@berth/core';
import type { Screen } from '../context/terminal.ts';
import type { ExplanationAnswer } from '../schema/explanation.ts';
import { type Address, berthOf, listed } from './address-states.ts';
import { dependencyLines, independenceLines } from './dependency-text.ts';
import { findingLines, plural } from './findings.ts';
import { livesOnText } from './lives-on-text.ts';
import { nodeText } from './node-text.ts';
import { nowLines } from './now-text.ts';
import { none, pad, table } from './table.ts';
import { wrap } from './wrap.ts';

type Look = Omit<Screen, 'write'>;

/** Finds the object that asks for an address. */
export type AskerOf = (ip: string) => ObjectRef | undefined;

/**
 * One screen: where it lives and why, whether it works, the ways, what it depends on and what not, how to change it.
 * `askerOf` where the objects are known that are asked for on this OVN.
 */
export function explanationText(
  told: ExplanationAnswer,
  findings: readonly Finding[],
  look: Look,
  askerOf?: AskerOf,
): string {
  const parts = told.node
    ? [nodeText(told, told.node, look.style)]
    : addressParts(told, findings, look, askerOf);
  const problems = findingLines(findings.slice(0, listed), look);
  const assumed = told.assumptions.map((each) => section('assumed', [each], look));
  return [...parts, problems, assumed.join('')].filter((part) => part !== '').join('\n');
}

function addressParts(
  told: ExplanationAnswer,
  findings: readonly Finding[],
  look: Look,
  askerOf: AskerOf | undefined,
): readonly string[] {
  const { placement, now, change } = told;
  const [first] = now.addresses;
  const isOne = placement !== null && first !== undefined;
  const head = isOne
    ? `${look.style.strong(told.target)}  ${now.addresses.map(addressText).join(', ')}  in ${first.router}\n`
    : `${look.style.strong(told.target)}  ${plural(now.addresses.length, 'address').replace('addresss', 'addresses')}\n`;
  const facts = [
    section('lives on', [livesOnText(told, findings, look.style)], look),
    ...(isOne
      ? [
          section('because', [placement.because], look),
          section(
            'asked for',
            [wantedText(placement, askerOf?.(first.externalIp ?? ''), askerOf !== undefined)],
            look,
          ),
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

function wantedText(
  { wanted, decidedBy }: NonNullable<ExplanationAnswer['placement']>,
  asker: ObjectRef | undefined,
  hasObjects: boolean,
): string {
  if (wanted === null && asker)
    return `by nobody as it is: ${formatRef(asker)} asks for the address and waits, as this row is somebody else's`;
  if (wanted === null && hasObjects) return 'by nobody: no object of Berth asks for it';
  if (wanted === null) return 'not known: no objects that count for this OVN are at hand';
  if (decidedBy.length === 0) return `${wanted}, which is the default: spec.type is not set`;
  const kept = decidedBy.some(({ field }) => field?.includes(keepAnnotation))
    ? ', which keeps it as it was found'
    : '';
  return `${wanted}, by ${decidedBy.map(({ object, field = '' }) => `${formatRef(object)} ${field}`.trim()).join(', ')}${kept}`;
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

/** Lines behind a word that says what they are about; nothing for none. */
function section(word: string, lines: readonly string[], { columns }: Look): string {
  const indent = ' '.repeat(12);
  const text = lines.map((line) => wrap(line, indent, columns ?? 110)).join('');
  return text === '' ? '' : `${pad(word, 12)}${text.slice(12)}`;
}
