import type { CommandSpec } from '../tree/spec.ts';

export const version: CommandSpec = {
  name: 'version',
  words: [],
  summary: 'Print the version',
  description: 'Print the versions of Berth and of the Node it runs on.',
  options: ['output'],
  outputs: ['table', 'json'],
  examples: [
    { does: 'For a report', line: 'berth version' },
    { does: 'For a script', line: 'berth version -o json | jq -r .berth' },
  ],
  exits: { 0: 'printed' },
  load: () => import('../action/version.ts'),
};
