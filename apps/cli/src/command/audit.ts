import { readOptions } from '../tree/options.ts';
import { aboutWhatWasApplied, type CommandSpec } from '../tree/spec.ts';

export const audit: CommandSpec = {
  name: 'audit',
  words: [],
  summary: 'Find what is wrong with an OVN, or will be',
  description: `Find what is wrong with an OVN, or will be when something fails: single points of failure, gateways without a bridge, groups of two
without a witness, addresses on two routers, missing announcements, rows left over.

Reads NB and SB alone, of any OVN, from servers, saved files, a bundle or a lab.`,
  options: ['output', 'failOn', ...readOptions],
  refused: aboutWhatWasApplied,
  outputs: ['table', 'json'],
  examples: [
    { does: 'The only lab', line: 'berth audit' },
    { does: 'Two saved databases', line: 'berth audit --nb ovnnb_db.db --sb ovnsb_db.db' },
    { does: 'Fail a pipeline on warnings, too', line: 'berth audit --bundle ovn.bundle --fail-on warning' },
  ],
  exits: {
    0: 'no finding as bad as --fail-on',
    1: 'a finding as bad as --fail-on or worse',
    2: 'could not tell',
  },
  load: () => import('../action/audit.ts'),
};
