import type { Lookup } from '../object/lookup.ts';
import { portName } from '../object/port-holder.ts';

/** The end of a generated name: five characters that spell no word (k8s.io/apimachinery `rand.SafeEncodeString`). */
const generated = /-[bcdfghjklmnpqrstvwxz2456789]{5}$/;
/** The hash of a pod template, by which the ReplicaSets of a Deployment differ. */
const templateHash = /-[bcdfghjklmnpqrstvwxz2456789]{1,10}$/;

/**
 * The IP of a pod that may have replaced one: of the same namespace and, as its name tells, of the same Deployment, ReplicaSet or
 * DaemonSet, or that of the virtual machine whose pod it was. `name` is that of the IP, `<pod>.<namespace>`; undefined where no pod fits.
 */
export function successorOf(name: string, { IP, Pod }: Pick<Lookup, 'IP' | 'Pod'>): string | undefined {
  const dot = name.lastIndexOf('.');
  const [pod, namespace] = [name.slice(0, dot), name.slice(dot + 1)];
  const sets = setsOf(pod);
  const fitting = [...Pod.values()].filter(
    ({ metadata }) =>
      (metadata.namespace ?? 'default') === namespace &&
      metadata.ownerReferences.some(({ controller }) => controller === true) &&
      setsOf(metadata.name).some((set) => sets.includes(set)),
  );
  return fitting.map(portName).find((each) => IP.has(each));
}

/** What a generated name begins with: the set that the pod is of, and the Deployment that the set may be of. */
function setsOf(pod: string): readonly string[] {
  if (!generated.test(pod)) return [];
  const set = pod.replace(generated, '');
  return templateHash.test(set) ? [set, set.replace(templateHash, '')] : [set];
}
