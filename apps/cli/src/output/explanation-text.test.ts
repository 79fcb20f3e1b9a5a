import { type Finding, finding } from '@berth/core';
import type { Uuid } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import type { ExplanationAnswer } from '../schema/explanation.ts';
import { explanationSchema } from '../schema/explanation.ts';
import { explanationText } from './explanation-text.ts';
import { styleOf } from './style.ts';

const delivered = { outcome: 'delivered', berth: 'n1', reason: null, conflict: [], missing: [] } as const;
const address = {
  target: 'fip/web',
  externalIp: '10.9.101.9',
  router: 'vpc1',
  logicalIp: '192.168.0.4',
  logicalPort: 'web.default',
  placement: 'distributed',
  conditions: [],
  inbound: delivered,
  outbound: delivered,
} as const;

const told: ExplanationAnswer = {
  apiVersion: 'cli.berth.dev/v1',
  kind: 'Explanation',
  findings: [],
  target: 'fip/web',
  placement: {
    effective: 'distributed',
    wanted: 'distributed',
    decidedBy: [],
    because: 'both columns are set',
    columns: [],
  },
  berth: { chassis: 'c1', node: 'n1', how: 'derived' },
  inbound: [
    {
      at: 'n1',
      does: 'answers',
      rows: [],
      origins: [{ object: { kind: 'OvnFip', name: 'web' }, field: 'spec.ovnEip' }],
    },
  ],
  outbound: [],
  dependsOn: [
    {
      failures: ['host:n1'],
      effect: 'lost',
      targets: ['fip/web'],
      ofTargets: 1,
      directions: ['inbound', 'outbound'],
      reason: 'workload-down',
      why: 'x',
      outageMs: null,
    },
    {
      failures: ['uplink:n1'],
      effect: 'lost',
      targets: ['fip/web'],
      ofTargets: 1,
      directions: ['inbound'],
      reason: 'uplink-down',
      why: 'x',
      outageMs: null,
    },
    {
      failures: ['host:g1', 'host:g2'],
      effect: 'lost',
      targets: ['fip/web'],
      ofTargets: 1,
      directions: ['inbound'],
      reason: 'no-gateway',
      why: 'x',
      outageMs: null,
    },
    {
      failures: ['host:g1'],
      effect: 'moved',
      targets: ['fip/web'],
      ofTargets: 1,
      directions: ['inbound', 'outbound'],
      reason: 'gateway-moved',
      why: 'x',
      outageMs: 4_100,
    },
  ],
  independentOf: [
    { failures: ['host:g1', 'host:g2'], of: 'gateways' },
    { failures: ['nb', 'sb', 'northd'], of: 'central' },
    { failures: ['host:g1'], of: 'node' },
    { failures: ['host:n2'], of: 'node' },
  ],
  now: { outcome: 'delivered', addresses: [address] },
  change: ['set spec.type'],
  node: null,
  assumptions: ['all is alive'],
};

const text = (changes: Partial<ExplanationAnswer> = {}, findings: readonly Finding[] = []): string =>
  explanationText({ ...told, ...changes }, findings, { style: styleOf(false), columns: undefined });

test('the answer follows its schema', () => {
  expect(explanationSchema.parse(told)).toEqual(told);
});

test('one screen: where, why, what it depends on and what not', () => {
  expect(text()).toBe(`fip/web  10.9.101.9 -> 192.168.0.4 (web.default)  in vpc1
lives on    n1, the workload's own node (distributed)
because     both columns are set
asked for   distributed, which is the default: spec.type is not set
now         works, in and out, as far as NB and SB tell: see "assumed"

in          n1: answers [ovn-fip/web spec.ovnEip]

depends on  n1 (host, uplink): lost: workload-down, uplink-down
            g1 and g2 together (host): lost: no-gateway (inbound only)
            g1 (host): moves, dark for about 4.1 s
not on      any gateway node: g1, g2: both may die at once
            NB, SB, northd, once it is programmed
            n2

to change   set spec.type

assumed     all is alive
`);
});

