import { refOf, type Vpc } from '@berth/api';
import { type Family, familyOf, type Ip, parseIp } from '@berth/net';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import { origin } from '../../finding/origin.ts';
import { wordsOf } from '../../match/tokens.ts';
import type { PolicyIntent } from '../intent.ts';
import { type Reach, unreachable } from './reach.ts';

type PolicyRoute = NonNullable<Vpc['spec']['policyRoutes']>[number];

/** The routing policies that can be programmed, each once, and why the others cannot. */
export function policiesOf(
  vpc: Vpc,
  reach: Reach,
): { readonly policies: readonly PolicyIntent[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const byKey = new Map<string, PolicyIntent>();
  for (const [index, route] of (vpc.spec.policyRoutes ?? []).entries()) {
    const field = `spec.policyRoutes[${index}]`;
    const policy = policyOf(vpc, route, field, reach, findings);
    if (!policy) continue;
    const key = `${policy.priority} ${policy.match}`;
    const rival = byKey.get(key);
    if (!rival) byKey.set(key, policy);
    else if (!sameEffect(rival, policy)) findings.push(clash(vpc, policy, field, rival));
  }
  return { policies: [...byKey.values()], findings };
}

function policyOf(
  vpc: Vpc,
  route: PolicyRoute,
  field: string,
  reach: Reach,
  findings: Finding[],
): PolicyIntent | undefined {
  const { action, priority = 0 } = route;
  const match = (route.match ?? '').trim();
  const nextHops = nextHopsOf(route);
  if (match === '') findings.push(missing(vpc, `${field}.match`, 'write which packets it is for'));
  if (!action) findings.push(missing(vpc, `${field}.action`, 'write allow, drop or reroute'));
  if (match === '' || !action) return undefined;
  const from = origin(refOf(vpc), field);
  if (action !== 'reroute') {
    if (nextHops.length > 0) findings.push(idleNextHop(vpc, field, action, nextHops));
    return { priority, match, action, nextHops: [], origin: from };
  }
  const problem = nextHopProblem(vpc, match, nextHops, `${field}.nextHopIP`, reach);
  if (!problem) return { priority, match, action, nextHops, origin: from };
  findings.push(problem);
  return undefined;
}

function nextHopsOf({ nextHopIP = '' }: PolicyRoute): readonly Ip[] {
  return [...new Set(nextHopIP.split(',').flatMap((text) => parseIp(text.trim()) ?? []))].sort();
}

function nextHopProblem(
  vpc: Vpc,
  match: string,
  nextHops: readonly Ip[],
  field: string,
  reach: Reach,
): Finding | undefined {
  if (nextHops.length === 0) return missing(vpc, field, 'write the address of at least one next router');
  if (new Set(nextHops.map(familyOf)).size > 1) {
    return finding('bad-value', {
      object: refOf(vpc),
      field,
      message: `${nextHops.join(', ')} are of two address families`,
      cure: 'write a policy for each family',
    });
  }
  const family = nextHops.map(familyOf)[0];
  if (family !== undefined && onlyFamily(match) === other[family]) {
    return finding('bad-value', {
      object: refOf(vpc),
      field,
      message: `${nextHops.join(', ')} cannot be the next hop of packets with ${match}`,
      cure: `name a next hop of ${other[family]}`,
    });
  }
  for (const nextHop of nextHops) {
    const problem = unreachable(vpc, nextHop, field, reach);
    if (problem) return problem;
  }
  return undefined;
}

const other = { IPv4: 'IPv6', IPv6: 'IPv4' } as const;

/** The address family that a match speaks of (ovn-sb(5), Logical_Flow match); undefined for both or none. */
function onlyFamily(match: string): Family | undefined {
  const names = wordsOf(match, 'name');
  const [four, six] = ['ip4', 'ip6'].map((family) =>
    names.some((name) => name === family || name.startsWith(`${family}.`)),
  );
  if (four === six) return undefined;
  return four ? 'IPv4' : 'IPv6';
}

function sameEffect(left: PolicyIntent, right: PolicyIntent): boolean {
  return left.action === right.action && left.nextHops.join() === right.nextHops.join();
}

function missing(vpc: Vpc, field: string, cure: string): Finding {
  return finding('missing-field', { object: refOf(vpc), field, message: `${field} is missing`, cure });
}

function idleNextHop(vpc: Vpc, field: string, action: string, nextHops: readonly Ip[]): Finding {
  return finding('policy-ambiguous', {
    object: refOf(vpc),
    field: `${field}.nextHopIP`,
    message: `the next hop ${nextHops.join(', ')} has no effect with the action ${action}`,
    cure: 'set the action to reroute, or remove the next hop',
    severity: 'warning',
  });
}

function clash(vpc: Vpc, { priority, match }: PolicyIntent, field: string, rival: PolicyIntent): Finding {
  return finding('policy-ambiguous', {
    object: refOf(vpc),
    field,
    message: `${rival.origin.field} already says what happens to packets with ${match} at priority ${priority}`,
    cure: 'remove one of the two, or give them different priorities',
  });
}
