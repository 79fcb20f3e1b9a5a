/** Versions of the CNI specification that are spoken, oldest first. */
export const cniVersions = ['0.3.1', '0.4.0', '1.0.0', '1.1.0'] as const;

export type CniVersion = (typeof cniVersions)[number];

/** The newest one. */
export const newestCniVersion: CniVersion = '1.1.0';

/** What a runtime may ask a plugin for, with the first version that has it. */
const commandSince = {
  ADD: '0.3.1',
  DEL: '0.3.1',
  VERSION: '0.3.1',
  CHECK: '0.4.0',
  GC: '1.1.0',
  STATUS: '1.1.0',
} as const satisfies Readonly<Record<string, CniVersion>>;

export type CniCommand = keyof typeof commandSince;

export const cniCommands = Object.keys(commandSince) as readonly CniCommand[];

export function isCniCommand(text: string): text is CniCommand {
  return Object.hasOwn(commandSince, text);
}

export function isCniVersion(text: string): text is CniVersion {
  return (cniVersions as readonly string[]).includes(text);
}

/** The first version that has a command. */
export function sinceVersion(command: CniCommand): CniVersion {
  return commandSince[command];
}

/** Whether a version has what came with another one. */
export function isAtLeast(version: CniVersion, other: CniVersion): boolean {
  return cniVersions.indexOf(version) >= cniVersions.indexOf(other);
}
