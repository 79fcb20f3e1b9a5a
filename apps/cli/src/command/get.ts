import { readOptions } from '../tree/options.ts';
import type { CommandSpec } from '../tree/spec.ts';

export const get: CommandSpec = {
  name: 'get',
  words: [
    {
      syntax: '<kind>',
      does: 'ovn-eips, ovn-fips, vpcs, subnets, pods, … (singular and short names, too); several with commas; all',
    },
    { syntax: '[name]', does: 'only this object; also as KIND/NAME' },
  ],
  summary: 'Print objects with their addresses and status',
  description: `Print objects with their addresses and status, as the controller stored them last; where none is at work, with the status as
NB and SB have it now. Of an OVN of which no objects are stored, as in saved files, they are made of the rows: a rule that Berth did not make is
called by the target that commands take. What is wrong with them follows on stderr.

Tables, names and short names are those of kubectl. With -f the objects come from the folder as it is now, and are told like
those of its state once it was applied.`,
  options: ['output', 'namespace', 'allNamespaces', 'filename', ...readOptions],
  outputs: ['table', 'wide', 'name', 'json', 'yaml'],
  examples: [
    { does: 'Floating IPs and their addresses', line: 'berth get ovn-fips,ovn-eips' },
    { does: 'One object, whole', line: 'berth get ovn-fip web -o yaml' },
    { does: 'Everything', line: 'berth get all -A' },
    {
      does: 'The address of an EIP',
      line: 'berth get ovn-eip web -o json | jq -r .status.v4Ip',
    },
  ],
  exits: { 0: 'printed, or there is none', 1: 'the named object does not exist', 2: 'could not tell' },
  load: () => import('../action/get.ts'),
};
