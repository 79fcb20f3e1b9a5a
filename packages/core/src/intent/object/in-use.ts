import { awaitedPodOf, formatRef, type IP, type Resource, refOf, type Vpc } from '@berth/api';
import type { GuestPort, GuestPorts } from '../../fabric/guest-ports.ts';
import type { Finding, ObjectRef } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import { externalWishes } from './external-wish.ts';
import type { GatewayConfig } from './gateway-config.ts';
import { isTerminating, type Lookup } from './lookup.ts';
import { isOwn, machinePodType, podOf } from './own-object.ts';
import { routerPortName } from './router-port-name.ts';

type Known = Pick<Lookup, 'IP' | 'Pod' | 'Vpc' | 'OvnEip'> & {
  readonly config: GatewayConfig | undefined;
  readonly defaultSubnet: string;
  /** Ports of others, by the switch that they are on. */
  readonly guests?: GuestPorts;
};

/** How many users are named. */
const named = 3;

/**
 * The finding that an object which is being deleted stays for its users. Beside what Berth made itself stands what it was made for: the
 * one goes by the other only.
 */
export function inUse(object: Resource, users: readonly ObjectRef[], known: Known): Finding {
  const { by, ways } = usersOf(object, users, known);
  return finding('in-use', {
    object: refOf(object),
    message: `${formatRef(refOf(object))} is being deleted but is used by ${by}`,
    cure: `to let it go ${ways}; where it is still wanted, apply it again once it is gone`,
    related: users,
  });
}

/** The same of a deletion that is refused, so that the object stays as it is. */
export function notDeleted(object: Resource, users: readonly ObjectRef[], known: Known): Finding {
  const { by, ways } = usersOf(object, users, known);
  return finding('in-use', {
    object: refOf(object),
    message: `${formatRef(refOf(object))} is used by ${by}, so it is not deleted`,
    cure: `${ways} first`,
    related: users,
  });
}

/** Users as texts, and how to end their use. */
function usersOf(
  object: Resource,
  users: readonly ObjectRef[],
  known: Known,
): { readonly by: string; readonly ways: string } {
  const told = users.slice(0, named).map((user) => toldOf(object, user, known));
  const more = users.length > named ? ` and ${users.length - named} more` : '';
  return { by: `${told.map(({ user }) => user).join(', ')}${more}`, ways: waysOf(told, more) };
}

/** A user, and how to end its use: the object to delete, or what else to do. */
type Told =
  | { readonly user: string; readonly doomed: string }
  | { readonly user: string; readonly way: string };

function waysOf(told: readonly Told[], more: string): string {
  const doomed = new Set(told.flatMap((each) => ('doomed' in each ? [each.doomed] : [])));
  const ways = new Set(told.flatMap((each) => ('way' in each ? [each.way] : [])));
  const deleting = doomed.size === 0 ? [] : [`delete ${[...doomed].join(', ')}${more}`];
  return [...deleting, ...ways].join(', and ');
}

/** A port of somebody else as a user. */
export function guestRef({ name }: GuestPort): ObjectRef {
  return { kind: guestKind, name };
}

const guestKind = 'Logical_Switch_Port';

function guestOf(object: Resource, { name }: ObjectRef, { guests }: Known): Told {
  const { routerPort } = guests?.get(object.metadata.name)?.find((each) => each.name === name) ?? {};
  const port = `logical switch port ${name}`;
  const user = routerPort === undefined ? port : `router port ${routerPort} (by ${port})`;
  return {
    user: `${user}, which Berth did not make`,
    way: `have whoever made ${port} take it away, or remove it if nobody needs it: ovn-nbctl lsp-del ${name}`,
  };
}

function toldOf(object: Resource, user: ObjectRef, known: Known): Told {
  if (user.kind === guestKind) return guestOf(object, user, known);
  const name = formatRef(user);
  if (user.kind === 'IP') return addressOf(user, known);
  if (object.kind === 'IP') return userOfAddress(object, user, known);
  if (user.kind === 'OvnEip') {
    const eip = known.OvnEip.get(user.name);
    const subnet = eip?.spec.externalSubnet || known.defaultSubnet;
    const vpc = [...known.Vpc.values()].find(
      ({ metadata }) => user.name === routerPortName(metadata.name, subnet),
    );
    if (!eip || !isOwn(eip) || !vpc) return { user: name, doomed: name };
    const wished = attachment(vpc, subnet, known);
    return { ...wished, user: `${name} (of ${wished.user})` };
  }
  const vpc = user.kind === 'Vpc' && object.kind === 'OvnEip' ? known.Vpc.get(user.name) : undefined;
  if (!vpc || object.kind !== 'OvnEip') return { user: name, doomed: name };
  return attachment(vpc, object.spec.externalSubnet || known.defaultSubnet, known);
}

/** The address of a workload as a user of something else: it goes with its pod. */
function addressOf(user: ObjectRef, known: Known): Told {
  const name = formatRef(user);
  const ip = known.IP.get(user.name);
  const kept = ip && keptFor(ip, known);
  if (kept) return { ...kept, user: `${name} (kept for the next ${kept.user})` };
  const pod = ip && podOf(ip, known);
  if (!pod) return { user: name, doomed: name };
  const doomed = formatRef(refOf(pod));
  return { user: `${name} (of ${doomed})`, doomed };
}

/** A user of such an address: its pod, or a rule that leads there. */
function userOfAddress(ip: IP, user: ObjectRef, known: Known): Told {
  const name = formatRef(user);
  const kept = keptFor(ip, known);
  if (kept && user.kind === 'Pod') return { ...kept, user: `the next ${kept.user}, for which it is kept` };
  // Rules keep the address of a machine; that of a pod goes whoever leads there.
  return kept && ip.spec.podType !== machinePodType ? { ...kept, user: name } : { user: name, doomed: name };
}

/**
 * The pod that is gone and for whose successor an address is kept, and that nobody needs to delete anything: it goes by itself. Undefined where
 * the pod is there, or is again.
 */
function keptFor(ip: IP, known: Known): { readonly user: string; readonly way: string } | undefined {
  const awaited = awaitedPodOf(ip);
  const pod = podOf(ip, known);
  // Where it is awaited the one before stands among the pods as it was.
  if (!awaited || (pod && pod.metadata.uid !== awaited.pod.metadata.uid)) return undefined;
  const address = formatRef(refOf(ip));
  const wait = `wait until ${awaited.until} for`;
  return {
    user: formatRef(refOf(awaited.pod)),
    way:
      ip.spec.podType === machinePodType
        ? `see that no rule leads to ${address}, and ${wait} it to go by itself`
        : `${wait} ${address} to go by itself`,
  };
}

/** What has a VPC attached to an external subnet, and how to end that. */
function attachment(vpc: Vpc, subnet: string, { config, defaultSubnet }: Known): Told {
  const wish = externalWishes(vpc, config, defaultSubnet).find((each) => each.subnet === subnet);
  const name = formatRef(refOf(vpc));
  if (isTerminating(vpc)) return { user: name, way: `let ${name}, which is being deleted too, go` };
  if (!wish) return { user: name, doomed: name };
  const { object, field = '' } = wish.origin;
  const place = `${field} of ${formatRef(object)}`;
  const isFlag = object.kind !== 'Vpc' || field === 'spec.enableExternal';
  return { user: place, way: isFlag ? `set ${place} to false` : `take ${subnet} out of ${place}` };
}
