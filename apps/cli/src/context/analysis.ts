import {
  type AddressHolder,
  addressHolders,
  analyse,
  asClaimed,
  auditOf,
  brokenNow,
  type Controller,
  contradictions,
  type ExternalFlow,
  type Fabric,
  type FailureSet,
  type Finding,
  fabricOf,
  flowAssumptions,
  flowsOf,
  followers,
  type NodeName,
  nodeNamer,
  nodeNames,
  type ObjectRef,
  type Origin,
  type Predict,
  parseFailures,
  parseTarget,
  resolveFailures,
  routedFlows,
  sortFindings,
  type Target,
  targetFinder,
  targetForms,
  type Verdict,
  type WantedPlacement,
  withInstalled,
  withLingering,
  withOvertaken,
  withSbMembers,
  withStrays,
  withUntoldGateways,
} from '@berth/core';
import { wholeSeconds } from '@berth/source';
import type { Options } from '../tree/options.ts';
import type { Asked } from './asked.ts';
import { CliFault, type CliFaultCode } from './cli-fault.ts';
import type { Environment } from './environment.ts';
import { type Observed, observe } from './observed.ts';
import { withOwnParties } from './own-parties.ts';
import { problemsOf } from './problems.ts';
import { nothingOutside, notProgrammed, notThere, objectOfTarget, targetsNamed } from './target-names.ts';
import {
  addressesOf,
  askedFindings,
  behind,
  gatewaysOutIn,
  installedIn,
  notedOf,
  ownerOfPort,
  ownersOf,
  withAway,
} from './told-by-objects.ts';
import { withVanished } from './vanished.ts';

/** An OVN that was read, ready to be asked. */
export type Analysis = {
  readonly observed: Observed;
  /** What is asked for beside what NB has; undefined where nothing is known of any objects. */
  readonly asked: Asked | undefined;
  /** As NB and SB have it, and as answers take it: see `asClaimed`. */
  readonly present: Fabric;
  readonly fabric: Fabric;
  /** Every flow there is, with the user's fields behind it where they are known. */
  readonly flows: readonly ExternalFlow[];
  /** What is taken for granted, whatever is asked: of the OVN, and of some of the flows. */
  readonly assumptions: readonly string[];
  readonly predict: Predict;
  /** What becomes of every flow as things are now. */
  readonly verdicts: () => readonly Verdict[];
  /** The controller that runs and will act on what fails; undefined where predictions are about OVN alone. */
  readonly controller: Controller | undefined;
  readonly nodeName: NodeName;
  /** The fields behind a row of NB, where a controller of Berth's stored them. */
  readonly originsOf: (uuid: string) => readonly Origin[];
  readonly wantedOf: (flow: ExternalFlow) => WantedPlacement | undefined;
  /**
   * What the answers rest on and a reader should know: where SB contradicts the order of gateways, gateway nodes that are cordoned,
   * policies of which something else counts than what they say, and where NB is not as asked.
   */
  readonly notes: readonly Finding[];
  /** What is wrong, or will be with the first failure; worst first. */
  readonly audit: () => readonly Finding[];
  /** What a word of the command line means. Throws CliFault with the code given when it means nothing that is there. */
  readonly find: (text: string, absent: CliFaultCode) => Found;
  /** The object that a word of the command line means where NB has nothing of it: it is asked for and not programmed, or not used. */
  readonly objectOf: (text: string) => ObjectRef | undefined;
  /** The rows of NB that have the address that a word of the command line is, where nothing leads to it from outside; none of anything else. */
  readonly holdersOf: (text: string) => readonly AddressHolder[];
  /** Every target whose last part is a name. */
  readonly named: (name: string) => readonly string[];
};

/** What a target stands for: flows, or a node with all flows there are. */
export type Found = {
  readonly target: string;
  readonly flows: readonly ExternalFlow[];
  readonly chassis: string | undefined;
};

/** Reads an OVN and makes it ready. Throws the faults of {@link observe}. */
export async function openAnalysis(
  options: Options,
  environment: Environment,
  signal: AbortSignal,
): Promise<Analysis> {
  return analysisOf(await observe(options, environment, signal), options);
}

