import type { LabKube } from '@berth/lab';

/** What may be done next on a lab that has come up, and which labs there are to choose from. `others` are those that ran already. */
export function nextText(name: string, others: readonly string[], isKube: boolean): string {
  const flag = name === 'lab' && others.length === 0 ? '' : ` --lab ${name}`;
  const next = `Next: berth run ${isKube ? '--kube' : '-f DIR'}${flag}\n`;
  if (others.length === 0) return next;
  const all = [name, ...others].toSorted().join(', ');
  return `${next}labs that run: ${all}; every command needs to know which: --lab ${name}, or export BERTH_LAB=${name}\n`;
}

/**
 * How a lab's API server is spoken to, with the kubectl of this machine, if it has one, and whether a shell finds one by itself; and where it
 * asks for verdicts.
 */
export function kubeText(
  { kubeconfigs, admission }: Pick<LabKube, 'kubeconfigs' | 'admission'>,
  { kubectl, isOnPath }: { readonly kubectl: string | undefined; readonly isOnPath: boolean },
): string {
  const missing = kubectl === undefined ? 'there is no kubectl: make kube-apiserver builds one\n' : '';
  const find = kubectl === undefined || isOnPath ? '' : ` PATH=$PATH:${kubectl.replace(/\/[^/]*$/, '')}`;
  const listen = `--admission-listen ${admission} --admission-names ${admission.replace(/:.*/, '')}`;
  return `for kubectl: export KUBECONFIG=${kubeconfigs['admin']}${find}\n${missing}for admission: berth-controller ${listen}\n`;
}
