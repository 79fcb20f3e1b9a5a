import type { NbTables } from '@berth/ovn';
import { balances, type Forward, placeText } from './forward.ts';
import type { RouterContext } from './router-context.ts';

type LoadBalancer = NbTables['Load_Balancer'];
type Balancers = Pick<RouterContext, 'north' | 'router' | 'virtual'>;

/** Load-balancers of a router with one virtual address, each of which leads it to other backends or to none. */
export type RivalBalancers = {
  readonly first: Forward;
  readonly rows: readonly LoadBalancer[];
};

/**
 * The load-balancers of a router of which northd makes flows of equal priority and equal match with other backends: each ovn-controller takes the one
 * that it reads first, and may take the other after a restart. Nothing in OVN checks this.
 */
export function rivalBalancers(context: Balancers): readonly RivalBalancers[] {
  if (!balances(context)) return [];
  return [...context.virtual.values()].flatMap((forwards) =>
    forwards.length < 2 ? [] : [...Map.groupBy(forwards, matchOf).values()].flatMap(asRivals),
  );
}

/** The rivals that a load-balancer has at one of its virtual addresses, itself among them; undefined where it has none. */
export function rivalsOf(context: Balancers, forward: Forward): RivalBalancers | undefined {
  const same = context.virtual.get(forward.vip.ip) ?? [];
  if (same.length < 2 || !balances(context)) return undefined;
  return asRivals(same.filter((each) => matchOf(each) === matchOf(forward)))[0];
}

function asRivals(forwards: readonly Forward[]): readonly RivalBalancers[] {
  const byRow = Map.groupBy(forwards, ({ row }) => row);
  const backends = [...byRow.values()].map((own) =>
    own.flatMap(({ backend }) => (backend ? [placeText(backend)] : [])).sort(),
  );
  const [first] = forwards;
  if (first === undefined || new Set(backends.map(String)).size < 2) return [];
  return [{ first, rows: [...byRow.keys()] }];
}

/** What the flow of a virtual address matches: without a port every protocol. What chassis fill in is like nothing else. */
function matchOf({ vip: { port }, protocol, isTemplate, row }: Forward): string {
  if (isTemplate) return row._uuid;
  return port === undefined ? '' : `${protocol} ${port}`;
}