/** Makes an OVN ready that was read. Where northd has made nothing of its NB it has no flows, and only what is asked for is audited. */
export async function analysisOf(observed: Observed, options: Options): Promise<Analysis> {
  const { nb, sb, reports, sbMembers, assumptions } = observed;
  const present = fabricOf(nb, sb, reports);
  const { addresses, aliases } = sbMembers;
  const ordered = withSbMembers(withAssumptions(present, assumptions), addresses, aliases);
  const fabric = asClaimed(ordered);
  const asked = await askedIn(observed, await withVanished(observed, present), options);
  const objects = asked?.resources;
  const { originsOf, wantedOf } = await behind(asked, nb, options);
  const isInstalled = installedIn(objects, fabric);
  const read = observed.unfit ? [] : flowsOf(nb, fabric);
  const known = read.map((flow): ExternalFlow => {
    const origins = flow.rows.flatMap(({ uuid }) => originsOf(uuid));
    return origins.length === 0 ? flow : { ...flow, origins };
  });
  const away = withAway(known, objects, fabric, wholeSeconds());
  const installed = withInstalled(away, fabric, { nb, sb }, ({ origins }) => isInstalled(origins));
  const sent = withOvertaken(withLingering(installed, fabric), fabric);
  const flows = withUntoldGateways(withStrays(sent, fabric), fabric);
  const finder = targetFinder({
    nb,
    fabric,
    flows,
    aliases: addressesOf(objects),
    routed: (port) => routedFlows(nb, fabric, port),
  });
  const holdersOf = (text: string): readonly AddressHolder[] => {
    const target = parseTarget(text);
    if (target?.kind !== 'address' || finder(target).kind !== 'absent') return [];
    return addressHolders(nb, target.ip);
  };
  const contradicted = contradictions(ordered);
  const elsewhere = observed.ledElsewhere ? [observed.ledElsewhere] : [];
  const notes = sortFindings([...elsewhere, ...contradicted, ...notedOf(asked)]);
  const strict = options.strict ?? false;
  const controller = await controllerIn(observed, options);
  const predict: Predict = (failures, some) => analyse({ fabric, flows: some, failures, strict, controller });
  const verdicts = once(() => predict([], flows).verdicts);
  const audit = once((): readonly Finding[] => {
    if (observed.unfit) return sortFindings([...elsewhere, ...(asked ? askedFindings(asked) : [])]);
    const problems = problemsOf({
      asked: asked ? askedFindings(asked) : [],
      // Who lags behind NB the audit finds itself.
      contradictions: contradicted.filter(({ code }) => code !== 'chassis-stale'),
      audit: auditOf({
        nb,
        sb,
        fabric: ordered,
        flows,
        isControlled: observed.isControlled,
        gatewaysOut: gatewaysOutIn(asked),
        ...ownersOf({ objects, home: observed.home }, flows, wantedOf, options),
      }),
      broken: brokenNow(verdicts()),
      ownerOf: (port) => ownerOfPort(port, asked),
      follows: asked ? followers({ ...asked, fabric: present }) : () => false,
    });
    return sortFindings([...elsewhere, ...withOwnParties(problems, flows, objects)]);
  });
  return {
    observed,
    asked,
    present,
    fabric,
    flows,
    assumptions: [...(fabric.dataPlane?.assumptions ?? []), ...flowAssumptions(flows)],
    predict,
    verdicts,
    controller,
    nodeName: nodeNamer(fabric),
    originsOf,
    wantedOf,
    notes,
    audit,
    find(text, absent) {
      const target = requireTarget(text);
      const found = finder(target);
      if (found.kind === 'node') return { target: text, flows, chassis: found.chassis };
      if (found.kind === 'flows') return { target: text, flows: found.flows, chassis: undefined };
      const object = objects && objectOfTarget(target, objects);
      if (object) throw notProgrammed(target, object);
      const holders = holdersOf(text);
      if (holders.length > 0) throw nothingOutside(target, holders, absent);
      throw notThere(target, found.known, absent, observed.ledElsewhere);
    },
    objectOf(text) {
      const target = parseTarget(text);
      if (!target || !objects || finder(target).kind !== 'absent') return undefined;
      return objectOfTarget(target, objects);
    },
    holdersOf,
    named: (word) => targetsNamed(word, { objects, flows, nb, fabric }),
  };
}

/** What is worked out when it is first asked for, and not again. */
function once<T>(work: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: work() };
    return known.value;
  };
}

/** What is asked for on an OVN; undefined where nothing is known of any objects. */
async function askedIn(
  { listing, nb, controller, home }: Observed,
  fabric: Fabric,
  { instance = 'default' }: Options,
): Promise<Asked | undefined> {
  if (!listing) return undefined;
  const [{ askedOf }, { settingsOf }] = await Promise.all([import('./asked.ts'), import('./session.ts')]);
  return askedOf({ listing, nb, fabric, settings: settingsOf({ instance }), controller, home });
}

/** The controller that will act on what fails; undefined where none runs, or none is to be reckoned with. */
async function controllerIn(
  { isControlled, listing, nb, sb, reports, silent }: Observed,
  { withoutController, instance = 'default' }: Options,
): Promise<Controller | undefined> {
  if (!isControlled || !listing || withoutController) return undefined;
  const [{ controllerOf }, { settingsOf }] = await Promise.all([
    import('@berth/engine'),
    import('./session.ts'),
  ]);
  // Of what they said last only that counts which stands.
  const words = silent.map(
    ({ node, chassis = '' }) =>
      reports.find((each) => each.node === node) ?? { node, chassis, isFresh: false as const },
  );
  const settings = settingsOf({ instance });
  return controllerOf({ resources: listing.resources, settings, nb, sb, silent: words });
}

function withAssumptions(fabric: Fabric, more: readonly string[]): Fabric {
  if (!fabric.dataPlane || more.length === 0) return fabric;
  const assumptions = [...fabric.dataPlane.assumptions, ...more];
  return { ...fabric, dataPlane: { ...fabric.dataPlane, assumptions } };
}

function requireTarget(text: string): Target {
  const target = parseTarget(text);
  if (target) return target;
  throw new CliFault('usage', `"${text}" is no target`, `name ${targetForms}`);
}

/** Failures as written, on this fabric. Throws CliFault `usage` with the nearest names for what is none. */
export function requireFailures(text: string, fabric: Fabric): readonly FailureSet[] {
  const parsed = parseFailures(text, nodeNames(fabric));
  const resolved = parsed.kind === 'invalid' ? parsed : resolveFailures(parsed.sets, fabric);
  if (resolved.kind !== 'invalid') return resolved.sets;
  const { part, message, expected } = resolved.error;
  throw new CliFault('usage', `"${part}": ${message}`, `expected ${expected}`);
}
