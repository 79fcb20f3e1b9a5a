import type { ExplanationAnswer } from '../schema/explanation.ts';

/** An address of what is explained. */
export type Address = ExplanationAnswer['now']['addresses'][number];

/** How many addresses are listed: more would not be one screen. */
export const listed = 15;

/** What becomes of packets on one of its ways. */
export type State = NonNullable<Address['inbound']> & { readonly way: string };

/** What becomes of packets on each way that an address has. */
export function statesOf({ inbound, outbound }: Address): readonly State[] {
  return [
    ...(inbound ? [{ way: 'in', ...inbound }] : []),
    ...(outbound ? [{ way: 'out', ...outbound }] : []),
  ];
}

/** The node that answers for an address, else the one that what it sends leaves by; null where there is none. */
export function berthOf({ inbound, outbound }: Address): string | null {
  return inbound?.berth ?? outbound?.berth ?? null;
}
