import { type Family, familyOf, type Ip, ipOf, ipValue, parseIp } from '@berth/net';
import { runsOf } from './runs-of.ts';

/**
 * Addresses in ascending order, each of them once: the first, how many follow it without a gap, and how far on the next one is.
 * `10.0.0.1+2,8` is 10.0.0.1 to 10.0.0.3 and 10.0.0.11. The inverse of {@link readAddressColumn}.
 */
export function addressColumn(ips: readonly Ip[]): string {
  const runs = runsOf(
    ips.map((ip) => ({ ip, ...placed(ip) })),
    (before, one) => gapBetween(before, one) === 1n,
  );
  const items = runs.map(({ first, more }, place) => {
    const gap = gapBetween(runs[place - 1]?.last, first);
    const start = gap === undefined || `${gap}`.length >= first.ip.length ? first.ip : `${gap}`;
    return more > 0 ? `${start}+${more}` : start;
  });
  return items.join(',');
}

function gapBetween(before: Placed | undefined, { family, value }: Placed): bigint | undefined {
  return before?.family === family ? value - before.value : undefined;
}

/** The addresses of a column; undefined where it is none, or has more than `most`. */
export function readAddressColumn(column: string, most: number): readonly Ip[] | undefined {
  const ips: Ip[] = [];
  let last: Placed | undefined;
  for (const item of column.split(',')) {
    const [, start = '', run = '0'] = /^([^+]+)(?:\+(\d{1,9}))?$/.exec(item) ?? [];
    const first = /^\d{1,39}$/.test(start) ? last && following(last, BigInt(start)) : placedIn(start);
    if (first === undefined || ips.length + 1 + Number(run) > most) return undefined;
    const { family, value } = first;
    for (let step = 0n; step <= BigInt(run); step += 1n) {
      const ip = ipOf(family, value + step);
      if (ip === undefined) return undefined;
      ips.push(ip);
    }
    last = following(first, BigInt(run));
  }
  return ips;
}

/** Where an address is among those of its family. */
type Placed = { readonly family: Family; readonly value: bigint };

function placed(ip: Ip): Placed {
  return { family: familyOf(ip), value: ipValue(ip) };
}

function placedIn(text: string): Placed | undefined {
  const ip = parseIp(text);
  return ip && placed(ip);
}

function following({ family, value }: Placed, by: bigint): Placed {
  return { family, value: value + by };
}
