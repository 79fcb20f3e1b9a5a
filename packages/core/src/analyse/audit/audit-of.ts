import type { Finding } from '../../finding/finding.ts';
import { sortFindings } from '../../finding/make.ts';
import { auditAcls } from './acls.ts';
import { auditAddresses, auditMacs, auditRivals } from './addresses.ts';
import { auditRivalBalancers } from './balancers.ts';
import { auditChassis, auditEncapsulation, auditLingering, auditMappings } from './chassis.ts';
import { auditGroups } from './groups.ts';
import { auditLeftovers } from './leftovers.ts';
import { type AuditInput, auditedNetwork } from './network.ts';
import { auditParts } from './parts.ts';
import { auditPeers } from './peers.ts';
import { auditPlacements } from './placements.ts';
import { auditAnnouncements, auditRoutes } from './reach.ts';
import { auditBackends, auditBalanced, auditLogicalPorts, auditObstacles } from './rules.ts';
import { auditNestedSources, auditSources } from './sources.ts';

const checks = [
  auditGroups,
  auditChassis,
  auditLingering,
  auditMappings,
  auditEncapsulation,
  auditAddresses,
  auditMacs,
  auditRivals,
  auditSources,
  auditNestedSources,
  auditObstacles,
  auditParts,
  auditAcls,
  auditLogicalPorts,
  auditBackends,
  auditBalanced,
  auditRivalBalancers,
  auditPeers,
  auditRoutes,
  auditAnnouncements,
  auditLeftovers,
  auditPlacements,
];

/** What is wrong with a network, or will be with the first failure, whoever programmed it. Sorted, worst first. */
export function auditOf(input: AuditInput): readonly Finding[] {
  const network = auditedNetwork(input);
  return network === undefined ? [] : sortFindings(checks.flatMap((check) => check(network)));
}
