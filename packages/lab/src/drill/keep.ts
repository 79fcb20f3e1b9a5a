import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Lab } from '../lab/lab.ts';
import { databaseNodes } from '../lab/plan.ts';

/** Copies NB and SB of a lab, as their servers have them in files, to `PREFIXnb.db` and `PREFIXsb.db` in a folder. */
export function keepDatabases(lab: Lab, folder: string, prefix: string): void {
  const [member] = databaseNodes(lab.plan);
  const home = path.join(lab.directory, member === undefined ? 'central' : path.join('nodes', member.name));
  mkdirSync(folder, { recursive: true });
  for (const database of ['nb', 'sb']) {
    copyFileSync(path.join(home, `ovn${database}_db.db`), path.join(folder, `${prefix}${database}.db`));
  }
}