test('what does not work is said, with the page that tells more', () => {
  const lost = { ...delivered, outcome: 'lost', berth: null, reason: 'no-bridge-mapping' } as const;
  const broken = text({
    berth: { chassis: 'c1', node: 'n1', how: 'reported' },
    now: { outcome: 'lost', addresses: [{ ...address, inbound: lost, outbound: lost }] },
    dependsOn: [],
    independentOf: [],
  });
  expect(broken).toContain('lives on    nowhere: SB names n1, and nothing gets through there');
  expect(broken).toContain(
    'now         in and out lost: no-bridge-mapping (berth explain no-bridge-mapping)',
  );
  expect(broken).toContain('depends on  to be told when it works');
});

test('of what is dropped on the way it is not said that nobody answers', () => {
  const lost = { ...delivered, outcome: 'lost', berth: null, reason: 'acl-drops' } as const;
  const dropped = text({
    berth: { chassis: 'c1', node: 'n1', how: 'reported' },
    now: { outcome: 'lost', addresses: [{ ...address, inbound: lost, outbound: lost }] },
  });
  expect(dropped).toContain('lives on    nowhere: SB names n1, and nothing gets through there');
});

test('who answers for an address that leads nowhere is named, and that it is in vain', () => {
  const lost = { ...delivered, outcome: 'lost', reason: 'target-mismatch' } as const;
  const shown = text({
    now: { outcome: 'lost', addresses: [{ ...address, inbound: lost, outbound: lost }] },
  });
  expect(shown).toMatch(
    /^lives on +n1, the workload's own node \(distributed\), which answers for it and delivers\s+nothing$/m,
  );
});

test('where one way only is lost it is said which, and where the other one goes', () => {
  const lost = { ...delivered, outcome: 'lost', reason: 'acl-drops' } as const;
  const lives = (changes: Partial<typeof address> | Record<string, unknown>): string => {
    const shown = text({ now: { outcome: 'lost', addresses: [{ ...address, ...changes }] } });
    return (
      shown
        .split(/^(?:lives on|because) +/m)[1]
        ?.replaceAll(/\s+/g, ' ')
        .trim() ?? ''
    );
  };
  expect(lives({ inbound: lost })).toBe(
    "n1, the workload's own node (distributed), which answers for it and delivers nothing of what comes in; what goes out leaves there",
  );
  expect(lives({ inbound: lost, outbound: { ...delivered, berth: 'n2' } })).toContain(
    'what goes out leaves by n2',
  );
  expect(lives({ inbound: { ...lost, berth: null } })).toContain(
    ', for what goes out; what comes in is lost',
  );
  expect(lives({ outbound: { ...lost, berth: null } })).toContain(
    ', for what comes in; what goes out is lost',
  );
});

test('where something lives of which nobody can tell is said to be unknown, with why', () => {
  const missing = ['which of the 2 SNAT rows of router vpc1 for 192.168.0.0/24 OVN takes'];
  const outbound = { ...delivered, outcome: 'unknown', berth: null, reason: 'location-unknown', missing };
  const placement = { ...told.placement, effective: 'centralized' };
  const now = { outcome: 'unknown', addresses: [{ ...address, inbound: null, outbound }] };
  const shown = (berth: ExplanationAnswer['berth']) =>
    text({ berth, placement, now } as never).replaceAll(/\s+/g, ' ');
  const why = `lives on not known: nobody can tell ${missing}`;
  expect(shown({ chassis: 'c1', node: 'n1', how: 'reported' })).toContain(
    `${why}; by SB it would be n1, the active gateway node because`,
  );
  expect(shown(null)).toContain(`${why} because`);
});

test('several that answer and translate nothing are all named', () => {
  const inbound = {
    ...delivered,
    outcome: 'lost',
    berth: null,
    reason: 'nat-ignored',
    conflict: ['n1', 'n2'],
  };
  const shown = text({
    berth: { chassis: 'c1', node: 'n1', how: 'conflict' },
    now: { outcome: 'lost', addresses: [{ ...address, inbound, outbound: inbound } as never] },
  });
  expect(shown).toContain('lives on    n1 and n2: both answer for it, and nothing gets through\n');
});

