import type { Vpc } from '@berth/api';
import type { Fabric } from '../../fabric/fabric.ts';
import type { Finding } from '../../finding/finding.ts';
import type { BfdTimers, VpcIntent } from '../intent.ts';
import type { Survey } from '../object/surveyed.ts';
import { watchedOf } from './bfd.ts';
import { policiesOf } from './policy-route.ts';
import type { Reach } from './reach.ts';
import { routesOf } from './routes.ts';

/** Where a router sends packets: its routes, its policies, and the sessions that watch its next hops. */
export function resolveRouting(
  vpc: Vpc,
  reach: Reach,
  survey: Survey,
  fabric: Fabric,
  timers: BfdTimers,
): Pick<VpcIntent, 'routes' | 'policies' | 'bfdSessions'> & { readonly findings: readonly Finding[] } {
  const watched = watchedOf(vpc, reach, survey, timers);
  const { routes, findings } = routesOf(vpc, reach, watched.routes, survey, fabric);
  const { policies, findings: policyFindings } = policiesOf(vpc, reach);
  return {
    routes,
    policies,
    bfdSessions: watched.sessions,
    findings: [...watched.findings, ...findings, ...policyFindings],
  };
}
