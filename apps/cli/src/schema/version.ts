import { z } from 'zod';
import { answerSchema, type Described } from './envelope.ts';

/** `berth version -o json`. */
export const versionSchema = answerSchema('Version', {
  berth: z.string().meta({ description: 'the release of Berth' }),
  node: z.string().meta({ description: 'the release of Node.js' }),
});

export type VersionAnswer = Described<typeof versionSchema>;
