import {
  type CniAnswer,
  type CniCommand,
  CniFault,
  type CniRequest,
  type CniVersion,
  cniCommands,
  cniVersions,
  errorOf,
  isAtLeast,
  isCniCommand,
  isCniVersion,
  newestCniVersion,
  resultAs,
  sinceVersion,
} from '@berth/node/cni';
import type { Environment } from './environment.ts';
import { parseConfig, readConfig } from './network-config.ts';
import { requestOf } from './request.ts';

/** What a command needs of the world. */
export type Surroundings = {
  readonly environment: Environment;
  /** Standard input to its end. */
  readInput(): Promise<string>;
  ask(socketPath: string, request: CniRequest): Promise<CniAnswer>;
};

/** What the runtime gets: standard output, and 0 for a success. */
export type Outcome = { readonly output: string; readonly exitCode: 0 | 1 };

/** Carries out the command that the environment names (CNI 1.1, section 4). */
export async function runPlugin(surroundings: Surroundings): Promise<Outcome> {
  let version: CniVersion = newestCniVersion;
  try {
    const command = commandIn(surroundings.environment);
    const text = await surroundings.readInput().catch((error: unknown) => {
      throw new CniFault('io-failure', `the network configuration cannot be read: ${error}`);
    });
    if (command === 'VERSION') return success(versionsFor(text));
    const config = parseConfig(text);
    version = versionIn(config, command);
    const wanted = readConfig(config);
    const answer = await surroundings.ask(
      wanted.agentSocket,
      requestOf(command, surroundings.environment, wanted),
    );
    if ('error' in answer) return failure(version, answer.error);
    return success(
      answer.result && command === 'ADD' ? resultAs(version, answer.result, wanted.dns) : undefined,
    );
  } catch (fault) {
    return failure(
      version,
      errorOf(fault instanceof CniFault ? fault : new CniFault('internal', String(fault))),
    );
  }
}

function commandIn(environment: Environment): CniCommand {
  const command = environment['CNI_COMMAND'] ?? '';
  if (isCniCommand(command)) return command;
  const what = command === '' ? 'CNI_COMMAND is missing' : `CNI_COMMAND is "${command}"`;
  throw new CniFault('invalid-environment', what, `it is one of ${cniCommands.join(', ')}`);
}

/** The version to answer in. Throws CniFault `incompatible-version`. */
function versionIn({ cniVersion }: Readonly<Record<string, unknown>>, command: CniCommand): CniVersion {
  const spoken = `berth-cni speaks ${cniVersions.join(', ')}`;
  if (typeof cniVersion !== 'string' || !isCniVersion(cniVersion)) {
    const given =
      cniVersion === undefined ? 'names no cniVersion' : `is of cniVersion ${JSON.stringify(cniVersion)}`;
    throw new CniFault('incompatible-version', `the network configuration ${given}`, spoken);
  }
  if (isAtLeast(cniVersion, sinceVersion(command))) return cniVersion;
  throw new CniFault(
    'incompatible-version',
    `CNI ${cniVersion} has no ${command}, which came with ${sinceVersion(command)}`,
    spoken,
  );
}

/** The answer to VERSION, in the version that it was asked in. Some runtimes ask with nothing at all. */
function versionsFor(text: string): object {
  const { cniVersion = newestCniVersion } = text.trim() === '' ? {} : parseConfig(text);
  return { cniVersion, supportedVersions: cniVersions };
}

function success(result: object | undefined): Outcome {
  return { output: result ? `${JSON.stringify(result)}\n` : '', exitCode: 0 };
}

function failure(cniVersion: CniVersion, error: object): Outcome {
  return { output: `${JSON.stringify({ cniVersion, ...error })}\n`, exitCode: 1 };
}
