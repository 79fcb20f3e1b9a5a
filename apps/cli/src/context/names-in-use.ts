import path from 'node:path';
import { type KindName, type ResourceRef, refKey, refOf, resourcesIn } from '@berth/api';
import { type LivingLab, livingLabs } from '@berth/lab/living';
import { storedNames } from '@berth/source/names';
import type { Options } from '../tree/options.ts';
import type { KnownNames } from '../tree/wished-words.ts';
import { isRemote } from './database-source.ts';
import type { Environment } from './environment.ts';
import { contextsOfKubectl, namesOfKubectl } from './names-of-kubectl.ts';

/**
 * The names of the lab, cluster, folder or databases that a command with these flags would use, for somebody who waits at a prompt: what has
 * not answered `limitMs` from now or fails has none. What takes long to load is loaded only where nothing else knows.
 */
export function namesInUse(typed: Options, environment: Environment, limitMs: number): KnownNames {
  const over = new Promise<readonly never[]>((resolve) => setTimeout(resolve, limitMs, []));
  const inTime = <T>(work: () => Promise<readonly T[]>): Promise<readonly T[]> =>
    Promise.race([work().catch((): readonly T[] => []), over]);
  // Read once, whichever kinds are asked for.
  let rows: Promise<readonly ResourceRef[]> | undefined;
  const rowsOnce = (): Promise<readonly ResourceRef[]> => {
    rows ??= ofRows(typed, environment);
    return rows;
  };
  const objects = (kind: KindName) => inTime(() => objectsIn(kind, typed, environment, limitMs, rowsOnce));
  return {
    labs: () => inTime(async () => livingLabs().map(({ name }) => name)),
    contexts: () => inTime(() => contextsOfKubectl(typed.kubeconfig, limitMs)),
    nodes: () =>
      inTime(async () => {
        const lab = labInUse(typed, environment);
        return lab?.nodes ?? (await objects('Node')).map(({ name }) => name);
      }),
    namespaces: () =>
      inTime(async () => {
        const [spaces, pods] = await Promise.all([objects('Namespace'), objects('Pod')]);
        const names = [
          ...spaces.map(({ name }) => name),
          ...pods.flatMap(({ namespace }) => namespace ?? []),
        ];
        return [...new Set(['default', ...names])];
      }),
    broken: () =>
      inTime(async () => {
        const failures = labInUse(typed, environment)?.failures() ?? [];
        return failures.length === 0 ? [] : failures.map((await import('@berth/core')).formatFailure);
      }),
    codes: () => inTime(async () => Object.keys((await import('@berth/core')).catalogue)),
    objects,
  };
}

/** The lab that would be meant, as `findPlace` finds it. */
function labInUse(
  { nb, sb, bundle, lab }: Options,
  { lab: usual, asPlugin }: Environment,
): LivingLab | undefined {
  if (nb !== undefined || sb !== undefined || bundle !== undefined) return undefined;
  const name = lab ?? usual;
  if (name === undefined && asPlugin) return undefined;
  const labs = livingLabs();
  return name === undefined
    ? labs.length === 1
      ? labs[0]
      : undefined
    : labs.find((each) => each.name === name);
}

/** Where objects are looked for: as the commands do, but nothing that would take long is asked before what is near. */
async function objectsIn(
  kind: KindName,
  typed: Options,
  environment: Environment,
  limitMs: number,
  rows: () => Promise<readonly ResourceRef[]>,
): Promise<readonly ResourceRef[]> {
  const { filename, kubeconfig, context, kube, state, instance = 'default', bundle, nb } = typed;
  if (filename !== undefined) return ofFolder(kind, filename);
  const lab = labInUse(typed, environment);
  const home = lab ? path.join(lab.directory, 'state') : path.join(environment.stateHome, 'berth');
  const stored = await storedNames(path.resolve(state ?? path.join(home, instance)));
  const isOfCluster = kubeconfig !== undefined || context !== undefined || kube === true;
  const isOfLab = lab?.kubeconfig !== undefined && state === undefined;
  if (isOfCluster || isOfLab) {
    // Which of a lab's two sources is meant only NB tells: asking it would take too long.
    const beside = isOfCluster ? [] : stored.objects.filter((ref) => ref.kind === kind);
    const asked = namesOfKubectl(kind, { kubeconfig: kubeconfig ?? lab?.kubeconfig, context }, limitMs);
    const named = await (beside.length === 0 ? asked : asked.catch(() => []));
    return [...new Map([...named, ...beside].map((ref) => [refKey(ref), ref])).values()];
  }
  const isSaved = bundle !== undefined || (nb !== undefined && !isRemote(nb));
  const known = isSaved && state === undefined ? [] : stored.objects;
  return (known.length > 0 ? known : await rows()).filter((ref) => ref.kind === kind);
}

async function ofFolder(kind: KindName, folder: string): Promise<readonly ResourceRef[]> {
  const { folderReader } = await import('@berth/source');
  await using reader = folderReader({ folder, now: () => '' });
  return (await reader.list()).resources[kind].map(refOf);
}

async function ofRows(typed: Options, environment: Environment): Promise<readonly ResourceRef[]> {
  const [{ observeAnyway }, { fabricOf, flowsOf, objectsOfRows }] = await Promise.all([
    import('./observed.ts'),
    import('@berth/core'),
  ]);
  const { nb, sb, listing } = await observeAnyway(typed, environment, new AbortController().signal);
  const fabric = fabricOf(nb, sb);
  const found = listing?.resources ?? objectsOfRows({ nb, fabric, flows: flowsOf(nb, fabric), verdicts: [] });
  return resourcesIn(found).map(refOf);
}
