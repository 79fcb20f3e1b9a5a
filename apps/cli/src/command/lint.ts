import type { CommandSpec } from '../tree/spec.ts';

export const lint: CommandSpec = {
  name: 'lint',
  words: [],
  summary: 'Check a folder of YAML without an OVN',
  description: `Check a folder of YAML without an OVN.

Every finding names the object, the field, the place in the file and the cure. Nodes of the folder are taken as part of
the OVN and connected to every physical network.`,
  options: ['filename', 'output', 'failOn'],
  required: ['filename'],
  outputs: ['table', 'json'],
  examples: [
    { does: 'Check the folder of the field story', line: 'berth lint -f examples/01-field-story' },
    {
      does: 'Fail a pipeline on warnings, too',
      line: 'berth lint -f examples/01-field-story --fail-on warning',
    },
    {
      does: 'Only the codes',
      line: "berth lint -f examples/01-field-story -o json | jq -r '.findings[].code'",
    },
  ],
  exits: {
    0: 'no finding as bad as --fail-on',
    1: 'a finding as bad as --fail-on or worse',
    2: 'could not tell',
  },
  load: () => import('../action/lint.ts'),
};
