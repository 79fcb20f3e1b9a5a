import type { ExternalFlow, Finding } from '@berth/core';
import type { Analysis } from '../context/analysis.ts';
import { CliFault } from '../context/cli-fault.ts';
import { findingsAbout } from '../output/related-findings.ts';
import { lingeringStory } from './explain-lingering.ts';
import { objectStory } from './explain-object.ts';

/**
 * What is known to be wrong with a target, whether NB has anything of it or not, and with the nodes that it may pass. Nothing of other rules of the
 * same network.
 */
export function probedFindings(target: string, analysis: Analysis): readonly Finding[] {
  const { asked, audit, objectOf } = analysis;
  const object = asked && objectOf(target);
  const lingering = lingeringStory(target, analysis)?.findings ?? [];
  if (asked && object)
    return [...objectStory(object, asked.resources, asked, audit()).findings, ...lingering];
  const flows = flowsAt(target, analysis);
  return [...findingsAbout(flows, nodesOf(flows, analysis), audit(), { ...analysis, target }), ...lingering];
}

/** What NB has of a target; nothing of an address that nothing is programmed for: it can be pinged all the same. */
export function flowsAt(target: string, { find }: Pick<Analysis, 'find'>): readonly ExternalFlow[] {
  try {
    return find(target, 'not-found').flows;
  } catch (fault) {
    if (fault instanceof CliFault) return [];
    throw fault;
  }
}

/** The nodes of the workloads, and the gateway nodes of what is centralized. */
function nodesOf(
  flows: readonly ExternalFlow[],
  { fabric: { dataPlane } }: Pick<Analysis, 'fabric'>,
): readonly string[] {
  return flows.flatMap(({ gatewayPort = '', logicalPort = '', placement }) => {
    const workload = dataPlane?.bindings.get(logicalPort)?.chassis;
    const gateways = placement === 'distributed' ? [] : (dataPlane?.groups.get(gatewayPort)?.members ?? []);
    return [...(workload === undefined ? [] : [workload]), ...gateways.map(({ chassis }) => chassis)];
  });
}
