import type { Fabric } from '../../fabric/fabric.ts';
import type { Failure } from '../../fabric/failure.ts';
import { nodeNamer } from '../../fabric/node-name.ts';
import type { ExternalFlow } from '../flow.ts';

/** What is taken for granted when failures of these kinds are judged, one sentence each. */
export function assumptionsOf(fabric: Fabric, kinds: ReadonlySet<Failure['kind']>): readonly string[] {
  const always = fabric.dataPlane?.assumptions ?? [];
  return [
    ...always,
    ...(kinds.has('host') ? [databasesOf(fabric)] : []),
    ...(kinds.has('vswitchd') || kinds.has('zombie') ? kernelSwitches(fabric) : []),
  ];
}

/** How many rows are told of: more would hide the rest. */
const told = 8;

/** What the verdicts on flows rest on, each once: rows of which it is not worked out whether they take packets of theirs. */
export function flowAssumptions(flows: readonly ExternalFlow[]): readonly string[] {
  const distinct = new Set<string>();
  for (const { assumptions } of flows) for (const each of assumptions) distinct.add(each);
  return shortened(distinct);
}

/** The same with what takes a part of their packets, where no finding tells of that (`acl-drops-part`). */
export function predictionAssumptions(flows: readonly ExternalFlow[]): readonly string[] {
  const distinct = new Set<string>();
  for (const { assumptions, partly } of flows) {
    for (const each of assumptions) distinct.add(each);
    for (const { by, what } of partly?.drops ?? []) distinct.add(`${by} ${what}; the others are meant`);
  }
  return shortened(distinct);
}

function shortened(distinct: ReadonlySet<string>): readonly string[] {
  const rest = distinct.size - told;
  if (rest <= 1) return [...distinct];
  return [
    ...[...distinct].slice(0, told),
    `${rest} more ACLs and policies may take some packets: which ones is not worked out`,
  ];
}

function databasesOf(fabric: Fabric): string {
  const members = fabric.dataPlane?.sbMembers;
  if (members === undefined)
    return 'where NB, SB and northd run is not known: a dead node is taken to leave them working; add sb,northd to the failures if it does not';
  const nodeName = nodeNamer(fabric);
  const nodes = members.map((chassis) => (chassis === undefined ? 'elsewhere' : nodeName(chassis)));
  return `SB is a cluster of ${members.length} (${nodes.join(', ')}) and works as long as most of them do; where northd runs is not known, and no packet needs it`;
}

const goesOn =
  'without vswitchd, packets of conversations that were there before may go on until their flows are flushed; what is said is about new ones';

/** With the kernel's datapath, what vswitchd told it goes on without vswitchd: only new conversations need it. */
function kernelSwitches(fabric: Fabric): readonly string[] {
  const unsaid = namesWith(fabric, undefined);
  return [
    ...kernelAssumption(fabric),
    ...(unsaid === ''
      ? []
      : [`${unsaid} do not say whether they forward in the kernel; where they do, ${goesOn}`]),
  ];
}

/** The same, of some chassis, as far as they say that they forward in the kernel. */
export function kernelAssumption(
  fabric: Fabric,
  isMeant: (chassis: string) => boolean = () => true,
): readonly string[] {
  const kernel = namesWith(fabric, 'kernel', isMeant);
  return kernel === '' ? [] : [`${kernel} forward in the kernel: ${goesOn}`];
}

function namesWith(
  fabric: Fabric,
  datapath: 'kernel' | undefined,
  isMeant: (chassis: string) => boolean = () => true,
): string {
  const nodeName = nodeNamer(fabric);
  return [...fabric.chassis.values()]
    .filter(
      ({ name, details }) => isMeant(name) && details?.isRemote !== true && details?.datapath === datapath,
    )
    .map(({ name }) => nodeName(name))
    .join(', ');
}
