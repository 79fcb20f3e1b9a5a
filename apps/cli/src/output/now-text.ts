import { type Finding, shortened } from '@berth/core';
import type { ExplanationAnswer } from '../schema/explanation.ts';
import { type Address, listed, type State, statesOf } from './address-states.ts';
import type { Style } from './style.ts';

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
export function nowLines(
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
      ...(placement === null ? [] : conditionLines(now.addresses)),
      ...idle,
    ];
  }
  if (placement !== null) return oneTarget(used, lost, style);
  const working = used.length - lost.length;
  const groups = Map.groupBy(lost, (each) => brokenText([each]));
  const told = [...groups].slice(0, listed).map(([text, some]) => {
    const targets = [...new Set(some.map(({ target }) => target))];
    const names = `${targets.slice(0, 3).join(', ')}${targets.length > 3 ? ` and ${targets.length - 3} more` : ''}`;
    return `${names}: ${style.bad(text)}`;
  });
  return [`${working} of ${used.length} addresses work`, ...told, ...idle];
}

/** Of one target what becomes of its packets, and where that is not the same for all of its addresses of each of them. */
function oneTarget(used: readonly Address[], lost: readonly Address[], style: Style): readonly string[] {
  const groups = Map.groupBy(used, (each) => brokenText([each]));
  if (groups.size === 1) return [style.bad(brokenText(lost))];
  return [...groups].map(([text, some]) => {
    const told = text === '' ? style.good(`works, ${waysOf(some.flatMap(statesOf))}`) : style.bad(text);
    return `${namesOf(some, used)}: ${told}`;
  });
}

/** What addresses hold for only, and which of them where it is not all. */
function conditionLines(addresses: readonly Address[]): readonly string[] {
  return [...new Set(addresses.flatMap(({ conditions }) => conditions))].map((condition) => {
    const some = addresses.filter(({ conditions }) => conditions.includes(condition));
    return some.length === addresses.length ? condition : `${namesOf(some, addresses)}: ${condition}`;
  });
}

/** Some of a target's addresses, with where they lead when others of one name lead elsewhere. */
function namesOf(some: readonly Address[], all: readonly Address[]): string {
  const others = new Set(all.filter((each) => !some.includes(each)).map(({ externalIp }) => externalIp));
  const names = some.map(({ externalIp, logicalIp }) => {
    const name = externalIp ?? logicalIp;
    return others.has(externalIp) && name !== logicalIp ? `${name} to ${logicalIp}` : name;
  });
  return shortened([...new Set(names)], 3).join(', ');
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
