import { z } from 'zod';
import { answerSchema, type Described } from './envelope.ts';

/** `berth version -o json`. */
export const versionSchema = answerSchema('Version', { berth: z.string(), node: z.string() });

export type VersionAnswer = Described<typeof versionSchema>;
