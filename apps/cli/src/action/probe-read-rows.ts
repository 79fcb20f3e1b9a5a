import { type ExternalFlow, parseTarget } from '@berth/core';
import { type Lab, podOf, readPlaces } from '@berth/lab';
import { parseIp } from '@berth/net';
import type { Analysis } from '../context/analysis.ts';
import { analysisIfAny } from '../context/analysis-if-any.ts';
import type { Asking } from '../context/invocation.ts';
import { podOfPort } from './probe-connection.ts';
import { flowsAt } from './probe-findings.ts';
import { manyTarget } from './probe-target.ts';
import type { Rows } from './probing.ts';

/**
 * What NB has of a target that objects may ask for; none of it is the target's where one object alone stands for that, or where NB cannot be analysed.
 * Throws CliFault `usage` where neither rows nor objects are known of what stands for many.
 */
export async function readRows(target: string, asking: Asking, lab: Lab): Promise<Rows> {
  const known = parseTarget(target);
  if (known === undefined) return noRows;
  const isRule = known.kind === 'rule';
  if (isRule && known.word !== 'snat') return noRows;
  const isMany = manyTarget(target) !== undefined;
  const analysis = isMany ? await analysisOf(asking) : await analysisIfAny(asking);
  if (analysis === undefined) return noRows;
  const { find, objectOf } = analysis;
  if (isRule) return { ...noRows, all: analysis.flows };
  const isNeeded = isMany && objectOf(target) === undefined;
  const found = isNeeded ? find(target, 'usage').flows : flowsAt(target, analysis);
  return rowsIn(analysis, target, found, lab);
}

/** What NB has of a target where no objects count. Throws CliFault `usage` where that is nothing, but of an address; and where NB cannot be analysed. */
export async function readRowsAlone(target: string, asking: Asking, lab: Lab): Promise<Rows> {
  const analysis = await analysisOf(asking);
  const isAddress = parseTarget(target)?.kind === 'address';
  const found = isAddress ? flowsAt(target, analysis) : analysis.find(target, 'usage').flows;
  return rowsIn(analysis, target, found, lab);
}

const noRows: Rows = { flows: [], all: [], podOf: () => undefined, outsideBeside: () => undefined };

/** Pods are those that objects name, else those of the lab that have the addresses. */
async function rowsIn(
  { flows: all, asked, fabric }: Analysis,
  target: string,
  found: readonly ExternalFlow[],
  lab: Lab,
): Promise<Rows> {
  const known = parseTarget(target);
  const isMeant = ({ externalIp }: ExternalFlow): boolean =>
    known?.kind !== 'address' || (externalIp !== undefined && parseIp(externalIp) === known.ip);
  const places = await readPlaces(lab);
  return {
    ...{ flows: found.filter(isMeant), all },
    podOf(flow) {
      const pod = asked && podOfPort(flow.logicalPort ?? '', asked.resources);
      return pod ?? podOf(flow, fabric, places);
    },
    outsideBeside: (address) => places.outside.find(({ holds }) => holds(address))?.ip,
  };
}

async function analysisOf({ options, environment, signal }: Asking): Promise<Analysis> {
  const { openAnalysis } = await import('../context/analysis.ts');
  return await openAnalysis(options, environment, signal);
}
