import path from 'node:path';
import { type FoundFile, statFile, survey } from './find-files.ts';
import { type Lookout, lookoutFor } from './lookout.ts';

/** Changes when a file of interest may have; `gone` when there is none to look at. */
export type Signature = string;

/** What is of interest, as it looks at one moment, and the folders whose events tell of its changes. */
export type Look = { readonly signature: Signature; readonly lookouts: readonly Lookout[] };

/** What the YAML files of a folder look like now. Never rejects. */
export async function lookAtFolder(folder: string): Promise<Look> {
  const above = await lookoutFor(folder);
  try {
    const { files, lookouts } = await survey(folder);
    return { signature: signatureOf(files), lookouts: [...above, ...lookouts] };
  } catch {
    return { signature: 'gone', lookouts: above };
  }
}

/** What one file looks like now. Never rejects. */
export async function lookAtFile(file: string): Promise<Look> {
  const { stamp } = await statFile(file);
  const lookouts = [...(await lookoutFor(path.dirname(file))), ...(await lookoutFor(file))];
  return { signature: stamp ?? 'gone', lookouts };
}

/** What these files look like. */
export function signatureOf(files: readonly FoundFile[]): Signature {
  return files.map(({ path, stamp }) => `${path} ${stamp}`).join('\n');
}
