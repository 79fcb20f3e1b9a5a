import { formatRef, resourcesIn } from '@berth/api';
import type { Finding } from '@berth/core';
import type { PassResult } from '@berth/engine';
import { unreachable } from '../context/connect.ts';
import type { Session } from '../context/session.ts';
import type { Terminal } from '../context/terminal.ts';
import { faultLine } from '../output/fault-line.ts';
import { findingIdentity, findingLines, plural, resolvedFindings, resolvedLine } from '../output/findings.ts';
import { pad } from '../output/table.ts';
import { cliApiVersion } from '../schema/envelope.ts';
import type { RunLine } from '../schema/run-line.ts';
import { type Objects, objectResults, objectsWithRows, presentObjects } from './object-results.ts';

/** Says what `run` does as it happens, each thing once. */
export type Reporter = {
  readonly wrote: (result: PassResult) => void;
  readonly happened: (result: PassResult) => void;
  readonly found: (findings: readonly Finding[]) => void;
  /** A pass ended. */
  readonly passed: () => void;
  /** Everything was made as the objects say; said once. */
  readonly ready: (result: Pick<PassResult, 'listing'>) => void;
  readonly failed: (fault: unknown, delayMs: number) => void;
  readonly passes: () => number;
};

/** How it is told. */
export type ReporterOptions = {
  /** What is watched, as people call it. */
  readonly folder: string;
  /** The objects before. */
  readonly present: Objects['present'];
  /** Changes and events are lines of JSON. */
  readonly isJson: boolean;
};

/**
 * What changes goes to standard output; events, findings as they come and go, and faults, to standard error. As JSON, events go to
 * standard output with the changes, a line each.
 */
export function reporterOf(
  session: Session,
  { out, err }: Terminal,
  { folder, present, isJson }: ReporterOptions,
): Reporter {
  const head = <Kind extends RunLine['kind']>(kind: Kind) =>
    ({ apiVersion: cliApiVersion, kind, time: session.now() }) as const;
  const tell = (line: RunLine): void => out.write(`${JSON.stringify(line)}\n`);
  const withRows = () => objectsWithRows(session.ovn.northbound.snapshot(), session.settings.instance);
  let objects: Objects = { present, withRows: withRows() };
  let known = new Map<string, Finding>();
  let passes = 0;
  let isReady = false;
  let lastFault = '';
  return {
    wrote({ listing, plan, written }) {
      const before = objects;
      objects = { present: presentObjects(listing.resources), withRows: withRows() };
      const changes = written.transactions > 0 ? plan.changes : [];
      for (const { object, result, rows } of objectResults(changes, before, objects)) {
        const size = rows > 0 ? ` (${plural(rows, 'row')})` : '';
        if (isJson) tell({ ...head('Change'), object, result, rows });
        else out.write(`${formatRef(object)} ${result}${size}\n`);
      }
    },
    happened({ notices }) {
      for (const { object, type, reason, message } of notices) {
        if (isJson) tell({ ...head('Event'), object, type, reason, message });
        else err.write(`${pad('event', 8)} ${err.style.strong(formatRef(object))}  ${reason}: ${message}\n`);
      }
    },
    found(all) {
      const findings = new Map(all.map((each) => [findingIdentity(each), each]));
      const isNew = ([key]: readonly [string, Finding]): boolean => !known.has(key);
      err.write(
        findingLines(
          [...findings].filter(isNew).map(([, each]) => each),
          err,
        ),
      );
      for (const each of resolvedFindings([...known.values()], all)) err.write(resolvedLine(each, err.style));
      known = findings;
    },
    passed() {
      if (lastFault !== '') err.write('back to work\n');
      lastFault = '';
      passes += 1;
    },
    ready({ listing }) {
      if (isReady) return;
      isReady = true;
      err.write(readyLine(session, folder, resourcesIn(listing.resources).length));
    },
    failed(fault, delayMs) {
      const plain = (session.place.remotes && unreachable(fault, session.place.remotes)) ?? fault;
      const line = `a pass did not end: ${faultLine(plain, err.style, false)}`;
      if (line !== lastFault) err.write(line.replace(/\n$/, `; trying again in ${delayMs} ms\n`));
      lastFault = line;
    },
    passes: () => passes,
  };
}

function readyLine({ lab, place, fence }: Session, folder: string, objects: number): string {
  const where = lab ? `lab/${lab.name}` : place.remotes?.nb;
  return `watching ${folder}: ${plural(objects, 'object')} on ${where}, epoch ${fence.epoch}; stop with Ctrl-C\n`;
}
