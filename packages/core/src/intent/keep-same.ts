import { leftFrom, newAmong, runsOf } from '../memo/list-difference.ts';
import { perObjectWith } from '../memo/per-object.ts';
import type { Intent, VpcIntent } from './intent.ts';
import { same } from './same.ts';

/** Lists of named items of which many stay as they are. */
const named = ['subnets', 'floatingIps', 'sourceNats', 'portForwards'] as const;
/** Parts that are short, or that matter to all others. */
const whole = ['attachments', 'routes', 'policies', 'bfdSessions'] as const;

/** An intent equal to `after`, in which every part that is as in `before` is the very same object. */
export function keepSame(before: Intent, after: Intent): Intent {
  if (before === after) return before;
  const vpcs = keepItems(before.vpcs, after.vpcs, keepVpc);
  const externals = same(before.externals, after.externals) ? before.externals : after.externals;
  const { tunnelBfd, nodeNames } = after;
  const isSame =
    vpcs === before.vpcs &&
    externals === before.externals &&
    same(before.tunnelBfd, tunnelBfd) &&
    before.nodeNames === nodeNames;
  return isSame
    ? before
    : { vpcs, externals, ...(tunnelBfd && { tunnelBfd }), ...(nodeNames && { nodeNames }) };
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
  return before === after || isLike(after, { before }) ? before : after;
}

/** Mostly the same two are compared again: what is kept from before stays, and what comes is remembered by those who made it. */
const isLike = perObjectWith((after: object, { before }: { readonly before: object }) => same(before, after));

/** Items by name; the list of before if all its items are kept in their order and none is added. */
function keepItems<T extends { readonly name: string }>(
  before: readonly T[],
  after: readonly T[],
  keep: (before: T, after: T) => T,
): readonly T[] {
  const runs = runsOf(before, after);
  // What is the very same needs no name; of what is not, what was there before is among those that are not found again.
  const earlier = new Map(leftFrom(before, runs).map((each) => [each.name, each]));
  const others = new Map(
    newAmong(after, runs).flatMap((item) => {
      const old = earlier.get(item.name);
      return old ? [[item, keep(old, item)]] : [];
    }),
  );
  const kept = others.size === 0 ? after : after.map((item) => others.get(item) ?? item);
  const [run, second] = runsOf(before, kept);
  const isSame = !second && (run?.length ?? 0) === before.length && before.length === kept.length;
  return isSame ? before : kept;
}
