import { join } from 'node:path';
import { LabFault } from '../fault.ts';
import { readEntries, readEntry, removeIfUnused } from '../registry/entry.ts';
import { labsDirectory } from '../registry/paths.ts';
import { Lab } from './lab.ts';
import { checkLabName } from './names.ts';
import { nearest } from './nearest.ts';

/** Every living lab of this user, by name. What ended labs left in the registry is removed on the way. */
export function listLabs(): Lab[] {
  return readEntries(labsDirectory(process.env, process.getuid?.() ?? 0)).map((entry) => new Lab(entry));
}

/**
 * The lab of this name, or the only one when no name is given. Throws `LabFault` `lab-not-found` when there is none, and
 * `lab-usage` when there are several to choose from.
 */
export function openLab(name?: string): Lab {
  if (name !== undefined) return named(name);
  const labs = listLabs();
  const [only, second] = labs;
  if (only === undefined) throw notFound('no lab is running');
  if (second === undefined) return only;
  const names = labs.map((lab) => lab.name);
  throw new LabFault(
    'lab-usage',
    `several labs are running: ${names.join(', ')}`,
    'say which with --lab NAME or BERTH_LAB',
  );
}

function named(name: string): Lab {
  checkLabName(name);
  const directory = join(labsDirectory(process.env, process.getuid?.() ?? 0), name);
  const entry = readEntry(directory);
  if (entry !== undefined) return new Lab(entry);
  removeIfUnused(directory);
  const others = listLabs().map((lab) => lab.name);
  const near = nearest(name, others);
  const message = `lab ${name} is not running${near === undefined ? '' : `; did you mean ${near}?`}`;
  throw others.length === 0
    ? notFound(message)
    : notFound(
        message,
        `name one that is: ${others.join(', ')}; or start it with: berth lab up --lab ${name}`,
      );
}

function notFound(message: string, cure = 'start one with: berth lab up'): LabFault {
  return new LabFault('lab-not-found', message, cure);
}
