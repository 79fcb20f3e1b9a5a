import { keepAnnotation, type OvnFip } from '@berth/api';
import type { BadCase } from './bad-case.ts';
import { eip, fip } from './resources.ts';

/** What is to be kept as it was found, and what nobody can keep. */
export const badKeeps: readonly BadCase[] = [
  {
    what: 'a floating IP was taken over as something else than is asked for',
    objects: [keptFip('{"placement":"distributed"}')],
    expected: {
      code: 'placement-kept',
      object: { kind: 'OvnFip', name: 'web' },
      message: 'spec.type of ovn-fip/web asks for centralized, and it stays distributed as it was found',
    },
    rest: false,
  },
  {
    what: 'nobody can tell what a floating IP is to keep',
    objects: [keptFip('distributed')],
    expected: {
      code: 'keep-unreadable',
      object: { kind: 'OvnFip', name: 'web' },
      field: "metadata.annotations['berth.dev/keep']",
      message:
        'the annotation berth.dev/keep of ovn-fip/web cannot be read (it is not JSON), so nothing is kept and ovn-fip/web is as its fields say',
      cure: 'write it in the form {"placement":"distributed","mac":"<MAC>","port":"<port>"}, or remove it',
    },
    rest: false,
  },
  {
    what: 'an EIP is to keep something',
    objects: [
      eip(
        'web',
        { externalSubnet: 'external0', v4Ip: '10.9.101.9', type: 'nat' },
        {
          annotations: { [keepAnnotation]: '{"placement":"distributed"}' },
        },
      ),
    ],
    expected: {
      code: 'keep-ignored',
      object: { kind: 'OvnEip', name: 'web' },
      cure: 'write it on the OvnFip that uses ovn-eip/web, or remove it',
    },
    rest: false,
  },
];

function keptFip(keep: string): OvnFip {
  const spec = { ovnEip: 'web', ipName: 'web.default', type: 'centralized' } as const;
  return fip('web', spec, { annotations: { [keepAnnotation]: keep } });
}
