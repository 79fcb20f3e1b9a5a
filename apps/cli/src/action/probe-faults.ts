import { nearest } from '@berth/api';
import { parseTarget } from '@berth/core';
import { CliFault } from '../context/cli-fault.ts';
import { canBeProbed, probedForms } from '../tree/target-words.ts';

/** Throws CliFault `usage` for what packets cannot be sent to, whatever there is. */
export function refuseUnprobed(text: string): void {
  const target = parseTarget(text);
  if (target?.kind === 'node')
    throw new CliFault(
      'usage',
      `${text} cannot be probed: a node has no address of its own to send packets to`,
      `berth explain ${text} tells what lives there, and berth drill --fail host:${target.name} what its loss does to packets`,
    );
  if (target?.kind !== 'address' && !canBeProbed(text)) throw noTarget(text);
}

/** The fault that a text names nothing that packets are sent to. */
export function noTarget(text: string): CliFault {
  return new CliFault('usage', `"${text}" is no target`, `name ${probedForms}`);
}

/** The fault that there is no such object, with the nearest name. */
export function notFound(target: string, name: string, names: readonly string[]): CliFault {
  const near = nearest(name, names);
  const there = names.length === 0 ? 'apply or run a folder first' : `there is ${names.join(', ')}`;
  return new CliFault('usage', `${target} not found`, near === undefined ? there : `did you mean ${near}?`);
}

/** The fault that there is nothing to send to what stands for many, or nothing that can be. */
export function nothingBehind(text: string, untried: string | undefined): CliFault {
  return new CliFault(
    'cannot-tell',
    untried === undefined
      ? `there is no pod behind ${text} to probe it with, and no floating IP`
      : `nothing of ${text} can be tried: ${untried}`,
    `berth explain ${text} tells what it is for`,
  );
}
