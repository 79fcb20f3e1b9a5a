import { z } from 'zod';
import { answerSchema, type Described, refSchema } from './envelope.ts';

const gatewaySchema = z.strictObject({
  node: z.string().nullable().meta({ description: 'null for a chassis of no known node' }),
  chassis: z.string(),
  priority: z.int(),
  active: z.boolean().meta({ description: 'claims the port in SB' }),
});

/** `berth status -o json`. */
export const statusSchema = answerSchema('Status', {
  databases: z.array(
    z.strictObject({
      name: z.enum(['NB', 'SB']),
      remote: z.string(),
      connected: z.boolean(),
      problem: z.string().nullable(),
    }),
  ),
  controller: z.strictObject({
    instance: z.string(),
    running: z.boolean().nullable().meta({ description: 'null when it cannot be told' }),
    stopped: z.boolean().meta({ description: 'runs but was stopped, as by SIGSTOP, and does nothing' }),
    epoch: z
      .int()
      .nullable()
      .meta({ description: 'of the controller that NB obeys; null when there was none' }),
    waiting: z.string().nullable().meta({
      description:
        'who holds the Lease of a cluster and waits to be told to take the OVN over from who leads it; null where nobody is known to',
    }),
  }),
  lead: z
    .strictObject({
      name: z
        .string()
        .nullable()
        .meta({ description: 'cluster/UID or state/HOST:PATH; null of a controller that says none' }),
      since: z.string().nullable().meta({ description: 'RFC 3339; null where it is not known' }),
      other: z.boolean().meta({
        description: 'leads with other objects than those that were asked about, which are not in force',
      }),
    })
    .nullable()
    .meta({
      description: 'who leads the OVN, as NB says; null where it says nothing, and of saved databases',
    }),
  missing: z.array(refSchema).meta({
    description: 'objects that ask for rows which NB does not have; empty when a database cannot be reached',
  }),
  otherwise: z
    .array(refSchema)
    .meta({ description: 'objects of which NB has rows that are not as they ask' }),
  assumptions: z
    .array(z.string())
    .meta({ description: 'what is taken for granted, as nobody reports on it' }),
  toldBy: z.enum(['objects', 'rows']).nullable().meta({
    description:
      'objects: what is asked for beside what NB has; rows: NB and SB alone, as no objects are known; null when a database cannot be reached',
  }),
  unreadable: z.string().nullable().meta({
    description:
      'why the objects cannot be read, as of a cluster whose API server is away: the rest is then told by the rows; null where they can, or where there are none',
  }),
  vpcs: z.array(
    z.strictObject({
      name: z.string(),
      attachments: z.array(
        z.strictObject({
          subnet: z.string(),
          addresses: z.array(z.string()).meta({ description: 'of the router port, as NB has it' }),
          gateways: z.array(gatewaySchema),
        }),
      ),
    }),
  ),
  floatingIps: z.array(
    z.strictObject({
      name: z.string().meta({
        description: 'of the object; of a row that names none the target by which commands take it',
      }),
      vpc: z.string(),
      externalIps: z
        .array(z.string())
        .meta({ description: 'that NB has for it, which may be others than are asked for' }),
      target: refSchema
        .nullable()
        .meta({ description: 'what it leads to, as NB has it; null where that is no port' }),
      elsewhere: z.string().nullable().meta({
        description:
          'the address inside that it leads to, where that is not the one that the object asks for; null otherwise',
      }),
      placement: z.strictObject({
        effective: z.enum(['distributed', 'centralized', 'gateway-local']),
        wanted: z
          .enum(['distributed', 'centralized', 'gateway-local'])
          .nullable()
          .meta({ description: 'null where only rows are known' }),
      }),
      berth: z
        .strictObject({
          node: z.string().meta({ description: 'as Kubernetes and people call it' }),
          chassis: z.string().meta({ description: 'its name in SB' }),
        })
        .nullable()
        .meta({
          description:
            'who answers for it now, as SB tells; null when nobody does. The object itself, as berth get shows it, has in status.berth the name of the node alone',
        }),
      works: z
        .strictObject({
          outcome: z.enum(['delivered', 'lost', 'unknown']),
          reason: z.string().nullable().meta({ description: 'code of a finding; null when it works wholly' }),
        })
        .nullable()
        .meta({ description: 'both ways, as NB and SB tell; null when nothing can be told of packets' }),
    }),
  ),
  summary: z.strictObject({ error: z.int(), warning: z.int(), info: z.int() }).nullable().meta({
    description:
      'of what objects ask for, and of everything where only rows are known; null when a database cannot be reached: what is wrong is not known then',
  }),
  others: z.strictObject({ error: z.int(), warning: z.int(), info: z.int() }).meta({
    description:
      'findings about routers and switches that no object is about; not in the summary, and of no weight for the exit code',
  }),
});

export type StatusAnswer = Described<typeof statusSchema>;
