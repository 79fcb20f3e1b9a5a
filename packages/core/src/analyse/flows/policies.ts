import type { NbTables } from '@berth/ovn';
import { compareText, heldRows } from '../../fabric/tables.ts';
import { type AddressValue, isWithin, type Prefix, spanOf } from './address-text.ts';
import type { North } from './north.ts';
import type { RouterView } from './router-view.ts';

type PolicyRow = NbTables['Logical_Router_Policy'];

/** Policies of a router, that go before its routes (ovn-nb(5), Logical_Router_Policy). */
export type Policies = {
  /** The next hops that everything from an address is sent to, none to drop it; undefined when the routes decide. */
  nextHops(address: AddressValue): readonly string[] | undefined;
  /** Matches of policies that lead some of what comes from an address elsewhere: of what, is not read. */
  partly(address: AddressValue): readonly string[];
};

type Policy = { readonly row: PolicyRow; readonly from: Prefix | undefined; readonly isWhole: boolean };

/** Reads the policies of a router. Of a match its source is understood where it comes first. */
export function policiesOf({ policy }: North, router: RouterView): Policies {
  const policies = heldRows(router.row.policies, policy)
    .map(readPolicy)
    .sort(
      (left, right) => right.row.priority - left.row.priority || compareText(left.row.match, right.row.match),
    );
  const whole = policies.filter(({ isWhole }) => isWhole);
  const parts = policies.filter(({ isWhole, row }) => !isWhole && row.action !== 'allow');
  return {
    partly: (address) => parts.filter((each) => concerns(each, address)).map(({ row }) => row.match),
    nextHops(address) {
      const row = whole.find((each) => concerns(each, address))?.row;
      if (row === undefined || row.action === 'allow') return undefined;
      if (row.action === 'drop') return [];
      return [...(row.nexthops ?? []), ...(row.nexthop === undefined ? [] : [row.nexthop])];
    },
  };
}

function concerns({ from }: Policy, address: AddressValue): boolean {
  return from === undefined || isWithin(from, address);
}

function readPolicy(row: PolicyRow): Policy {
  const read = /^ip[46]\.src\s*==\s*([0-9a-fA-F:./]+)\s*(&&.*)?$/.exec(row.match.trim());
  const from = read?.[1] === undefined ? undefined : spanOf(read[1]);
  return { row, from, isWhole: from !== undefined && read?.[2] === undefined };
}
