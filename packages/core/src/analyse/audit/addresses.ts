import type { Finding } from '../../finding/finding.ts';
import { list } from '../../finding/list.ts';
import { finding } from '../../finding/make.ts';
import { nbRows } from '../../finding/row-id.ts';
import { disabledRouter, disabledRouterPort } from '../filter/disabled.ts';
import { networkKey } from '../flows/answering.ts';
import { neverLeaves } from '../flows/floating-flows.ts';
import type { NatRule } from '../flows/nat-rule.ts';
import type { RouterContext } from '../flows/router-context.ts';
import { type GatewayPort, hostsOf } from '../flows/router-view.ts';
import { push } from '../push.ts';
import { type AuditedNetwork, portRef, ruleRef } from './network.ts';

type Used = { readonly context: RouterContext; readonly rule: NatRule };

/** External addresses that several routers answer for, by NAT rows or as those of their ports (ovn-nb(5) says nothing, nothing checks it). */
export function auditAddresses({ routers }: AuditedNetwork): readonly Finding[] {
  const rules = Map.groupBy(usedRules(routers), ({ context, rule }) =>
    keyOf(context, rule.gatewayPort, rule.externalIp),
  );
  const ports = Map.groupBy(routers.flatMap(ownAddresses), ({ context, by, ip }) => keyOf(context, by, ip));
  return [...new Set([...rules.keys(), ...ports.keys()])].flatMap((key) => {
    const [used, own] = [rules.get(key) ?? [], ports.get(key) ?? []];
    const names = [...new Set([...used, ...own].map(({ context }) => context.router.name))].sort();
    if (names.length < 2) return twiceOn(used);
    const named = [
      ...used.map(({ context, rule }) => ({ object: ruleRef(context, rule), ip: rule.externalIp })),
      ...own.map(({ by, ip }) => ({ object: portRef(by.name), ip })),
    ];
    const [first, ...others] = named;
    if (first === undefined) return [];
    const as = own.map(({ by }) => `router port ${by.name}`);
    const had = as.length === 0 ? '' : `, which is the address of ${list(as)}`;
    return [
      finding('address-shared', {
        object: first.object,
        message: `routers ${list(names)} ${names.length > 2 ? 'all' : 'both'} answer for ${first.ip}${had}`,
        cure: 'keep the address on one of them',
        related: others.map(({ object }) => object),
        rows: [
          ...used.map(({ rule }) => rule.ref),
          ...nbRows(
            'Logical_Router_Port',
            own.map(({ by }) => by.port),
          ),
        ],
      }),
    ];
  });
}

type OwnAddress = { readonly context: RouterContext; readonly by: GatewayPort; readonly ip: string };

/** The addresses that a router's gateway ports answer for as their own. */
function ownAddresses(context: RouterContext): readonly OwnAddress[] {
  const { router } = context;
  if (disabledRouter(router.row)) return [];
  return router.gatewayPorts
    .filter(({ network, port }) => network !== undefined && !disabledRouterPort(port))
    .flatMap((by) => hostsOf(by.port).map((ip) => ({ context, by, ip })));
}

/** An address on the physical network of a port. */
function keyOf(context: RouterContext, by: GatewayPort | undefined, ip: string): string {
  return `${by === undefined ? '' : networkKey(context, by)} ${ip}`;
}

/** Rows of one router that are met from outside by one address. */
function twiceOn(used: readonly Used[]): readonly Finding[] {
  const [first, ...others] = used.filter(({ rule }) => rule.row.type !== 'snat');
  if (first === undefined) return [];
  if (others.length === 0) return answeredTwice(first, used);
  return [
    finding('address-shared', {
      object: ruleRef(first.context, first.rule),
      message: `router ${first.context.router.name} has ${others.length + 1} NAT rows for ${first.rule.externalIp}: which of them OVN takes is chance`,
      cure: 'delete the rows that are not meant: ovn-nbctl lr-nat-list ROUTER shows them',
      related: others.map(({ context, rule }) => ruleRef(context, rule)),
      rows: [first, ...others].map(({ rule }) => rule.ref),
    }),
  ];
}

/** A node answers for its floating IP, and the gateway for the addresses of SNAT rows. */
function answeredTwice({ context, rule }: Used, used: readonly Used[]): readonly Finding[] {
  const others = used.filter((each) => each.rule !== rule);
  if (rule.placement !== 'distributed' || others.length === 0) return [];
  return [
    finding('address-shared', {
      object: ruleRef(context, rule),
      message: `${rule.externalIp} is a distributed floating IP and the address of an SNAT row of router ${context.router.name}: the node of port ${rule.row.logical_port} and the gateway both answer for it`,
      cure: 'make the floating IP centralized, or give the SNAT row another address',
      related: others.map((each) => ruleRef(each.context, each.rule)),
      rows: used.map((each) => each.rule.ref),
    }),
  ];
}

/** MACs that distributed rows with different addresses and workloads share on one external network. */
export function auditMacs({ routers }: AuditedNetwork): readonly Finding[] {
  const byMac = new Map<string, Used[]>();
  for (const used of usedRules(routers)) {
    const mac = used.rule.placement === 'distributed' ? used.rule.row.external_mac?.toLowerCase() : undefined;
    if (mac !== undefined) push(byMac, `${used.rule.gatewayPort?.network ?? ''} ${mac}`, used);
  }
  return [...byMac.values()].flatMap((used) => {
    const [first, ...others] = used;
    // One MAC for both families of one workload is as it should be.
    const owners = new Set(used.map(({ rule }) => rule.row.logical_port));
    if (first === undefined || owners.size < 2) return [];
    const addresses = used.map(({ rule }) => rule.externalIp);
    return [
      finding('mac-shared', {
        object: ruleRef(first.context, first.rule),
        message: `${list(addresses)} have one external MAC, ${first.rule.row.external_mac}: switches deliver them to whoever spoke last`,
        cure: 'give each of them an external_mac of its own',
        related: others.map(({ context, rule }) => ruleRef(context, rule)),
        rows: used.map(({ rule }) => rule.ref),
      }),
    ];
  });
}

/** Workloads with two floating IPs on one gateway port: with which one they leave is chance, but for one that never is. */
export function auditRivals({ routers }: AuditedNetwork): readonly Finding[] {
  return routers.flatMap((context) =>
    [...context.floating.values()].flatMap((all) => {
      const rules = all.length < 2 ? all : all.filter((rule) => !neverLeaves(context, rule));
      const [first, ...others] = rules;
      if (first === undefined || others.length === 0) return [];
      return [
        finding('fip-ambiguous', {
          object: ruleRef(context, first),
          message: `${first.logicalIp} has the floating IPs ${list(rules.map(({ externalIp }) => externalIp))}: it leaves with any of them`,
          cure: 'keep one floating IP for each address of a workload',
          related: others.map((rule) => ruleRef(context, rule)),
          rows: rules.map(({ ref }) => ref),
        }),
      ];
    }),
  );
}

function usedRules(routers: readonly RouterContext[]): readonly Used[] {
  return routers.flatMap((context) =>
    context.rules.filter(({ obstacle }) => obstacle === undefined).map((rule) => ({ context, rule })),
  );
}
