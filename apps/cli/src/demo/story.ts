import { describe, look, outageDuring, pingsDuringDetection } from './look.ts';
import type { Stage, StepResult } from './stage.ts';

/** The field story, step by step. Each looks at packets, never at what a database claims. */
export const steps: readonly ((stage: Stage, before: readonly StepResult[]) => Promise<StepResult>)[] = [
  stepA,
  stepB,
  stepC,
  stepD,
  stepE,
  stepF,
];

async function stepA(stage: Stage): Promise<StepResult> {
  const seen = await look(stage, true);
  return {
    step: 'a',
    what: 'as Kube-OVN users have it: no placement chosen',
    expected: `reachable, ${stage.podNode} answers`,
    observed: describe(seen),
    ok: seen.inbound && seen.outbound && seen.node === stage.podNode,
  };
}

async function stepB(stage: Stage): Promise<StepResult> {
  const hosts = stage.gateways.map((node) => ({ kind: 'host', node }) as const);
  stage.tell(`both gateway nodes die: ${stage.gateways.join(', ')}`);
  await stage.lab.fail(hosts);
  const { sent, received } = await pingsDuringDetection(stage);
  const seen = await look(stage, true);
  const { logical_port: port = '', external_mac: mac = '' } = stage.natColumns();
  stage.tell(
    `why: the NAT row has logical_port=${port} and external_mac=${mac}; with both, OVN runs it on the pod's own node`,
  );
  return {
    step: 'b',
    what: 'both gateway nodes dead',
    expected: `still reachable, ${stage.podNode} answers`,
    observed: `${describe(seen)}, ${received} of ${sent} pings in 5 s`,
    ok:
      received > 0 &&
      seen.inbound &&
      seen.outbound &&
      seen.node === stage.podNode &&
      port !== '' &&
      mac !== '',
  };
}

async function stepC(stage: Stage): Promise<StepResult> {
  stage.tell('both gateway nodes boot again');
  await stage.lab.heal();
  await stage.apply();
  const edit = await stage.setType('centralized');
  stage.tell(`one field changes: ${edit}`);
  stage.tell(await stage.planText());
  await stage.apply();
  const seen = await look(stage, true, (each) => each.node !== null && each.node !== stage.podNode);
  const { logical_port: port = '', external_mac: mac = '' } = stage.natColumns();
  return {
    step: 'c',
    what: 'healed, then spec.type: centralized',
    expected: 'reachable, a gateway node answers',
    observed: describe(seen),
    ok:
      seen.inbound &&
      seen.outbound &&
      stage.gateways.some((node) => node === seen.node) &&
      port === '' &&
      mac === '',
  };
}

async function stepD(stage: Stage, before: readonly StepResult[]): Promise<StepResult> {
  const active = stage.gateways.find((node) => before.at(-1)?.observed.includes(node)) ?? stage.gateways[0];
  const standby = stage.gateways.find((node) => node !== active) ?? stage.gateways[1];
  stage.tell(`the active gateway node dies: ${active}`);
  const outageMs = await outageDuring(stage, () => stage.lab.fail([{ kind: 'host', node: active }]));
  const seen = await look(stage, true);
  return {
    step: 'd',
    what: `active gateway node dead`,
    expected: `moved: reachable, ${standby} answers`,
    observed: `${describe(seen)}, outage ${(outageMs / 1000).toFixed(1)} s`,
    ok: seen.inbound && seen.outbound && seen.node === standby,
  };
}

async function stepE(stage: Stage): Promise<StepResult> {
  stage.tell('the other gateway node dies as well');
  await stage.lab.fail(stage.gateways.map((node) => ({ kind: 'host', node })));
  const { sent, received } = await pingsDuringDetection(stage);
  const seen = await look(stage, false);
  return {
    step: 'e',
    what: 'both gateway nodes dead',
    expected: 'unreachable, nobody answers',
    observed: `${describe(seen)}, ${received} of ${sent} pings in 5 s`,
    ok: received === 0 && !seen.inbound && !seen.outbound && seen.node === null,
  };
}

async function stepF(stage: Stage): Promise<StepResult> {
  stage.tell('both gateway nodes boot again');
  await stage.lab.heal();
  await stage.apply();
  const seen = await look(stage, true);
  return {
    step: 'f',
    what: 'healed',
    expected: 'reachable, a gateway node answers',
    observed: describe(seen),
    ok: seen.inbound && seen.outbound && stage.gateways.some((node) => node === seen.node),
  };
}
