import { kindOfWord } from '@berth/api';

/** The words that targets begin with. */
export const targetWords = ['fip', 'eip', 'snat', 'dnat', 'vpc', 'subnet', 'pod', 'node', 'nat'] as const;

/** The words of those that packets can be sent to: a node has no address of its own. */
export const probedWords = targetWords.filter((word) => word !== 'node');

/** Every way to write one of those, for help and messages. */
export const probedForms =
  'fip/NAME, eip/NAME, snat/NAME, dnat/NAME, vpc/NAME, subnet/NAME, pod/NAMESPACE/NAME, nat/ROUTER/TYPE/EXTERNAL-IP, or an address';

const probedKinds = new Set(probedWords.flatMap((word) => kindOfWord(word) ?? []));

/** Whether packets can be sent to what a target names, by the word that it begins with. */
export function canBeProbed(target: string): boolean {
  const word = target.split('/', 1)[0] ?? '';
  const kind = kindOfWord(word);
  return word === 'nat' || (kind !== undefined && probedKinds.has(kind));
}
