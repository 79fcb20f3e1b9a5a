import { tlsOptions } from '../tree/options.ts';
import type { CommandSpec } from '../tree/spec.ts';

export const bundle: CommandSpec = {
  name: 'bundle',
  words: [{ syntax: '<file>', does: 'the file to write, such as ovn.bundle' }],
  summary: 'Save NB and SB in one file, for a ticket',
  description: `Save NB, SB and what is stored about them in one file, without secrets.

status, get, explain, whatif and audit read it with --bundle. It is gzipped JSON: the schema and the rows of both databases as RFC 7047 writes
them, the nodes' reports and the stored objects. Certificates, connections, database roles, and options whose names speak of
passwords, tokens or keys are left out; so are logical flows, which northd makes of the rest.`,
  options: ['output', 'lab', 'nb', 'sb', 'state', 'instance', ...tlsOptions, 'timeout', 'force'],
  refused: {
    options: ['bundle'],
    why: 'a bundle is what it writes',
    instead: 'copy the file that is there, or name databases with --nb and --sb',
  },
  outputs: ['table', 'json'],
  examples: [
    { does: 'The only lab', line: 'berth bundle ovn.bundle' },
    {
      does: 'Two saved databases in one file',
      line: 'berth bundle ovn.bundle --nb ovnnb_db.db --sb ovnsb_db.db',
    },
    { does: 'Look at it elsewhere', line: 'berth audit --bundle ovn.bundle' },
  ],
  exits: { 0: 'written', 2: 'a database cannot be read' },
  load: () => import('../action/bundle.ts'),
};
