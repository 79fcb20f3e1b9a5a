import type { VpcIntent } from '../intent/intent.ts';
import { routerPortName } from '../intent/object/router-port-name.ts';
import { compileAttachment } from './attachment.ts';
import { compileBfd } from './bfd.ts';
import { compileFloatingIp } from './floating-ip.ts';
import { compilePortForward } from './load-balancer.ts';
import { compilePolicy } from './policy.ts';
import { compileRoute } from './route.ts';
import type { DesiredRow } from './row.ts';
import { enabled, mapOf, rowOf } from './row-of.ts';
import { compileSourceNat } from './source-nat.ts';
import { compileSubnet } from './subnet.ts';

/** What all rows of a VPC have to do with: its router and its ports on external subnets. */
export type VpcFrame = {
  readonly vpc: VpcIntent;
  readonly unit: string;
  readonly router: DesiredRow;
  /** The rows of the attachments. */
  readonly attached: readonly DesiredRow[];
};

/** The lists of a VPC whose items are compiled each by itself. */
export const vpcLists = [
  'subnets',
  'bfdSessions',
  'routes',
  'policies',
  'floatingIps',
  'sourceNats',
  'portForwards',
] as const;

export type VpcList = (typeof vpcLists)[number];

/** Everything of one VPC. `externalSwitches` are the switches of external subnets, by name. */
export function compileVpc(
  vpc: VpcIntent,
  externalSwitches: ReadonlyMap<string, DesiredRow>,
  known?: CompiledItems,
): readonly DesiredRow[] {
  const frame = vpcFrame(vpc, externalSwitches);
  const rows = [frame.router, ...frame.attached];
  for (const list of vpcLists)
    for (const compiled of itemsOf(list, vpc[list], frame, known)) for (const row of compiled) rows.push(row);
  return rows;
}

/** The rows that a VPC has without the items of its lists. */
export function vpcFrame(vpc: VpcIntent, externalSwitches: ReadonlyMap<string, DesiredRow>): VpcFrame {
  const unit = `vpc/${vpc.name}`;
  const router = rowOf('Logical_Router', {
    unit,
    cause: vpc.ref,
    columns: {
      ...enabled,
      name: vpc.name,
      options: routerOptions(vpc.attachments.length > 0),
      external_ids: mapOf({}),
    },
  });
  const attached = vpc.attachments.flatMap((attachment) => {
    const externalSwitch = externalSwitches.get(attachment.subnet);
    return externalSwitch ? compileAttachment(attachment, vpc, router, externalSwitch, unit) : [];
  });
  return { vpc, unit, router, attached };
}

/** How an item of each list is compiled: from itself and the frame alone. */
const compilers: {
  readonly [List in VpcList]: (item: VpcIntent[List][number], frame: VpcFrame) => readonly DesiredRow[];
} = {
  subnets: (subnet, { vpc, router, unit }) => compileSubnet(subnet, vpc, router, unit),
  bfdSessions: (session, { vpc, unit }) => [compileBfd(session, vpc, unit)],
  routes: (route, { vpc, router, unit }) => [compileRoute(route, vpc, router, unit)],
  policies: (policy, { vpc, router, unit }) => [compilePolicy(policy, vpc, router, unit)],
  floatingIps: (fip, frame) => compileFloatingIp(fip, frame.router, portOf(fip.subnet, frame), frame.unit),
  sourceNats: (rule, frame) => compileSourceNat(rule, frame.router, portOf(rule.subnet, frame), frame.unit),
  portForwards: (rule, { router, unit }) => [compilePortForward(rule, router, unit)],
};

/** The rows of items that were compiled, for as long as what they depend on beside themselves stays as it is. */
export type CompiledItems = WeakMap<
  object,
  { readonly attachments: object; readonly rows: readonly DesiredRow[] }
>;

/** The rows of items of a list, item by item. Those in `known` are taken from there, the others entered. */
export function itemsOf<List extends VpcList>(
  list: List,
  items: readonly VpcIntent[List][number][],
  frame: VpcFrame,
  known?: CompiledItems,
): readonly (readonly DesiredRow[])[] {
  const compileItem = compilers[list];
  const { attachments } = frame.vpc;
  return items.map((item) => {
    const compiled = known?.get(item);
    if (compiled?.attachments === attachments) return compiled.rows;
    const rows = compileItem(item, frame);
    known?.set(item, { attachments, rows });
    return rows;
  });
}

/** The router port on a subnet. With one gateway port OVN needs no word about which one a NAT is on (ovn-nb(5), NAT gateway_port). */
function portOf(subnet: string, { vpc, attached }: VpcFrame): DesiredRow | undefined {
  if (vpc.attachments.length < 2) return undefined;
  return attached.find(
    ({ table, key }) => table === 'Logical_Router_Port' && key[0] === routerPortName(vpc.name, subnet),
  );
}

/**
 * With announced NAT addresses every router on the external network would learn every floating IP; these two options
 * keep MAC_Binding from growing by routers × floating IPs (ovn-nb(5), Logical_Router options).
 */
function routerOptions(external: boolean): ReadonlyMap<string, string> {
  return mapOf({
    mac_binding_age_threshold: '300',
    ...(external && { always_learn_from_arp_request: 'false', dynamic_neigh_routers: 'true' }),
  });
}
