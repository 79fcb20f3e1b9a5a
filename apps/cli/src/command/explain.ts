import { readOptions } from '../tree/options.ts';
import { aboutWhatWasApplied, type CommandSpec } from '../tree/spec.ts';

export const explain: CommandSpec = {
  name: 'explain',
  words: [
    {
      syntax: '<target>',
      does: 'an address, fip/NAME, eip/NAME, snat/NAME, dnat/NAME, vpc/NAME, subnet/NAME, pod/NAMESPACE/NAME, node/NAME, nat/ROUTER/TYPE/EXTERNAL-IP; or the code of a finding, such as no-gateway',
    },
  ],
  summary: 'Tell where an address lives, why, and what it depends on',
  description: `Tell on one screen where an address lives and why, the way in and out, what it depends on and what not, whether it works
now, and how to make it otherwise. Of a node: what lives on it and what its loss costs.

Reads NB and SB alone, of any OVN, from servers, saved files, a bundle or a lab. What it depends on is found by breaking each thing
in the prediction; nothing is broken. With the code of a finding it prints that finding's page: cause, how to see it
yourself in OVN, cure. The reason of a condition is the same code in CamelCase, and will do as well.`,
  options: ['output', 'strict', 'withoutController', ...readOptions],
  refused: aboutWhatWasApplied,
  outputs: ['table', 'json'],
  examples: [
    { does: 'A floating IP', line: 'berth explain fip/web' },
    { does: 'Whatever has this address', line: 'berth explain 10.9.101.9' },
    { does: 'What lives on a node, and what its loss costs', line: 'berth explain node/vnode-103-177' },
    {
      does: 'From databases that somebody attached to a ticket',
      line: 'berth explain 10.9.101.9 --nb ovnnb_db.db --sb ovnsb_db.db',
    },
    { does: 'A finding', line: 'berth explain no-gateway' },
    { does: 'The reason of a condition', line: 'berth explain CannotDistribute' },
  ],
  exits: {
    0: 'told',
    1: 'there is no such target or code, or what is asked for is not programmed',
    2: 'could not tell',
  },
  load: () => import('../action/explain.ts'),
};
