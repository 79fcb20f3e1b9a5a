import { formatRef, nearest, type ResourceSet, refOf, resourcesIn } from '@berth/api';
import {
  type AuditInput,
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
  type FloatingIpIntent,
  fabricOf,
  flowsOf,
  formatTarget,
  type NodeName,
  nodeNamer,
  nodeNames,
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
  type WantedPlacement,
  withSbMembers,
} from '@berth/core';
import type { Options } from '../tree/options.ts';
import { CliFault, type CliFaultCode } from './cli-fault.ts';
import type { Environment } from './environment.ts';
import { type Observed, observe } from './observed.ts';

/** An OVN that was read, ready to be asked. */
export type Analysis = {
  readonly observed: Observed;
  readonly fabric: Fabric;
  /** Every flow there is, with the user's fields behind it where they are known. */
  readonly flows: readonly ExternalFlow[];
  readonly predict: Predict;
  /** The controller that runs and will act on what fails; undefined where predictions are about OVN alone. */
  readonly controller: Controller | undefined;
  readonly nodeName: NodeName;
  /** The fields behind a row of NB, where a controller of Berth's stored them. */
  readonly originsOf: (uuid: string) => readonly Origin[];
  readonly wantedOf: (flow: ExternalFlow) => WantedPlacement | undefined;
  /**
   * What the answers rest on and a reader should know: where SB contradicts the order of gateways, gateway nodes that are cordoned, and
   * policies of which something else counts than what they say.
   */
  readonly notes: readonly Finding[];
  /** What is wrong, or will be with the first failure; worst first. */
  readonly audit: () => readonly Finding[];
  /** What a word of the command line means. Throws CliFault with the code given when it means nothing that is there. */
  readonly find: (text: string, absent: CliFaultCode) => Found;
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
  const observed = await observe(options, environment, signal);
  const { nb, sb, reports, objects, sbMembers, assumptions } = observed;
  const read = fabricOf(nb, sb, reports);
  const { addresses, aliases } = sbMembers;
  const ordered = withSbMembers(withAssumptions(read, assumptions), addresses, aliases);
  const fabric = asClaimed(ordered);
  const { originsOf, wantedOf, known } = await behind(objects, read, options);
  const flows = flowsOf(nb, fabric).map((flow): ExternalFlow => {
    const origins = flow.rows.flatMap(({ uuid }) => originsOf(uuid));
    return origins.length === 0 ? flow : { ...flow, origins };
  });
  const finder = targetFinder({
    nb,
    fabric,
    flows,
    aliases: addressesOf(objects),
    routed: (port) => routedFlows(nb, fabric, port),
  });
  const notes = sortFindings([...contradictions(ordered), ...known]);
  const strict = options.strict ?? false;
  const controller = await controllerIn(observed, options);
  const predict: Predict = (failures, some) => analyse({ fabric, flows: some, failures, strict, controller });
  return {
    observed,
    fabric,
    flows,
    predict,
    controller,
    nodeName: nodeNamer(fabric),
    originsOf,
    wantedOf,
    notes,
    audit: () =>
      sortFindings([
        // Who lags behind NB the audit finds itself.
        ...notes.filter(({ code }) => code !== 'chassis-stale'),
        ...auditOf({ nb, sb, fabric: ordered, flows, ...ownersOf(observed, flows, wantedOf, options) }),
        ...brokenNow(predict([], flows).verdicts),
      ]),
    find(text, absent) {
      const target = requireTarget(text);
      const found = finder(target);
      if (found.kind === 'absent') throw notThere(target, found.known, absent);
      return found.kind === 'node'
        ? { target: text, flows, chassis: found.chassis }
        : { target: text, flows: found.flows, chassis: undefined };
    },
  };
}

/** The controller that will act on what fails; undefined where none runs, or none is to be reckoned with. */
async function controllerIn(
  { isControlled, objects, nb, sb }: Observed,
  { withoutController, instance = 'default' }: Options,
): Promise<Controller | undefined> {
  if (!isControlled || !objects || withoutController) return undefined;
  const [{ controllerOf }, { settingsOf }] = await Promise.all([
    import('@berth/engine'),
    import('./session.ts'),
  ]);
  return controllerOf({ resources: objects, settings: settingsOf({ instance }), nb, sb });
}

function withAssumptions(fabric: Fabric, more: readonly string[]): Fabric {
  if (!fabric.dataPlane || more.length === 0) return fabric;
  const assumptions = [...fabric.dataPlane.assumptions, ...more];
  return { ...fabric, dataPlane: { ...fabric.dataPlane, assumptions } };
}

type Behind = Pick<Analysis, 'originsOf' | 'wantedOf'> & {
  /** What only objects tell of: gateway nodes that are cordoned, and policies that contradict themselves. */
  readonly known: readonly Finding[];
};

