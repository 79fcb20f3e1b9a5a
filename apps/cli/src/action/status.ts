import { emptyFabric, type Fabric, fabricOf, sortFindings } from '@berth/core';
import { epochIn, located, type OvnRemotes, preview } from '@berth/engine';
import { openDatabase } from '@berth/ovsdb';
import { folderReader } from '@berth/source';
import { isControllerRunning } from '../context/controller.ts';
import type { Invocation } from '../context/invocation.ts';
import { findPlace, type Place, requireOvn } from '../context/place.ts';
import { now, openReadSession, settingsOf } from '../context/session.ts';
import { answer, jsonText } from '../output/answer.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../output/exit-code.ts';
import { countFindings } from '../output/findings.ts';
import { statusText } from '../output/status-text.ts';
import type { StatusAnswer } from '../schema/status.ts';
import { floatingIpStatuses, vpcStatuses } from './status-of.ts';

export async function run({ options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  const place = findPlace(options, environment);
  const ovn = await look(place, signal);
  await using reader = folderReader({ stateFolder: place.stateFolder, now });
  const { listing, result } = await preview(reader, ovn.fabric, settingsOf(place));
  const isConnected = ovn.databases.every((each) => each.connected);
  // Without an OVN everything would seem to lack its chassis.
  const known = isConnected ? [...listing.findings, ...result.findings] : listing.findings;
  const findings = sortFindings(known.map((each) => located(each, listing)));
  const running = await isControllerRunning(place.stateFolder);
  const told: StatusAnswer = answer('Status', findings, {
    databases: ovn.databases,
    controller: { instance: place.instance, running, epoch: ovn.epoch ?? null },
    vpcs: vpcStatuses(result.intent, ovn.fabric),
    floatingIps: floatingIpStatuses(result.intent, ovn.fabric, listing.resources),
    summary: countFindings(findings),
  });
  const { out } = terminal;
  out.write(options.output === 'json' ? jsonText(told) : statusText(told, findings, out));
  if (!isConnected) return exitCodes.cannotTell;
  return told.summary.error > 0 ? exitCodes.notFine : exitCodes.fine;
}

type Looked = {
  readonly fabric: Fabric;
  readonly epoch: number | undefined;
  readonly databases: StatusAnswer['databases'];
};

/** What NB and SB say; where one cannot be reached, which and why. Faults of other sorts are thrown. */
async function look(place: Place, signal: AbortSignal): Promise<Looked> {
  const remotes = requireOvn(place);
  try {
    await using session = await openReadSession({ place, signal });
    const { northbound, southbound } = session.ovn;
    const fabric = fabricOf(northbound.snapshot(), southbound.snapshot());
    return { fabric, epoch: epochIn(northbound), databases: connected(remotes) };
  } catch (fault) {
    if (signal.aborted || exitCodeOf(fault) !== exitCodes.cannotTell) throw fault;
    return { fabric: emptyFabric, epoch: undefined, databases: await tryEach(remotes, signal) };
  }
}

const databaseNames = [
  { name: 'NB', key: 'nb', database: 'OVN_Northbound' },
  { name: 'SB', key: 'sb', database: 'OVN_Southbound' },
] as const;

function connected(remotes: OvnRemotes): StatusAnswer['databases'] {
  return databaseNames.map(({ name, key }) => ({
    name,
    remote: remotes[key],
    connected: true,
    problem: null,
  }));
}

function tryEach(remotes: OvnRemotes, signal: AbortSignal): Promise<StatusAnswer['databases']> {
  const attempts = databaseNames.map(async ({ name, key, database }) => {
    const remote = remotes[key];
    try {
      const opened = await openDatabase({ remotes: remote.split(','), database, signal });
      await opened.close();
      return { name, remote, connected: true, problem: null };
    } catch (fault) {
      const problem = fault instanceof Error ? fault.message : String(fault);
      return { name, remote, connected: false, problem };
    }
  });
  return Promise.all(attempts);
}
