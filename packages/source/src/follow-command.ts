import { takeOverAnnotation } from '@berth/api';

/** What somebody types to let the controller of a cluster follow another lead of the OVN, which NB has with this epoch. */
export function followCommand(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  epoch: number,
): string {
  return `kubectl -n ${namespace} annotate --overwrite lease ${name} ${takeOverAnnotation}=${epoch}`;
}
