import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The variable that names the folder where `make test` has bundled the programs. */
export const bundledProgramsVariable = 'BERTH_TEST_PROGRAMS';

const checkout = join(import.meta.dirname, '../../bin');

/**
 * The file that a test starts for one of our programs: the bundle of this run where `make test` made one, since hundreds
 * of starts take half as long from one file as from a thousand, else that of the checkout.
 */
export function programFile(name: 'berth' | 'berth-controller'): string {
  const bundled = join(process.env[bundledProgramsVariable] ?? checkout, name);
  return existsSync(bundled) ? bundled : join(checkout, name);
}
