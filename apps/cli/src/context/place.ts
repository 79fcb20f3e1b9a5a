import path from 'node:path';
import type { OvnRemotes } from '@berth/engine';
import { type Lab, listLabs, openLab } from '@berth/lab';
import type { Options } from '../tree/options.ts';
import { CliFault } from './cli-fault.ts';
import type { Environment } from './environment.ts';
import { tlsOf } from './tls.ts';

/** Which OVN is meant, and where what was stored about it is. */
export type Place = {
  /** Undefined when the OVN is no lab, or when there is none. */
  readonly lab: Lab | undefined;
  /** Undefined when there is none, and of a bundle, which has no databases to connect to. */
  readonly remotes: OvnRemotes | undefined;
  readonly instance: string;
  readonly stateFolder: string;
};

/**
 * Finds the OVN: `--nb` and `--sb`, else `--lab`, else `BERTH_LAB`, else the only lab that runs; none at all is a
 * place too. With `--bundle` no lab is meant, whichever run. Throws CliFault `usage`, and LabFault when a named lab does not run or several do.
 */
export function findPlace(options: Options, environment: Environment): Place {
  const instance = instanceOf(options);
  const remotes = givenRemotes(options);
  const isElsewhere = remotes !== undefined || options.bundle !== undefined;
  const lab = isElsewhere ? undefined : findLab(options.lab ?? environment.lab, environment);
  const home = lab ? path.join(lab.directory, 'state') : path.join(environment.stateHome, 'berth');
  return {
    lab,
    remotes: remotes ?? (lab && { nb: lab.nbRemote, sb: lab.sbRemote }),
    instance,
    stateFolder: path.resolve(options.state ?? path.join(home, instance)),
  };
}

/** A name that rows, folders and Leases carry. Throws CliFault `usage` for what cannot be one. */
function instanceOf({ instance = 'default' }: Options): string {
  if (/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/i.test(instance)) return instance;
  const cure = 'use at most 63 letters, digits, "-" and ".", beginning and ending with a letter or digit';
  throw new CliFault('usage', `--instance "${instance.slice(0, 70)}" cannot name a Berth`, cure);
}

/** A place with an OVN. Throws CliFault `usage` when there is none. */
export function requireOvn(place: Place): OvnRemotes {
  if (place.remotes) return place.remotes;
  throw new CliFault(
    'cannot-tell',
    'there is no OVN to work on: no lab runs',
    'start one with berth lab up, or name its databases with --nb and --sb',
  );
}

/** A place with a lab. Throws LabFault `lab-not-found` when there is none. */
export function requireLab({ lab }: Pick<Place, 'lab'>): Lab {
  return lab ?? openLab();
}

function givenRemotes(options: Options): OvnRemotes | undefined {
  const { nb, sb, lab } = options;
  if (nb === undefined && sb === undefined) return undefined;
  if (nb === undefined || sb === undefined) {
    const missing = nb === undefined ? '--nb' : '--sb';
    throw new CliFault('usage', `${missing} is missing`, 'an OVN is named by both of its databases');
  }
  if (lab !== undefined) throw new CliFault('usage', '--lab and --nb name two places', 'give one of them');
  const tls = tlsOf(options);
  return { nb, sb, ...(tls && { tls }) };
}

function findLab(name: string | undefined, { asPlugin }: Environment): Lab | undefined {
  if (name !== undefined) return openLab(name);
  if (asPlugin) return undefined;
  const labs = listLabs();
  return labs.length === 0 ? undefined : openLab();
}
