import { formatRef } from '@berth/api';
import { atLeast, type Finding, isPart, type ObjectRef, sortFindings } from '@berth/core';

/** What is known to be wrong, by who found it. */
export type Problems = {
  /** Of what is asked for, with places in files. */
  readonly asked: readonly Finding[];
  /** Where SB differs from how OVN elects. */
  readonly contradictions: readonly Finding[];
  /** Of the rows, whoever made them. */
  readonly audit: readonly Finding[];
  /** Targets that do not work now, or of which nobody can tell. */
  readonly broken: readonly Finding[];
  /** The object that a router port is programmed for, where one is. */
  readonly ownerOf: (port: string) => ObjectRef | undefined;
  /** Whether what the audit found only follows from rows of somebody else that are in the way. */
  readonly follows: (each: Finding) => boolean;
};

/**
 * All of it, each trouble once, worst first: what is said of an object is not said again of its rows, and that something does not work is
 * said only where no error says why.
 */
export function problemsOf({
  asked,
  contradictions,
  audit,
  broken,
  ownerOf,
  follows,
}: Problems): readonly Finding[] {
  // One cause is told once, though each object that it concerns says so in its conditions.
  const wholes = audit.filter((each) => asked.some((part) => isPart(part, each)));
  const parts = asked.filter((each) => wholes.some((whole) => isPart(each, whole)));
  const told = [...asked.filter((each) => !parts.includes(each)), ...contradictions];
  const clashing = new Set(
    told.flatMap(({ code, rows }) => (code === 'row-clash' ? rows.map(({ uuid }) => uuid) : [])),
  );
  const isTold = (each: Finding): boolean =>
    told.some((known) => isSame(known, each) || isStillness(known, each)) ||
    isGatewayless(each, told, ownerOf) ||
    isHeld(each, clashing) ||
    follows(each);
  const more = audit.filter((each) => wholes.includes(each) || !isTold(each));
  const errors = [...told, ...more].filter((each) => atLeast(each, 'error'));
  const objects = new Set(errors.flatMap(({ object }) => (object ? [formatRef(object)] : [])));
  const parties = new Set(errors.flatMap(partiesOf).map(formatRef));
  // An error about several rows says of each of them why nobody can tell.
  const isExplained = (code: Finding['code'], object: ObjectRef): boolean =>
    (code === 'location-unknown' ? parties : objects).has(formatRef(object));
  const unexplained = broken.filter(({ code, object }) => !object || !isExplained(code, object));
  return sortFindings([...told, ...more, ...unexplained]);
}

/** Errors of a VPC that say why a router port of it has no gateway. */
const reasons: ReadonlySet<string> = new Set(['gateways-lost', 'no-gateway', 'not-programmed']);

/** That a router port has no gateway, where its VPC tells why. */
function isGatewayless(
  { code, object, rows }: Finding,
  told: readonly Finding[],
  ownerOf: Problems['ownerOf'],
): boolean {
  const owner = code === 'no-gateway' && object ? ownerOf(object.name) : undefined;
  if (!owner) return false;
  const isOnPort = (each: Finding): boolean =>
    each.rows.some(({ uuid }) => rows.some((row) => row.uuid === uuid));
  return told.some(
    (each) =>
      each.object &&
      formatRef(each.object) === formatRef(owner) &&
      (reasons.has(each.code) || (each.code === 'row-clash' && isOnPort(each))),
  );
}

/** That a row is left over, where it is told what keeps it there. */
function isHeld({ code, rows }: Finding, clashing: ReadonlySet<string>): boolean {
  return code === 'leftover' && rows.some(({ uuid }) => clashing.has(uuid));
}

/** That a node is behind the databases, of one that is told to stand still. */
function isStillness(known: Finding, { code, object }: Finding): boolean {
  return (
    code === 'chassis-stale' &&
    known.code === 'node-frozen' &&
    object?.name !== undefined &&
    known.object?.name === object.name
  );
}

/** Whether one says what another says as well: an error is not told by what is only worth knowing. */
function isSame(known: Finding, each: Finding): boolean {
  if (known.code !== each.code || !atLeast(known, each.severity)) return false;
  const names = new Set(partiesOf(known).map(formatRef));
  return partiesOf(each).some((party) => names.has(formatRef(party)));
}

function partiesOf({ object, related }: Finding): readonly ObjectRef[] {
  return object ? [object, ...related] : related;
}
