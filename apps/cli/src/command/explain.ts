import type { CommandSpec } from '../tree/spec.ts';

export const explain: CommandSpec = {
  name: 'explain',
  words: [{ syntax: '<code>', does: 'the code of a finding, such as no-gateway' }],
  summary: 'Print the page of a finding: cause and cure',
  description: `Print the page of a finding: cause, how to see it yourself in OVN, cure.

The reason of a condition is the same code in CamelCase, and will do as well.`,
  options: [],
  examples: [
    { does: 'Why a VPC has no gateway', line: 'berth explain no-gateway' },
    { does: 'The reason of a condition', line: 'berth explain CannotDistribute' },
  ],
  exits: { 0: 'printed', 1: 'there is no such code' },
  load: () => import('../action/explain.ts'),
};
