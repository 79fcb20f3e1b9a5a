import { z } from 'zod';
import { answerSchema, type Described } from './envelope.ts';

const daemonsSchema = z
  .record(z.string(), z.int().nullable())
  .meta({ description: 'process numbers inside the lab, by daemon; null when it is down' });

/** `berth lab status -o json`. */
export const labStatusSchema = answerSchema('LabStatus', {
  name: z.string(),
  initPid: z.int().meta({ description: 'the first process, as this machine numbers it' }),
  nb: z.string().meta({ description: 'remote of NB that works from anywhere on this machine' }),
  sb: z.string(),
  kubeconfig: z
    .string()
    .nullable()
    .meta({ description: "the administrator's kubeconfig; null when the lab has no API server" }),
  admission: z.string().nullable().meta({
    description:
      'where that API server asks for verdicts, as berth-controller --admission-listen takes it; null without one',
  }),
  central: daemonsSchema,
  nodes: z.array(
    z.strictObject({
      name: z.string(),
      chassis: z.string().nullable().meta({ description: 'null when SB has none' }),
      daemons: daemonsSchema,
      failures: z.array(z.string()),
    }),
  ),
  pods: z.array(z.string()).meta({ description: 'as NAMESPACE/NAME' }),
  failures: z.array(z.string()).meta({ description: 'everything that is broken' }),
});

export type LabStatusAnswer = Described<typeof labStatusSchema>;
