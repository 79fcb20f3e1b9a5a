import { z } from 'zod';
import { refSchema } from './envelope.ts';

/** A field of the user's. */
export const originSchema = z.strictObject({ object: refSchema, field: z.string().exactOptional() });

export const rowRefSchema = z.strictObject({
  db: z.enum(['NB', 'SB']),
  table: z.string(),
  uuid: z.string(),
  name: z.string(),
});

export const outcomeSchema = z.enum(['delivered', 'lost', 'unknown']);

export const directionSchema = z.enum(['inbound', 'outbound', 'hairpin']);

/** One thing that happens to a packet. */
export const stepSchema = z.strictObject({
  at: z.string().nullable().meta({ description: 'the node; null for what happens on none' }),
  does: z.string(),
  rows: z.array(rowRefSchema).meta({ description: 'what makes it happen' }),
  origins: z.array(originSchema).meta({ description: 'the fields behind those rows' }),
});

/** Whose packets, as NB describes them. */
export const flowShape = {
  target: z.string(),
  direction: directionSchema,
  externalIp: z.string().nullable().meta({ description: 'null for traffic without NAT' }),
  externalPort: z
    .strictObject({ protocol: z.enum(['tcp', 'udp', 'sctp']), port: z.int() })
    .exactOptional()
    .meta({ description: 'of a forwarded port' }),
  router: z.string(),
  logicalIp: z.string(),
  logicalPort: z.string().nullable(),
  placement: z.enum(['distributed', 'centralized']),
};
