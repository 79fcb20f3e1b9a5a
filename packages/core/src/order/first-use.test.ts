import { allowAddressInUseAnnotation, type Resource, resourcesIn, vpcLabel } from '@berth/api';
import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf } from '@berth/ovsdb/value';
import { describe, expect, it } from 'vitest';
import { checkKey, type Fabric, type NodeHealth } from '../fabric/fabric.ts';
import { fieldFabric, fieldStory, fieldStoryWith, gatewayRules } from '../testing/field-story.ts';
import { eip, snat, subnet } from '../testing/resources.ts';
import { settings, settle } from '../testing/settle.ts';
import { firstUseOf } from './first-use.ts';
import { withoutEips } from './without-eips.ts';

const nodes = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'] as const;
const foreign = '02:00:00:00:00:99';
const addresses = ['10.9.101.10', '10.9.101.9'];
const keyOf = (ip: string): string => checkKey({ network: 'external0', vlanId: 0, ip });

type Told = Readonly<Record<string, string | undefined>>;

/** Agents that reach external0 and say what answered. */
function agents(told: Told = {}, which: readonly string[] = nodes, more: Partial<NodeHealth> = {}): Fabric {
  const checked = new Map(Object.entries(told).map(([ip, mac]) => [keyOf(ip), mac]));
  const health = which.map((node): [string, NodeHealth] => [
    node,
    { node, chassis: `chassis-${node}`, uplinks: new Map([['external0', true]]), checked, ...more },
  ]);
  return { ...fieldFabric, health: new Map(health) };
}

function use(fabric: Fabric, objects: readonly Resource[] = fieldStory, overdue: readonly string[] = []) {
  const { resources, intent } = settle(objects, fabric);
  const isOverdue = (key: string): boolean => overdue.includes(key);
  const { defaultExternalSubnet } = settings;
  const found = firstUseOf({ resources, intent, fabric, defaultExternalSubnet, isOverdue });
  const asked = [...found.checks.values()].flatMap((list) => list.map(({ ip }) => ip));
  return {
    asked: [...new Set(asked)].sort(),
    counts: asked.length,
    withheld: [...found.withheld].sort(),
    findings: found.findings.map(({ code, object, message }) => `${code} ${object?.name}: ${message}`),
  };
}

const idle = { asked: [], counts: 0, withheld: [], findings: [] };
const free: Told = { '10.9.101.9': undefined, '10.9.101.10': undefined };

describe('an address that is to be used for the first time', () => {
  it('is held back until the two agents that ask for it have heard nobody', () => {
    const [web, router] = ['web', 'vpc1-external0'];
    expect(use(agents())).toEqual({ asked: addresses, counts: 4, withheld: [router, web], findings: [] });
    expect(use(agents(free))).toEqual({ asked: addresses, counts: 4, withheld: [], findings: [] });
    const half = agents();
    const [first] = agents(free, nodes.slice(0, 1)).health ?? [];
    const mixed = { ...half, health: new Map([...(half.health ?? []), ...(first ? [first] : [])]) };
    expect(use(mixed).withheld.length).toBeGreaterThan(0);
  });

  it('is not used while another machine answers for it, with its MAC told', () => {
    const found = use(agents({ ...free, '10.9.101.9': foreign }));
    expect(found.withheld).toEqual(['web']);
    expect(found.findings).toEqual([
      `address-in-use web: ${foreign} answers for 10.9.101.9 on network external0 already, so ovn-eip/web is not used`,
    ]);
    expect(found.asked).toContain('10.9.101.9');
  });

  it('is ours when a MAC of ours answers', () => {
    const mac = settle(fieldStory, fieldFabric).resources.OvnEip.find(
      ({ metadata }) => metadata.name === 'web',
    )?.status?.macAddress;
    expect(use(agents({ ...free, '10.9.101.9': mac }))).toMatchObject({ withheld: [], findings: [] });
  });

  it('is used when nobody tells for long', () => {
    expect(use(agents(), fieldStory, addresses.map(keyOf)).withheld).toEqual([]);
    expect(use(agents({ '10.9.101.9': foreign }), fieldStory, addresses.map(keyOf)).withheld).toEqual([
      'web',
    ]);
  });

  it.each<[string, Fabric]>([
    ['there are no agents', fieldFabric],
    ['they are silent', agents({}, nodes, { isFresh: false })],
    ['they know of no checks', { ...agents(), health: withoutChecked() }],
  ])('is used as it is where %s', (_, fabric) => {
    expect(use(fabric)).toEqual(idle);
  });

  it('is used as it is where no agent reaches the network', () => {
    const cutOff = agents({}, nodes, { uplinks: new Map([['external0', false]]) });
    expect(use(cutOff)).toEqual(idle);
  });

  it('is used as it is when the user says so, for the EIP or for the subnet', () => {
    const annotations = { [allowAddressInUseAnnotation]: 'true' };
    const web = eip('web', { externalSubnet: 'external0', v4Ip: '10.9.101.9', type: 'nat' }, { annotations });
    const told = agents({ '10.9.101.9': foreign });
    expect(use(told, fieldStoryWith(web))).toMatchObject({ asked: ['10.9.101.10'], findings: [] });
    const external = fieldStory.find((each) => each.kind === 'Subnet' && each.metadata.name === 'external0');
    if (external?.kind !== 'Subnet') throw new Error('no subnet');
    expect(use(told, fieldStoryWith(subnet('external0', external.spec, { annotations })))).toEqual(idle);
  });
});

