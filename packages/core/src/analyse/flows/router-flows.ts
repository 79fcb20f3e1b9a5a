import type { Answering } from './answering.ts';
import { floatingFlows } from './floating-flows.ts';
import { forwardFlow } from './forward-flow.ts';
import type { RouterContext, TargetFlows } from './router-context.ts';
import { sourceNatFlows } from './source-nat-flows.ts';

/** All external flows of a router: of its NAT rows and its load-balancers. */
export function routerFlows(context: RouterContext, answering: Answering): readonly TargetFlows[] {
  return [
    ...context.rules.flatMap((rule) =>
      rule.row.type === 'snat' ? [] : [floatingFlows(context, rule, answering)],
    ),
    ...sourceNatFlows(context, answering),
    ...context.forwards.map((forward) => forwardFlow(context, forward, answering)),
  ];
}
