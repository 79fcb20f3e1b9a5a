import { formatRef, resourcesIn } from '@berth/api';
import { type Finding, type Notice, parseRef } from '@berth/core';
import { EngineFault, type PassResult } from '@berth/engine';
import { unreachable } from '../context/connect.ts';
import type { Candidate } from '../context/session.ts';
import type { Terminal } from '../context/terminal.ts';
import { faultLine } from '../output/fault-line.ts';
import { findingIdentity, findingLines, plural, resolvedFindings, resolvedLine } from '../output/findings.ts';
import { pad } from '../output/table.ts';
import { cliApiVersion } from '../schema/envelope.ts';
import type { RunLine } from '../schema/run-line.ts';
import {
  type Objects,
  objectResults,
  objectsWithRows,
  presentObjects,
  resultText,
} from './object-results.ts';
import { troubleOf } from './trouble-of.ts';

/** Says what `run` does as it happens, each thing once. */
export type Reporter = {
  readonly wrote: (result: PassResult) => void;
  readonly happened: (result: Pick<PassResult, 'notices'>) => void;
  /** Pods, as `pod/NAMESPACE/NAME`, got back what somebody had taken away inside them. */
  readonly mended: (pods: readonly string[]) => void;
  readonly found: (findings: readonly Finding[]) => void;
  /** A pass ended. */
  readonly passed: () => void;
  /** Everything was made as the objects say; said once. */
  readonly ready: (result: Pick<PassResult, 'listing'>, epoch: number) => void;
  readonly failed: (fault: unknown, delayMs: number) => void;
  /** The right to write was lost. Passes end the trouble that is told then. */
  readonly lost: () => void;
  /** What keeps from taking the lead. */
  readonly notHeld: (fault: unknown) => void;
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
  session: Pick<Candidate, 'now' | 'ovn' | 'settings' | 'place' | 'lab'>,
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
  // `what` it is about, as `troubleOf` tells it.
  const trouble = (line: string, more = '', what = line): void => {
    if (what !== lastFault) err.write(line.replace(/\n$/, `${more}\n`));
    lastFault = what;
  };
  const tellNotices = (notices: readonly Notice[]): void => {
    for (const { object, type, reason, message } of notices) {
      if (isJson) tell({ ...head('Event'), object, type, reason, message });
      else err.write(`${pad('event', 8)} ${err.style.strong(formatRef(object))}  ${reason}: ${message}\n`);
    }
  };
  return {
    wrote({ listing, plan, written }) {
      const before = objects;
      objects = { present: presentObjects(listing.resources), withRows: withRows() };
      const changes = written.transactions > 0 ? plan.changes : [];
      for (const one of objectResults(changes, before, objects)) {
        const { object, result, rows } = one;
        const size = rows > 0 ? ` (${plural(rows, 'row')})` : '';
        if (isJson) tell({ ...head('Change'), object, result, rows });
        else out.write(`${formatRef(object)} ${resultText(one)}${size}\n`);
      }
    },
    happened: ({ notices }) => tellNotices(notices),
    mended: (pods) => tellNotices(pods.flatMap(mendedNotice)),
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
    ready({ listing }, epoch) {
      if (isReady) return;
      isReady = true;
      err.write(readyLine(session, folder, resourcesIn(listing.resources).length, epoch));
    },
    failed(fault, delayMs) {
      if (fault instanceof EngineFault && fault.code === 'led-elsewhere') {
        trouble(`waiting: ${fault.message}\n`);
        return;
      }
      const plain = (session.place.remotes && unreachable(fault, session.place.remotes)) ?? fault;
      trouble(`a pass did not end: ${faultLine(plain, err.style, false)}`, `; trying again in ${delayMs} ms`);
    },
    lost() {
      trouble(
        'lost the lead: the Lease was not renewed in time, or is another controller’s; it is taken again as soon as nobody else has it\n',
      );
    },
    notHeld(fault) {
      const line = faultLine(fault, err.style, false);
      trouble(line, '; trying again', troubleOf(fault, line));
    },
    passes: () => passes,
  };
}

function mendedNotice(pod: string): readonly Notice[] {
  const object = parseRef(pod);
  if (!object) return [];
  const message =
    'it has the addresses and routes back that it was attached with and that were taken away inside it';
  return [{ object, type: 'Normal', reason: 'Restored', message }];
}

function readyLine(
  { lab, place }: Pick<Candidate, 'lab' | 'place'>,
  folder: string,
  objects: number,
  epoch: number,
): string {
  const where = lab ? `lab/${lab.name}` : place.remotes?.nb;
  return `watching ${folder}: ${plural(objects, 'object')} on ${where}, epoch ${epoch}; stop with Ctrl-C\n`;
}
