import { kindOfWord } from '@berth/api';

/** The words that targets begin with. */
export const targetWords = ['fip', 'eip', 'snat', 'dnat', 'vpc', 'subnet', 'pod', 'node', 'nat'] as const;

/** The words of those that packets can be sent to. */
export const probedWords = ['fip', 'eip', 'snat', 'dnat', 'pod'] as const;

const probedKinds = new Set(probedWords.map((word) => kindOfWord(word)));

/** Whether packets can be sent to what a target names, by the word that it begins with. */
export function canBeProbed(target: string): boolean {
  const kind = kindOfWord(target.split('/', 1)[0] ?? '');
  return kind !== undefined && probedKinds.has(kind);
}
