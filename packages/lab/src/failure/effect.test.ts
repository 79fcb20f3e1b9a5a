import { describe, expect, it } from 'vitest';
import { type LabPlan, planNodes } from '../lab/plan.ts';
import { type Effect, effectsOf, type Mapping, wiresOf } from './effect.ts';
import { applyScript, undoScript } from './script.ts';

const plan: LabPlan = {
  name: 'demo',
  directory: '/run/berth/labs/demo',
  nodes: planNodes('demo', ['n1', 'n2', 'n3', 'n4']),
  wires: ['ext0', 'ext1'],
  raft: false,
  rootless: false,
  ovnSchemas: '/usr/share/ovn',
  vswitchSchemas: '/usr/share/openvswitch',
};
const mappings: Mapping[] = [
  { node: 'n1', network: 'net0', bridge: 'br-net0', wires: ['ext0'] },
  { node: 'n1', network: 'net1', bridge: 'br-net1', wires: ['ext1'] },
  { node: 'n2', network: 'net0', bridge: 'br-net0', wires: ['ext0'] },
];
const links = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.kind === 'link' ? [effect.link] : []));
const daemons = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.kind === 'daemon' ? [`${effect.where} ${effect.daemon}`] : []));

describe('effectsOf', () => {
  it('takes a host with all it runs', () => {
    const effects = effectsOf(plan, { kind: 'host', node: 'n2' }, []);
    expect(links(effects)).toEqual(['mgmt-2', 'under-2', 'ext0-2', 'ext1-2']);
    expect(daemons(effects)).toEqual(['n2 ovsdb-server', 'n2 ovs-vswitchd', 'n2 ovn-controller']);
  });

  it('takes the members of the databases along, and finds them all', () => {
    const raft = { ...plan, raft: true };
    expect(daemons(effectsOf(raft, { kind: 'host', node: 'n1' }, []))).toContain('n1 nb');
    expect(daemons(effectsOf(raft, { kind: 'host', node: 'n4' }, []))).not.toContain('n4 nb');
    expect(daemons(effectsOf(raft, { kind: 'sb' }, []))).toEqual(['n1 sb', 'n2 sb', 'n3 sb']);
    expect(daemons(effectsOf(plan, { kind: 'central' }, []))).toEqual([
      'central nb',
      'central sb',
      'central northd',
    ]);
  });

  it('finds the wires of a network by the mappings', () => {
    expect(links(effectsOf(plan, { kind: 'uplink', node: 'n1' }, mappings))).toEqual(['ext0-1', 'ext1-1']);
    expect(links(effectsOf(plan, { kind: 'uplink', node: 'n3', network: 'net1' }, mappings))).toEqual([
      'ext1-3',
    ]);
    expect(links(effectsOf(plan, { kind: 'upstream', network: 'net0' }, mappings))).toEqual(['ext0']);
    expect(wiresOf(plan, 'ext1', [])).toEqual(['ext1']);
    expect(wiresOf(plan, 'net9', mappings)).toEqual([]);
  });

  it('removes the mappings there are', () => {
    expect(effectsOf(plan, { kind: 'mapping', node: 'n1', network: 'net1' }, mappings)).toEqual([
      { kind: 'mapping', node: 'n1', network: 'net1', bridge: 'br-net1' },
    ]);
    expect(effectsOf(plan, { kind: 'mapping', node: 'n3' }, mappings)).toEqual([]);
  });

  it('does nothing for those that others act on', () => {
    expect(effectsOf(plan, { kind: 'notready', node: 'n1' }, [])).toEqual([]);
  });
});

describe('scripts', () => {
  const host = effectsOf(plan, { kind: 'host', node: 'n1' }, []);

  it('kill and unplug in one stroke each, first', () => {
    const lines = applyScript([...host, { kind: 'cut', nodes: ['n1', 'n2'] }]).split('\n');
    expect(lines[0]).toMatch(/^slay .*ovsdb-server.*ovs-vswitchd.*ovn-controller/);
    expect(lines.slice(1, 6)).toEqual([
      "ip -batch - <<'END'",
      'link set mgmt-1 down',
      'link set under-1 down',
      'link set ext0-1 down',
      'link set ext1-1 down',
    ]);
    expect(lines).toContain('cut_flows n1 n2 add');
    expect(lines).toContain('cut_flows n2 n1 add');
  });

  it('start what was taken down, in the order of a boot', () => {
    const script = undoScript(plan, host, []);
    expect(script).toContain('{ start_ovsdb_server n1; start_ovs_vswitchd n1; start_ovn_controller n1; } &');
    expect(script).toContain('link set ext0-1 up');
  });

  it('leave down what something else holds down', () => {
    const exited: Effect = { kind: 'exit-controller', node: 'n1' };
    const script = undoScript(plan, host, [exited, { kind: 'link', link: 'ext0-1' }]);
    expect(script).toContain('{ start_ovsdb_server n1; start_ovs_vswitchd n1; } &');
    expect(script).not.toContain('ext0-1');
    expect(script).toContain('link set ext1-1 up');
  });

  it('do nothing when there is nothing to do', () => {
    expect(applyScript([])).toBe('true');
    expect(undoScript(plan, [], [])).toBe('true');
  });
});
