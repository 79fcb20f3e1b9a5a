import { carriedOver, isSameList, leftFrom, runsOf } from '../memo/list-difference.ts';
import type { Intent, VpcIntent } from './intent.ts';
import { same } from './object/same.ts';

/** Lists of named items of which many stay as they are. */
const named = ['subnets', 'floatingIps', 'sourceNats', 'portForwards'] as const;
/** Parts that are short, or that matter to all others. */
const whole = ['attachments', 'routes', 'policies', 'bfdSessions'] as const;

/** An intent equal to `after`, in which every part that is as in `before` is the very same object. */
export function keepSame(before: Intent, after: Intent): Intent {
  if (before === after) return before;
  const vpcs = keepItems(before.vpcs, after.vpcs, keepVpc);
  const externals = same(before.externals, after.externals) ? before.externals : after.externals;
  const { tunnelBfd, nodeNames, claims } = after;
  const isSame =
    vpcs === before.vpcs &&
    externals === before.externals &&
    same(before.tunnelBfd, tunnelBfd) &&
    before.nodeNames === nodeNames &&
    before.claims === claims;
  if (isSame) return before;
  const seen = { ...(nodeNames && { nodeNames }), ...(claims && { claims }) };
  return { vpcs, externals, ...(tunnelBfd && { tunnelBfd }), ...seen };
}

function keepVpc(before: VpcIntent, after: VpcIntent): VpcIntent {
  const kept: VpcIntent = {
    ...after,
    ref: same(before.ref, after.ref) ? before.ref : after.ref,
    ...keepLists(before, after),
  };
  const isSame = [...named, ...whole, 'ref' as const].every((name) => kept[name] === before[name]);
  return isSame ? before : kept;
}

function keepLists(before: VpcIntent, after: VpcIntent): Partial<VpcIntent> {
  return {
    subnets: keepItems(before.subnets, after.subnets, keepEqual),
    floatingIps: keepItems(before.floatingIps, after.floatingIps, keepEqual),
    sourceNats: keepItems(before.sourceNats, after.sourceNats, keepEqual),
    portForwards: keepItems(before.portForwards, after.portForwards, keepEqual),
    ...Object.fromEntries(whole.map((name) => [name, keepEqual(before[name], after[name])])),
  };
}

function keepEqual<T extends object>(before: T, after: T): T {
  return same(before, after) ? before : after;
}

/** The list that a kept one stands for: as long, and item for item equal to it. */
const stoodFor = new WeakMap<readonly object[], readonly object[]>();

/**
 * Items by name; the list of before if all its items are kept in their order and none is added. An item that came to the list before and
 * comes again needs no look: what was kept in its place is kept again.
 */
function keepItems<T extends { readonly name: string }>(
  before: readonly T[],
  after: readonly T[],
  keep: (before: T, after: T) => T,
): readonly T[] {
  const runs = runsOf(stoodFor.get(before) ?? before, after);
  const earlier = new Map(leftFrom(before, runs).map((each) => [each.name, each]));
  const all = carriedOver(before, after, runs, (item) => {
    const old = earlier.get(item.name);
    return old ? keep(old, item) : item;
  });
  const kept = isSameList(before, all) ? before : all;
  stoodFor.set(kept, after);
  return kept;
}