test('what ACLs drop of it is said beside that it works, and where it leads when that is not as asked', () => {
  const part = finding('acl-drops-part', { message: 'm', cure: 'c' });
  expect(text({ assumptions: [] }, [part])).toContain(
    'now         works, in and out, but for what ACLs drop: see acl-drops-part below\n',
  );
  const uuid = '00000000-0000-4000-8000-000000000001' as Uuid;
  const row = { db: 'NB', table: 'NAT', uuid, columns: ['logical_ip'] } as const;
  const other = finding('programmed-otherwise', { message: 'NAT', cure: 'c', rows: [row] });
  expect(text({ assumptions: [] }, [other]).replaceAll(/\s+/g, ' ')).toContain(
    'works, in and out; it leads to 192.168.0.4 (web.default); NB is not as asked, though: see below',
  );
});

test('of two addresses it is said which one does not work', () => {
  const lost = { ...delivered, outcome: 'lost', berth: 'n1', reason: 'acl-drops' } as const;
  const six = { ...address, externalIp: 'fd00:101::9', logicalIp: 'fd00::4', inbound: lost, outbound: lost };
  const shown = text({ now: { outcome: 'lost', addresses: [address, six] } });
  expect(shown).toMatch(
    /^now +10\.9\.101\.9: works, in and out\n +fd00:101::9: in and out lost: acl-drops \(berth explain acl-drops\)$/m,
  );
  const other = { ...address, logicalIp: '192.168.0.5', inbound: lost, outbound: null };
  const backends = text({ now: { outcome: 'lost', addresses: [{ ...address, outbound: null }, other] } });
  expect(backends).toMatch(
    /^now +10\.9\.101\.9 to 192\.168\.0\.4: works, in\n +10\.9\.101\.9 to 192\.168\.0\.5: in lost: acl-drops/m,
  );
});

test('what holds for one of two addresses only is said of that one', () => {
  const six = { ...address, externalIp: 'fd00:101::9', logicalIp: 'fd00::4', conditions: ['only for x'] };
  const shown = text({ now: { outcome: 'delivered', addresses: [address, six] } });
  expect(shown).toMatch(/^now +works, in and out.*\n +fd00:101::9: only for x$/m);
});

test('what it works for only is said with it', () => {
  const conditions = ['only for hosts on the networks of vpc1-external0: there is no default route'];
  const shown = text({ now: { outcome: 'delivered', addresses: [{ ...address, conditions }] } });
  expect(shown).toMatch(/^now +works, in and out.*\n +only for hosts on the networks of vpc1-external0/m);
});

test('nothing is said to work above an error about it', () => {
  const shared: Finding = {
    ...{
      code: 'address-shared',
      severity: 'error',
      message: 'two routers have it',
      cure: 'keep one',
      related: [],
      rows: [],
    },
  };
  const shown = text({}, [shared]);
  expect(shown).toContain(
    'now         by the rows packets get through, in and out, but address-shared speaks against it: see below',
  );
  expect(shown).not.toContain('works, in and out');
  expect(text({}, [{ ...shared, severity: 'warning' }])).toContain('works, in and out');
  // What does nothing to its packets is told and takes nothing back.
  expect(text({}, [{ ...shared, code: 'row-clash' }])).toMatch(
    /works, in and out.*; row-clash, though: see\s+below/,
  );
});

test('a gateway that serves though another comes first is said to', () => {
  const passed: Finding = {
    ...{ code: 'gateway-moved', severity: 'info', message: 'm', cure: 'c', related: [], rows: [] },
  };
  const placement = { ...told.placement, effective: 'centralized' } as NonNullable<typeof told.placement>;
  expect(text({ placement }, [passed])).toMatch(
    /^lives on +n1, the active gateway node \(centralized\), as SB says, though another comes first: see\s+gateway-moved below$/m,
  );
  expect(text({ placement })).not.toContain('as SB says');
  expect(text({}, [passed])).not.toContain('as SB says');
});