describe('an address that is in use by us', () => {
  it('is not asked for while NB has it, whoever wrote it', () => {
    const northbound = snapshotOf<NbTables>(nbSchema, {
      NAT: [{ type: 'snat', external_ip: '10.9.101.9', logical_ip: '10.0.0.0/8' }],
      Logical_Router_Port: [{ name: 'p', mac: foreign, networks: new Set(['10.9.101.10/24']) }],
    });
    expect(use({ ...agents({ '10.9.101.9': foreign }), northbound })).toEqual(idle);
  });

  it('is not asked for when NB was lost', () => {
    const { resources } = settle(fieldStory, fieldFabric);
    const noted = resourcesIn(resources).map((each) =>
      each.kind === 'OvnEip'
        ? { ...each, metadata: { ...each.metadata, labels: { [vpcLabel]: 'vpc1' } } }
        : each,
    );
    expect(use(agents(), noted)).toEqual(idle);
  });
});

describe('many addresses', () => {
  it('are asked for at once, spread over the agents, each with no more than it can take', () => {
    const many = Array.from({ length: 60 }, (_, place) => [
      eip(`e${place}`, { externalSubnet: 'external0', v4Ip: `10.9.101.${place + 100}` }),
      snat(`s${place}`, { ovnEip: `e${place}`, v4IpCidr: `192.168.0.${place + 100}`, vpc: 'vpc1' }),
    ]).flat();
    const fabric = agents();
    const { resources, intent } = settle(fieldStoryWith(...many), fabric);
    const { checks } = firstUseOf({
      ...{ resources, intent, fabric, defaultExternalSubnet: 'external0' },
      isOverdue: () => false,
    });
    const sizes = nodes.map((node) => checks.get(node)?.length ?? 0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(62 * 2);
    for (const size of sizes) expect(size).toBeGreaterThan(62 / 3);
  });
});

describe('an intent without EIPs', () => {
  const rules = fieldStoryWith(...gatewayRules);
  const { intent } = settle(rules, fieldFabric);
  const left = (...names: readonly string[]) => {
    const [vpc] = withoutEips(intent, new Set(names)).vpcs;
    return {
      ports: vpc?.attachments.map(({ subnet: name }) => name),
      routes: vpc?.routes.length,
      rules: [...(vpc?.floatingIps ?? []), ...(vpc?.sourceNats ?? []), ...(vpc?.portForwards ?? [])].map(
        ({ name }) => name,
      ),
    };
  };

  it('lacks the rules on them and keeps the rest', () => {
    expect(left('out')).toEqual({ ports: ['external0'], routes: 1, rules: ['web', 'in'] });
    expect(withoutEips(intent, new Set())).toBe(intent);
  });

  it('lacks a port whose address is one of them, with everything that passes there', () => {
    expect(left('vpc1-external0')).toEqual({ ports: [], routes: 0, rules: [] });
  });
});

function withoutChecked(): NonNullable<Fabric['health']> {
  return new Map([...(agents().health ?? [])].map(([node, { checked: _, ...rest }]) => [node, rest]));
}
