import type { LabKube } from '@berth/lab';

/** What may be done next on a lab that has come up, and which labs there are to choose from. `others` are those that ran already. */
export function nextText(name: string, others: readonly string[], isKube: boolean): string {
  const flag = name === 'lab' && others.length === 0 ? '' : ` --lab ${name}`;
  const next = `Next: berth run ${isKube ? '--kube' : '-f DIR'}${flag}\n`;
  if (others.length === 0) return next;
  const all = [name, ...others].toSorted().join(', ');
  return `${next}labs that run: ${all}; every command needs to know which: --lab ${name}, or export BERTH_LAB=${name}\n`;
}

/** The kubectl that goes with a lab's API server, and the one that a shell finds by itself. */
export type Kubectl = {
  /** Undefined where this machine has none. */
  readonly kubectl: string | undefined;
  readonly isOnPath: boolean;
  /** The version of the one on PATH, where that one and the API server do not go together. */
  readonly unfit?: string | undefined;
  /** Whether `kubectl` was built with the API server. */
  readonly isBuilt?: boolean;
};

/**
 * How a lab's API server is spoken to, with the kubectl of this machine, if it has one, and whether a shell finds one by itself that may; and where
 * it asks for verdicts.
 */
export function kubeText(
  { kubeconfigs, admission }: Pick<LabKube, 'kubeconfigs' | 'admission'>,
  found: Kubectl,
): string {
  const listen = `--admission-listen ${admission} --admission-names ${admission.replace(/:.*/, '')}`;
  return `for kubectl: export KUBECONFIG=${kubeconfigs['admin']}${pathText(found)}\n${unfitText(found)}for admission: berth-controller ${listen}\n`;
}

function pathText({ kubectl, isOnPath, unfit, isBuilt = true }: Kubectl): string {
  const folder = kubectl?.replace(/\/[^/]*$/, '');
  if (folder === undefined || !isBuilt) return '';
  if (unfit !== undefined) return ` PATH=${folder}:$PATH`;
  return isOnPath ? '' : ` PATH=$PATH:${folder}`;
}

function unfitText({ kubectl, unfit, isBuilt = true }: Kubectl): string {
  if (kubectl === undefined) return 'there is no kubectl: make kube-apiserver builds one\n';
  if (unfit === undefined) return '';
  const cure = isBuilt ? '' : ': make kube-apiserver builds one that goes with it';
  return `the kubectl on PATH, ${unfit}, is more than a minor version away from this API server${cure}\n`;
}
