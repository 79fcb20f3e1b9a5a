import { z } from 'zod';
import { answerSchema, type Described } from './envelope.ts';

/** `berth probe -o json`. */
export const probeSchema = answerSchema('Probe', {
  target: z.string(),
  reachable: z.boolean().meta({
    description:
      'every flow was answered, and seen with the address that its rule gives, and exactly one answers for each address',
  }),
  flows: z.array(
    z.strictObject({
      direction: z.enum(['inbound', 'outbound']),
      protocol: z.enum(['icmp', 'tcp', 'udp']),
      from: z.string().meta({ description: 'outside, or a pod as NAMESPACE/NAME' }),
      to: z.string().meta({ description: 'an address' }),
      port: z.int().nullable().meta({ description: 'what is connected to; null for icmp' }),
      sent: z.int(),
      received: z.int(),
      seenAs: z.string().nullable().meta({
        description:
          'the address of the client as the server saw it, of pings out of a pod that of a connection to the same place; null for pings from outside and without an answer',
      }),
      rightAs: z.string().exactOptional().meta({
        description: 'the address that the outside should have seen, where it saw another one',
      }),
      answeredBy: z.array(z.string()).exactOptional().meta({
        description:
          'other addresses than the one that was pinged which answered; such answers are not received',
      }),
      duplicates: z.int().meta({ description: 'above 0, more than one place answers' }),
    }),
  ),
  answers: z.array(
    z.strictObject({
      address: z.string().meta({ description: 'several entries of one address: all that answer for it' }),
      mac: z.string().nullable().meta({ description: 'what ARP or ND resolved; null when nobody answered' }),
      node: z.string().nullable().meta({ description: 'the node behind whose NIC that MAC is' }),
    }),
  ),
});

export type ProbeAnswer = Described<typeof probeSchema>;
