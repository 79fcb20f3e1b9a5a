/**
 * Whether a logical port is a pod's: Kube-OVN calls it `NAME.NAMESPACE`, with a provider behind it for a further
 * interface. A pod's name may have dots of its own.
 */
export function isPodPort(port: string, { namespace, name }: PodName): boolean {
  const first = `${name}.${namespace}`;
  return port === first || port.startsWith(`${first}.`);
}

export type PodName = { readonly namespace: string; readonly name: string };
