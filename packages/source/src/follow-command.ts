import { takeOverAnnotation } from '@berth/api';

/** What somebody types to let the controller of a cluster follow another lead of the OVN, which NB has with this epoch. */
export function followCommand(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  epoch: number,
): string {
  return `kubectl -n ${namespace} annotate --overwrite lease ${name} ${takeOverAnnotation}=${epoch}`;
}

/** Whether what somebody wrote names the lead that NB has with this epoch. */
export function isFollowed(follow: string | undefined, epoch: number): boolean {
  return follow !== undefined && Number(follow) === epoch;
}

/**
 * Why what somebody wrote lets nobody follow the lead that NB has with this epoch, in words; undefined where nothing was written, or that is the word.
 * One about an earlier lead may stand there still.
 */
export function notFollowedText(follow: string | undefined, epoch: number): string | undefined {
  if (follow === undefined || isFollowed(follow, epoch)) return undefined;
  const said = Number(follow);
  const isEpoch = Number.isSafeInteger(said) && said > 0;
  const what = !isEpoch
    ? 'no epoch of a lead'
    : said < epoch
      ? 'the epoch of an earlier lead'
      : 'an epoch that no lead has';
  return `its Lease has ${takeOverAnnotation} "${follow}", which is ${what} and lets it follow nobody: NB carries ${epoch}`;
}
