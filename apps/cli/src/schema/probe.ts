import { z } from 'zod';
import { answerSchema, type Described } from './envelope.ts';

/** `berth probe -o json`. */
export const probeSchema = answerSchema('Probe', {
  target: z.string(),
  reachable: z.boolean().meta({
    description:
      'every flow was answered, and seen with the address that its rule gives, and exactly one answers for each address',
  }),
  untried: z.string().exactOptional().meta({
    description:
      'what could not be tried beside the flows, and why; the exit code is 2 where all flows are right',
  }),
  flows: z.array(
    z.strictObject({
      direction: z.enum(['inbound', 'outbound']),
      protocol: z.enum(['icmp', 'tcp', 'udp']),
      from: z.string().meta({ description: 'outside, or a pod as NAMESPACE/NAME' }),
      to: z.string().meta({ description: 'an address' }),
      port: z.int().nullable().meta({ description: 'what is connected to; null for icmp' }),
      sent: z.int(),
      received: z.int().meta({
        description:
          "answers of the workload that the address is of, or of the outside; of an address that is nothing's, anybody's",
      }),
      seenAs: z.string().nullable().meta({
        description:
          'the address of the client as the server or the outside saw it; null for pings from outside, and where nothing came',
      }),
      rightAs: z.string().exactOptional().meta({
        description: 'the address that the outside should have seen, where it saw another one',
      }),
      unsent: z.string().exactOptional().meta({
        description:
          'why the sender could send nothing, in the words of its kernel: it has no route. `sent` is what was to be sent',
      }),
      answeredBy: z.array(z.string()).exactOptional().meta({
        description:
          'other addresses than the one that was pinged which answered; such answers are not received',
      }),
      reached: z.array(z.string()).meta({
        description:
          'where packets came to: outside, or pods as NAMESPACE/NAME; empty with answers, a router or a machine outside gave them',
      }),
      silent: z.array(z.string()).exactOptional().meta({
        description:
          'backends of a load-balancer that gave no answer while others did, of so many attempts that each must have been met',
      }),
      otherAnswers: z.int().meta({
        description:
          'answers to pings that never came to whom they were for; such answers are not received. A router answers pings to its own address: then the flow is a connection',
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
