import { execFile } from 'node:child_process';
import { apiVersionOf, type KindName, kinds, type ResourceRef } from '@berth/api';

/** Which cluster kubectl is asked of; where nothing is said the one that it works on. */
export type KubectlChoice = {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
};

/**
 * The names of a cluster's objects of one kind, by kubectl: it starts in a fraction of the time that our own client takes to load, and lets itself
 * in by whatever the kubeconfig asks for. Rejects where there is no kubectl, or no answer within `limitMs`.
 */
export async function namesOfKubectl(
  kind: KindName,
  choice: KubectlChoice,
  limitMs: number,
): Promise<readonly ResourceRef[]> {
  const { plural, group, namespaced } = kinds[kind];
  const [, version = ''] = apiVersionOf(kinds[kind]).split('/');
  const what = group === '' ? plural : `${plural}.${version}.${group}`;
  const path = '{range .items[*]}{.metadata.namespace}/{.metadata.name}{"\\n"}{end}';
  const everywhere = namespaced ? ['--all-namespaces'] : [];
  const text = await kubectl(['get', what, ...everywhere, '-o', `jsonpath=${path}`], choice, limitMs);
  return text.split('\n').flatMap((line): readonly ResourceRef[] => {
    const [namespace = '', name = ''] = line.split('/');
    if (name === '') return [];
    return [namespace === '' ? { kind, name } : { kind, namespace, name }];
  });
}

/** The contexts of a kubeconfig, likewise. */
export async function contextsOfKubectl(
  kubeconfig: string | undefined,
  limitMs: number,
): Promise<readonly string[]> {
  const text = await kubectl(['config', 'get-contexts', '-o', 'name'], { kubeconfig }, limitMs);
  return text.split('\n').filter((line) => line !== '');
}

function kubectl(
  argv: readonly string[],
  { kubeconfig, context }: KubectlChoice,
  limitMs: number,
): Promise<string> {
  const where = [
    ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
    ...(context === undefined ? [] : ['--context', context]),
  ];
  const options = { timeout: limitMs, maxBuffer: 4_000_000, encoding: 'utf8' } as const;
  return new Promise((resolve, reject) => {
    const child = execFile('kubectl', [...where, ...argv], options, (fault, stdout) =>
      fault ? reject(fault) : resolve(stdout),
    );
    // A plugin for credentials that would ask a person finds nobody.
    child.stdin?.end();
  });
}