test('what one of several suffers is not said of all', () => {
  const lost = { ...delivered, outcome: 'lost', berth: null, reason: 'workload-down' } as const;
  const [first] = told.dependsOn;
  if (first === undefined) throw new Error('there is none');
  const shown = text({
    target: 'vpc/vpc1',
    placement: null,
    berth: null,
    inbound: [],
    now: {
      outcome: 'lost',
      addresses: [address, { ...address, target: 'fip/db', inbound: lost, outbound: lost }],
    },
    dependsOn: [
      { ...first, failures: ['host:g1', 'host:g2'], targets: ['fip/a'], ofTargets: 4, reason: 'no-gateway' },
      { ...first, failures: ['host:g1'], effect: 'moved', targets: ['a', 'b', 'c'], ofTargets: 4 },
      { ...first, failures: ['host:n1'], targets: ['a', 'b', 'c', 'd'], ofTargets: 4 },
    ],
  });
  expect(shown).toContain('now         1 of 2 addresses work\n');
  expect(shown).toContain('fip/db: in and out lost: workload-down');
  expect(shown).toContain('g1 and g2 together (host): lost: no-gateway for fip/a, 1 of 4\n');
  expect(shown).toContain('g1 (host): moves for a, b and others, 3 of 4\n');
  expect(shown).toContain('n1 (host): lost: workload-down\n');
});

test('two that answer are both named', () => {
  const split = {
    ...delivered,
    outcome: 'unknown',
    reason: 'two-answerers',
    conflict: ['g1', 'g2'],
  } as const;
  // An SNAT has only the way out.
  for (const ways of [{ inbound: split }, { inbound: null, outbound: split }]) {
    const shown = text({
      berth: { chassis: 'c1', node: 'g1', how: 'conflict' },
      now: { outcome: 'unknown', addresses: [{ ...address, ...ways }] },
    });
    expect(shown).toContain('lives on    g1 and g2: both answer for it');
  }
});

test('a node that had it before, stands still and answers is not said to be the gateway', () => {
  const dark = { ...delivered, outcome: 'lost', reason: 'no-gateway', berth: null } as const;
  const placement = told.placement && { ...told.placement, effective: 'centralized' as const };
  const lost = (
    berth: ExplanationAnswer['berth'],
    inbound: typeof dark | (typeof dark & { berth: string }),
  ) => ({
    ...{ placement, berth, inbound: [] },
    now: { outcome: 'lost' as const, addresses: [{ ...address, inbound, outbound: dark }] },
  });
  const found = finding('two-answerers', {
    ...{ object: { kind: 'OvnFip', name: 'web' }, message: 'm', cure: 'c' },
    related: [{ kind: 'Node', name: 'g1' }],
  });
  const shown = text(lost({ chassis: 'c1', node: 'g1', how: 'derived' }, { ...dark, berth: 'g1' as never }), [
    found,
  ]);
  expect(shown).toMatch(
    /lives on +g1, where it was before and which stands still, which answers for it and delivers nothing/,
  );
  expect(text(lost(null, dark), [found])).toMatch(
    /lives on +no node that should answer; one that had it before may: see two-answerers below/,
  );
  expect(text(lost(null, dark), [])).toMatch(/lives on +no node: nobody answers for it/);
});

test('hundreds of addresses are still one screen', () => {
  const addresses = Array.from({ length: 300 }, (_, place) => ({
    ...address,
    target: `fip/${place}`,
    inbound: { ...delivered, berth: `n${place}` },
  }));
  const dependsOn = addresses.map(
    (_, place) =>
      ({ ...told.dependsOn[0], failures: [`host:n${place}`] }) as ExplanationAnswer['dependsOn'][number],
  );
  const shown = text({
    target: 'vpc/vpc1',
    placement: null,
    berth: null,
    inbound: [],
    now: { outcome: 'delivered', addresses },
    dependsOn,
  });
  expect(shown.split('\n').length).toBeLessThan(50);
  expect(shown).toContain('and 285 more: -o json lists them');
});

