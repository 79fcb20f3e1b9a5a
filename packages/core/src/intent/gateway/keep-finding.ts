import {
  formatRef,
  keepAnnotation,
  keepForms,
  keepOf,
  type OvnFip,
  type Resource,
  readKeep,
  refOf,
  type Subnet,
  type Vpc,
} from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import { list } from '../../finding/list.ts';
import { finding } from '../../finding/make.ts';
import { gathering } from '../../memo/per-item.ts';
import { perObject } from '../../memo/per-object.ts';
import { type Lookup, listOf } from '../object/lookup.ts';
import type { Survey } from '../object/surveyed.ts';
import { keepField } from './placement.ts';

type Asked = Pick<Survey, 'asker' | 'lookup' | 'attachments'>;

/**
 * What is to be kept and is not as it says: annotations that cannot be read, on kinds that keep nothing, and gateways that are no
 * nodes. `held` are the objects with what they kept last in place of what cannot be read.
 */
export function keepFindings(
  { asker, lookup, attachments }: Asked,
  held: Pick<Survey, 'lookup'>,
): readonly Finding[] {
  const faulty = [
    ...faultyFips(asker, listOf(lookup.OvnFip)),
    ...[...lookup.Vpc.values(), ...lookup.Subnet.values()].filter((each) => faultOf(each) !== undefined),
  ];
  return [
    ...faulty.map((each) => unreadable(each, held.lookup)),
    ...ignored(asker, lookup),
    ...[...lookup.Vpc.values()].flatMap((vpc) => strayMembers(vpc, lookup, attachments)),
  ];
}

/** What is wrong with the annotation of an object that may keep something; undefined where it can be read, and where there is none. */
export function faultOf(object: OvnFip | Vpc | Subnet): string | undefined {
  const found = keepOf(object);
  return found && 'fault' in found ? found.fault : undefined;
}

/** The floating IPs whose annotation cannot be read. */
export const faultyFips = gathering((fip: OvnFip): readonly OvnFip[] =>
  faultOf(fip) === undefined ? [] : [fip],
);

function unreadable(object: OvnFip | Vpc | Subnet, held: Lookup): Finding {
  const name = formatRef(refOf(object));
  const last = held[object.kind].get(object.metadata.name);
  const kept = last && readKeep(last) && last.metadata.annotations[keepAnnotation];
  const meanwhile = kept
    ? `so ${name} keeps what it kept before`
    : `so nothing is kept and ${name} is as its fields say`;
  return finding('keep-unreadable', {
    object: refOf(object),
    field: keepField,
    message: `the annotation ${keepAnnotation} of ${name} cannot be read (${faultOf(object)}), ${meanwhile}`,
    cure: kept
      ? `write it as it was, ${kept}, or remove it, which lifts what is kept: berth plan shows what that moves`
      : `write it in the form ${keepForms[object.kind]}, or remove it`,
  });
}

/** Kinds of ours that have nothing to keep. */
const keepless = ['OvnSnatRule', 'OvnDnatRule', 'Vip', 'IP', 'GatewayPolicy'] as const;

function ignored(asker: Asked['asker'], lookup: Lookup): readonly Finding[] {
  return [
    ...ignoredOf(asker, listOf(lookup.OvnEip)),
    ...keepless.flatMap((kind) => [...lookup[kind].values()].flatMap(ignoredBy)),
  ];
}

const ignoredBy = perObject((object: Resource): readonly Finding[] => {
  const { [keepAnnotation]: text = '' } = object.metadata.annotations;
  if (text === '') return [];
  const name = formatRef(refOf(object));
  return [
    finding('keep-ignored', {
      object: refOf(object),
      field: keepField,
      message: `the annotation ${keepAnnotation} does not count on ${name}: only an OvnFip, a Vpc and a Subnet can keep something`,
      cure:
        object.kind === 'OvnEip'
          ? `write it on the OvnFip that uses ${name}, or remove it`
          : `remove it, or write it on the OvnFip, the Vpc or the Subnet that is meant`,
    }),
  ];
});

const ignoredOf = gathering(ignoredBy);

/** Gateways to be kept that are no nodes, or on a subnet that the VPC has no port on. */
function strayMembers(vpc: Vpc, { Node }: Lookup, attachments: Asked['attachments']): readonly Finding[] {
  const { gateways = {} } = readKeep(vpc) ?? {};
  const name = formatRef(refOf(vpc));
  return Object.entries(gateways).flatMap(([subnet, nodes]) => {
    const isAttached = attachments.some(
      (each) => each.vpc.metadata.name === vpc.metadata.name && each.subnet.subnet.metadata.name === subnet,
    );
    const strays = nodes.filter((node) => !Node.has(node));
    if (isAttached && strays.length === 0) return [];
    const known = nodes.filter((node) => Node.has(node));
    const what = isAttached
      ? `${list(strays.map((node) => `node/${node}`))}, which ${strays.length === 1 ? 'is' : 'are'} not there: ${known.length > 0 ? `it keeps ${known.join(' > ')}` : `its gateways to subnet/${subnet} are those that its policy or the labels of nodes choose`}`
      : `gateways to subnet/${subnet}, on which ${name} has no port: they count for nothing`;
    return [
      finding('keep-ignored', {
        object: refOf(vpc),
        field: keepField,
        message: `the annotation ${keepAnnotation} of ${name} names ${what}`,
        cure: 'correct the name, or take it out of the annotation',
        related: isAttached ? strays.map((node) => ({ kind: 'Node', name: node })) : [],
      }),
    ];
  });
}