/** The objects behind the rows: those that a controller stored are compiled again, and rows have the UUIDs they had. */
async function behind(objects: ResourceSet | undefined, fabric: Fabric, options: Options): Promise<Behind> {
  if (!objects) return { originsOf: () => [], wantedOf: () => undefined, known: [] };
  const [{ compile }, { settle }, { settingsOf }] = await Promise.all([
    import('@berth/core'),
    import('@berth/engine'),
    import('./session.ts'),
  ]);
  const { result } = settle(objects, fabric, settingsOf({ instance: options.instance ?? 'default' }));
  const origins = new Map(
    compile(result.intent).map((row): [string, readonly Origin[]] => [row.uuid, row.origins]),
  );
  const decisions = new Map(
    result.intent.vpcs.flatMap(({ floatingIps }) =>
      floatingIps.map(({ name, placement }) => [name, asWanted(placement)] as const),
    ),
  );
  return {
    known: [
      ...result.findings.filter(({ code }) => code === 'gateway-cordoned'),
      ...result.findings
        .filter(({ code }) => code === 'policy-contradictory')
        .map((each) => withSince(each, objects)),
    ],
    originsOf: (uuid) => origins.get(uuid) ?? [],
    wantedOf: ({ rows, target }) =>
      rows.some(({ uuid }) => origins.has(uuid)) ? decisions.get(target.replace(/^fip\//, '')) : undefined,
  };
}

/** A contradiction of a policy with the VPCs that it concerns, and since when it has been one, as far as its conditions tell. */
function withSince(found: Finding, { GatewayPolicy }: Pick<ResourceSet, 'GatewayPolicy'>): Finding {
  const policy = GatewayPolicy.find(({ metadata }) => metadata.name === found.object?.name);
  const accepted = policy?.status?.conditions?.find(({ type }) => type === 'Accepted');
  const since = accepted?.status === 'False' ? accepted.lastTransitionTime : undefined;
  const vpcs = policy?.spec.targetRefs.map(({ name }) => ({ kind: 'Vpc', name })) ?? [];
  const message = since === undefined ? found.message : `${found.message} (since ${since})`;
  return { ...found, message, related: [...found.related, ...vpcs] };
}

function asWanted(placement: FloatingIpIntent['placement']): WantedPlacement {
  return { ...placement, runsAt: placement.atWorkload ? 'distributed' : 'centralized' };
}

/** What the owners of flows asked for, and the objects there are. Nothing where none were stored. */
function ownersOf(
  { objects, home }: Pick<Observed, 'objects' | 'home'>,
  flows: readonly ExternalFlow[],
  wantedOf: Analysis['wantedOf'],
  options: Options,
): Pick<AuditInput, 'placements' | 'objects'> {
  if (!objects) return {};
  const names = new Set(resourcesIn(objects).map((object) => formatRef(refOf(object))));
  const placements = new Map(
    flows.flatMap((flow) => {
      const decision = wantedOf(flow);
      // What is so meanwhile is as it should be.
      return decision ? [[flow.target, decision.effective ?? decision.wanted] as const] : [];
    }),
  );
  return { placements, objects: { instance: options.instance ?? 'default', names, home } };
}

function addressesOf(objects: ResourceSet | undefined): ReadonlyMap<string, readonly string[]> {
  const eips = objects?.OvnEip ?? [];
  return new Map(
    eips.map(({ metadata, spec, status }) => {
      const known = [spec.v4Ip, spec.v6Ip, status?.v4Ip, status?.v6Ip];
      return [`eip/${metadata.name}`, [...new Set(known.flatMap((each) => each || []))]];
    }),
  );
}

function requireTarget(text: string): Target {
  const target = parseTarget(text);
  if (target) return target;
  throw new CliFault('usage', `"${text}" is no target`, `name ${targetForms}`);
}

function notThere(target: Target, known: readonly string[], code: CliFaultCode): CliFault {
  const text = formatTarget(target);
  const near = nearest(text, known) ?? nearestName(text, known);
  const some = [...new Set(known)].toSorted();
  const list = `there is ${some.slice(0, 10).join(', ')}${some.length > 10 ? ', …' : ''}`;
  const cure =
    near !== undefined ? `did you mean ${near}?` : some.length > 0 ? list : 'there is none of this kind';
  return new CliFault(code, `${text} is not in this OVN`, cure);
}

/** The target whose last part is nearest, for long ones whose beginning is the same. */
function nearestName(text: string, known: readonly string[]): string | undefined {
  const last = (each: string): string => each.slice(each.lastIndexOf('/') + 1);
  const near = nearest(last(text), known.map(last));
  return near === undefined ? undefined : known.find((each) => last(each) === near);
}

/** Failures as written, on this fabric. Throws CliFault `usage` with the nearest names for what is none. */
export function requireFailures(text: string, fabric: Fabric): readonly FailureSet[] {
  const parsed = parseFailures(text, nodeNames(fabric));
  const resolved = parsed.kind === 'invalid' ? parsed : resolveFailures(parsed.sets, fabric);
  if (resolved.kind !== 'invalid') return resolved.sets;
  const { part, message, expected } = resolved.error;
  throw new CliFault('usage', `"${part}": ${message}`, `expected ${expected}`);
}