test('a policy of which something else is kept in force keeps nothing from working', () => {
  const found: Finding = {
    ...{ code: 'policy-contradictory', severity: 'error', object: { kind: 'GatewayPolicy', name: 'p' } },
    ...{
      message: 'Centralized with Block counts (since 2026-01-01T00:00:00Z)',
      cure: 'set it',
      related: [],
      rows: [],
    },
  };
  const text = explanationText({ ...told, assumptions: [] }, [found], {
    style: styleOf(false),
    columns: 200,
  });
  expect(text).toMatch(/^now +works, in and out$/m);
  expect(text).toContain('Centralized with Block counts (since 2026-01-01T00:00:00Z)');
});

test('what works works, also while NB is not as asked', () => {
  const otherwise = finding('programmed-otherwise', { message: 'm', cure: 'c' });
  const shown = explanationText(told, [otherwise], { style: styleOf(false), columns: 110 });
  expect(shown).toMatch(/^now +works, in and out.*; NB is not as asked, though: see below$/m);
});

test('what no workload uses is not told to be broken, neither alone nor beside others', () => {
  const idle = 'no workload uses it now: in 192.168.0.0/24 web.default has a floating IP';
  const missing = [`whether it would work: ${idle}`];
  const open = {
    outcome: 'unknown',
    berth: null,
    reason: 'location-unknown',
    conflict: [],
    missing,
  } as const;
  const rule = {
    ...address,
    target: 'snat/out',
    placement: 'centralized',
    inbound: null,
    outbound: open,
    idle,
  } as const;
  const placement = {
    effective: 'centralized',
    wanted: null,
    decidedBy: [],
    because: 'it is SNAT',
    columns: [],
  };
  const berth = { chassis: 'c1', node: 'n1', how: 'reported' } as const;
  const common = { ...told, dependsOn: [], independentOf: [], assumptions: [] };
  const alone = { ...common, placement, berth, now: { outcome: 'unknown', addresses: [rule] } } as const;
  const text = explanationText(alone, [], { style: styleOf(false), columns: 200 });
  expect(text).toMatch(/^lives on +n1, the active gateway node, for whoever uses it$/m);
  expect(text).toMatch(
    /^now +no workload uses it now: in 192\.168\.0\.0\/24 web\.default has a floating IP$/m,
  );
  expect(text).toMatch(/^depends on +to be told once a workload uses it$/m);
  const now = { outcome: 'delivered', addresses: [address, rule] } as const;
  const beside = explanationText({ ...common, target: 'vpc/vpc1', placement: null, now }, [], {
    style: styleOf(false),
    columns: 200,
  });
  expect(beside).toMatch(/^now +works, in and out\n +snat\/out: no workload uses it now/m);
});

test('what was taken over and is kept as it was found is said to be', () => {
  const field = "metadata.annotations['berth.dev/keep']";
  const decidedBy = [{ object: { kind: 'OvnFip', name: 'web' }, field }];
  const columns = told.placement?.columns ?? [];
  const placement = { effective: 'centralized', wanted: 'centralized', decidedBy, because: 'x', columns };
  expect(explanationText({ ...told, placement }, [], { style: styleOf(false), columns: 200 })).toContain(
    `asked for   centralized, by ovn-fip/web ${field}, which keeps it as it was found\n`,
  );
});

test('who asks for an address that a row of somebody else has is named', () => {
  const placement = {
    effective: 'centralized',
    wanted: null,
    decidedBy: [],
    because: 'x',
    columns: [],
  } as const;
  const look = { style: styleOf(false), columns: 200 };
  const shown = (askerOf: Parameters<typeof explanationText>[3]) =>
    /^asked for +(.*)$/m.exec(explanationText({ ...told, placement }, [], look, askerOf))?.[1];
  expect(shown(() => ({ kind: 'OvnFip', name: 'web' }))).toMatch(
    /^by nobody as it is: ovn-fip\/web asks .* waits/,
  );
  expect(shown(() => undefined)).toMatch(/^by nobody: no object/);
  expect(shown(undefined)).toMatch(/^not known: no objects/);
});
