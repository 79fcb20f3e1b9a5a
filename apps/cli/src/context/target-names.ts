import { formatRef, isRuleKind, type KindName, nearest, type ResourceSet, refOf } from '@berth/api';
import {
  type AddressHolder,
  type ExternalFlow,
  type Fabric,
  type Finding,
  formatTarget,
  holdersText,
  nodeNamer,
  type ObjectRef,
  type Target,
} from '@berth/core';
import { parseIp } from '@berth/net';
import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { CliFault, type CliFaultCode } from './cli-fault.ts';
import { addressesOfEip } from './told-by-objects.ts';

const kindOfTarget: Readonly<Record<string, KindName>> = {
  fip: 'OvnFip',
  snat: 'OvnSnatRule',
  dnat: 'OvnDnatRule',
  eip: 'OvnEip',
  vpc: 'Vpc',
  subnet: 'Subnet',
  node: 'Node',
  pod: 'Pod',
};

/** The object that a target names, among those there are; of an address the one that has it. */
export function objectOfTarget(target: Target, resources: ResourceSet): ObjectRef | undefined {
  if (target.kind === 'nat') return undefined;
  if (target.kind === 'address') return holderOf(target.ip, resources);
  const kind = kindOfTarget[target.kind === 'rule' ? target.word : target.kind];
  const namespace = target.kind === 'pod' ? target.namespace : undefined;
  const found = kind && resources[kind].find(({ metadata }) => isNamed(metadata, target.name, namespace));
  return found && refOf(found);
}

function isNamed(
  metadata: { readonly name: string; readonly namespace?: string | undefined },
  name: string,
  namespace: string | undefined,
): boolean {
  return metadata.name === name && (namespace === undefined || metadata.namespace === namespace);
}

/** The object that asks for an address, or was given it: of an EIP the floating IP that uses it, where one does. */
export function holderOf(ip: string, { OvnEip, OvnFip, IP }: ResourceSet): ObjectRef | undefined {
  const has = (...texts: readonly (string | undefined)[]): boolean =>
    texts.some((text) => text !== undefined && parseIp(text) === ip);
  const eip = OvnEip.find((each) => has(...addressesOfEip(each)));
  const fip = eip && OvnFip.find(({ spec }) => spec.ovnEip === eip.metadata.name);
  const own = IP.find(({ spec }) => has(spec.v4IpAddress, spec.v6IpAddress));
  const holder = fip ?? eip ?? own;
  return holder && refOf(holder);
}

/** Where targets with a name are looked for. */
export type NamedWorld = {
  readonly objects: ResourceSet | undefined;
  readonly flows: readonly ExternalFlow[];
  readonly nb: Snapshot<NbTables>;
  readonly fabric: Fabric;
};

/** Every target whose last part is a name, floating IPs first. */
export function targetsNamed(name: string, { objects, flows, nb, fabric }: NamedWorld): readonly string[] {
  const nodeName = nodeNamer(fabric);
  const all = [
    ...flows.map(({ target }) => target),
    ...Object.entries(kindOfTarget).flatMap(([word, kind]) =>
      (objects?.[kind] ?? []).map(({ metadata }) =>
        [word, metadata.namespace, metadata.name].filter(Boolean).join('/'),
      ),
    ),
    ...[...nb.table('Logical_Router')].map((row) => `vpc/${row.name}`),
    ...[...nb.table('Logical_Switch')].map((row) => `subnet/${row.name}`),
    ...[...fabric.chassis.keys()].map((chassis) => `node/${nodeName(chassis)}`),
  ];
  return [...new Set(all)].filter((target) => target.endsWith(`/${name}`));
}

/** The fault that a target is asked for and NB has nothing of it. */
export function notProgrammed(target: Target, object: ObjectRef): CliFault {
  const text = formatTarget(target);
  const whose = text === formatRef(object) ? '' : ` (${formatRef(object)})`;
  const isRule = isRuleKind(object.kind);
  if (object.kind === 'Node') {
    const cure = `berth explain ${text} tells what is known`;
    return new CliFault('cannot-tell', `${text} is not part of this OVN: SB has no chassis of it`, cure);
  }
  return new CliFault(
    'cannot-tell',
    isRule
      ? `${text}${whose} is asked for, and NB has no row of it`
      : `nothing of ${text}${whose} leads outside`,
    `berth explain ${text} tells why`,
  );
}

/** The fault that rows of NB have an address and nothing leads to it from outside. */
export function nothingOutside(
  target: Target,
  holders: readonly AddressHolder[],
  code: CliFaultCode,
): CliFault {
  const text = formatTarget(target);
  const message = `nothing is translated or forwarded to ${text} from outside: it is ${holdersText(holders)}`;
  return new CliFault(code, message, `berth explain ${text} tells what is known`);
}

/** The fault that there is no such target, with the nearest names; `elsewhere` says why one that is asked for may not be there. */
export function notThere(
  target: Target,
  known: readonly string[],
  code: CliFaultCode,
  elsewhere?: Finding,
): CliFault {
  const text = formatTarget(target);
  const near = nearest(text, known) ?? nearestName(text, known);
  const some = [...new Set(known)].toSorted();
  const list = `there is ${some.slice(0, 10).join(', ')}${some.length > 10 ? ', …' : ''}`;
  const cure =
    near !== undefined ? `did you mean ${near}?` : some.length > 0 ? list : 'there is none of this kind';
  const why = elsewhere ? `: ${elsewhere.message}` : '';
  return new CliFault(
    code,
    `${text} is not in this OVN${why}`,
    elsewhere ? `${cure}; ${elsewhere.cure}` : cure,
  );
}

/** The target whose last part is nearest, for long ones whose beginning is the same. */
function nearestName(text: string, known: readonly string[]): string | undefined {
  const last = (each: string): string => each.slice(each.lastIndexOf('/') + 1);
  const near = nearest(last(text), known.map(last));
  return near === undefined ? undefined : known.find((each) => last(each) === near);
}
