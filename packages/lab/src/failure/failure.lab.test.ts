import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Failure } from '@berth/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../lab/lab.ts';
import { openLab } from '../lab/open.ts';
import type { LabNodeStatus } from '../lab/status.ts';
import { labUp } from '../lab/up.ts';
import { ping } from '../probe/ping.ts';
import { eventually, privateRegistry } from '../testing/registry.ts';

let registry: ReturnType<typeof privateRegistry>;
let lab: Lab;

beforeAll(async () => {
  registry = privateRegistry();
  lab = await labUp({ name: 'broken', nodes: ['n1', 'n2', 'n3'], attached: true });
  await lab.outside.configure([
    { wire: 'ext0', vlanId: 0, addresses: ['10.9.101.1/24'] },
    { wire: 'ext1', vlanId: 0, addresses: ['10.9.102.1/24'] },
  ]);
  for (const node of lab.plan.nodes) {
    await bash(node.name, bridges);
    await bash(node.name, `ip address replace 10.9.101.1${node.index}/24 dev br-net0`);
    await bash(node.name, `ip address replace 10.9.102.1${node.index}/24 dev br-net1`);
  }
});

afterEach(() => lab.heal());

afterAll(async () => {
  await lab.down();
  registry.restore();
});

const bridges = `
for i in 0 1; do
  ovs-vsctl add-br br-net$i -- set Bridge br-net$i datapath_type=netdev -- add-port br-net$i eth$((i + 1))
  ip link set br-net$i up
  ethtool -K br-net$i tx off >/dev/null
done
ovs-vsctl set Open_vSwitch . external_ids:ovn-bridge-mappings=net0:br-net0,net1:br-net1`;

async function bash(where: string, script: string): Promise<string> {
  const { stdout, stderr, exitCode } = await lab.exec(where, ['bash', '-ec', script], { timeoutMs: 90_000 });
  if (exitCode !== 0) throw new Error(`${where}: ${script}: ${stderr}`);
  return stdout.trim();
}

async function statusOf(name: string): Promise<LabNodeStatus> {
  const { nodes } = await lab.status();
  const node = nodes.find((one) => one.name === name);
  if (node === undefined) throw new Error(`no ${name}`);
  return node;
}

async function running(name: string): Promise<string[]> {
  const { daemons } = await statusOf(name);
  return Object.keys(daemons).filter((daemon) => daemons[daemon] !== null);
}

async function answers(from: string, to: string): Promise<boolean> {
  return (await ping(lab, { from, to, count: 3 })).received > 0;
}

/** Waits for an answer: switches and neighbours find each other again after whatever was healed. */
function answersSoon(from: string, to: string): Promise<void> {
  return eventually(
    () => answers(from, to),
    () => `${to} answers ${from}`,
  );
}

const tunnelIp = (name: string) => lab.plan.nodes.find((node) => node.name === name)?.tunnelIp ?? '';
const carrier = (node: string, nic: string) => bash(node, `cat /sys/class/net/${nic}/carrier`);
const mappings = (node: string) =>
  bash(node, 'ovs-vsctl --if-exists get Open_vSwitch . external_ids:ovn-bridge-mappings');
const all = ['ovsdb-server', 'ovs-vswitchd', 'ovn-controller'];

describe('failures', () => {
  it('host: every daemon dead and every NIC dark, until it boots again', async () => {
    const failure: Failure = { kind: 'host', node: 'n2' };
    await lab.fail([failure]);
    expect(await running('n2')).toEqual([]);
    for (const nic of ['eth0', 'eth1', 'eth2', 'under0']) expect(await carrier('n2', nic)).toBe('0');
    expect(await answers('outside', '10.9.101.12')).toBe(false);
    expect((await statusOf('n2')).failures).toEqual(['host:n2']);
    expect(await running('n1')).toEqual(all);
    await lab.fail([failure]);
    await lab.heal([failure]);
    expect(await running('n2')).toEqual(all);
    await answersSoon('n1', tunnelIp('n2'));
    expect(lab.failures()).toEqual([]);
    // Only a controller that reads SB again can acknowledge.
    await bash('central', 'ovn-nbctl --timeout=60 --wait=hv sync');
  });

  it('uplink: external carriers, all or those of one network', async () => {
    await lab.fail([
      { kind: 'uplink', node: 'n1' },
      { kind: 'uplink', node: 'n2', network: 'net1' },
    ]);
    expect(await Promise.all(['eth0', 'eth1', 'eth2', 'under0'].map((nic) => carrier('n1', nic)))).toEqual([
      '1',
      '0',
      '0',
      '1',
    ]);
    expect(await Promise.all(['eth1', 'eth2'].map((nic) => carrier('n2', nic)))).toEqual(['1', '0']);
    await answersSoon('outside', '10.9.101.12');
    expect(await answers('outside', '10.9.102.12')).toBe(false);
    await lab.heal();
    await answersSoon('outside', '10.9.102.12');
  });

  it('mapping: taken out of the database and put back', async () => {
    await lab.fail([
      { kind: 'mapping', node: 'n1', network: 'net0' },
      { kind: 'mapping', node: 'n3' },
    ]);
    expect(await mappings('n1')).toBe('"net1:br-net1"');
    expect(await mappings('n3')).toBe('');
    await eventually(async () => !(await chassisMappings('n1')).includes('net0'));
    await lab.fail([{ kind: 'host', node: 'n3' }]);
    await lab.heal([{ kind: 'host', node: 'n3' }]);
    expect(await mappings('n3')).toBe('');
    await lab.heal();
    expect(await mappings('n1')).toBe('"net1:br-net1,net0:br-net0"');
    expect(await mappings('n3')).toBe('"net0:br-net0,net1:br-net1"');
  });

  it('mapping of a host that dies before it is healed comes back with the host', async () => {
    await lab.fail([{ kind: 'mapping', node: 'n2', network: 'net0' }]);
    await lab.fail([{ kind: 'host', node: 'n2' }]);
    await lab.heal([{ kind: 'mapping', node: 'n2', network: 'net0' }]);
    await lab.heal([{ kind: 'host', node: 'n2' }]);
    expect(await mappings('n2')).toContain('net0:br-net0');
  });

  it('tunnel: the overlay of a node, or between two', async () => {
    await lab.fail([{ kind: 'tunnel', node: 'n3' }]);
    expect(await carrier('n3', 'under0')).toBe('0');
    expect(await answers('n1', tunnelIp('n3'))).toBe(false);
    await lab.heal();
    await answersSoon('n1', tunnelIp('n3'));
    await lab.fail([{ kind: 'tunnel-pair', nodes: ['n1', 'n2'] }]);
    expect(await answers('n1', tunnelIp('n2'))).toBe(false);
    expect(await answers('n2', tunnelIp('n1'))).toBe(false);
    await answersSoon('n1', tunnelIp('n3'));
    // Flows go with the daemon that holds them; the cut stays.
    await lab.fail([{ kind: 'vswitchd', node: 'n1' }]);
    await lab.heal([{ kind: 'vswitchd', node: 'n1' }]);
    expect(await answers('n1', tunnelIp('n2'))).toBe(false);
    await lab.heal([{ kind: 'tunnel-pair', nodes: ['n2', 'n1'] }]);
    await answersSoon('n1', tunnelIp('n2'));
  });

  it('vswitchd: killed with the rest left as it was', async () => {
    await lab.fail([{ kind: 'vswitchd', node: 'n1' }]);
    expect(await running('n1')).toEqual(['ovsdb-server', 'ovn-controller']);
    expect(await answers('n2', tunnelIp('n1'))).toBe(false);
    expect(await carrier('n1', 'eth1')).toBe('1');
    await lab.heal();
    await answersSoon('n2', tunnelIp('n1'));
  });

  it('ovn-controller: killed it leaves its chassis, stopped it takes it along', async () => {
    await lab.fail([
      { kind: 'ovn-controller', node: 'n1' },
      { kind: 'ovn-controller-exit', node: 'n2' },
    ]);
    expect(await running('n1')).toEqual(['ovsdb-server', 'ovs-vswitchd']);
    expect(await running('n2')).toEqual(['ovsdb-server', 'ovs-vswitchd']);
    expect((await statusOf('n1')).chassis).toBe(lab.plan.nodes[0]?.systemId);
    expect((await statusOf('n2')).chassis).toBeNull();
    await lab.heal();
    await eventually(async () => (await statusOf('n2')).chassis !== null);
  });

  it('zombie: vswitchd without flows and no controller', async () => {
    const before = (await statusOf('n1')).daemons['ovs-vswitchd'];
    const flows = () => bash('n1', 'ovs-ofctl dump-flows br-int | grep -c table= || true');
    await eventually(async () => Number(await flows()) > 0);
    await lab.fail([{ kind: 'zombie', node: 'n1' }]);
    const zombie = (await statusOf('n1')).daemons['ovs-vswitchd'];
    expect(zombie).not.toBeNull();
    expect(zombie).not.toBe(before);
    expect(await running('n1')).toEqual(['ovsdb-server', 'ovs-vswitchd']);
    expect(await flows()).toBe('0');
    await answersSoon('n2', tunnelIp('n1'));
    await lab.fail([{ kind: 'zombie', node: 'n1' }]);
    expect((await statusOf('n1')).daemons['ovs-vswitchd']).toBe(zombie);
    await lab.heal();
    await eventually(async () => Number(await flows()) > 0);
  });

  it('control: a node that cannot reach SB', async () => {
    const list = (timeout: string) => ['ovn-sbctl', `--timeout=${timeout}`, 'list', 'Chassis'];
    await lab.fail([{ kind: 'control', node: 'n1' }]);
    expect((await lab.exec('n1', list('2'))).exitCode).not.toBe(0);
    expect((await lab.exec('n2', list('60'))).exitCode).toBe(0);
    await answersSoon('n2', tunnelIp('n1'));
    await lab.heal();
    await eventually(async () => (await lab.exec('n1', list('60'))).exitCode === 0);
    expect(await bash('n1', 'ip route show default')).toContain('dev eth0');
  });

  it('upstream: a whole external network, by its name or its wire', async () => {
    await lab.fail([{ kind: 'upstream', network: 'net0' }]);
    expect(await answers('outside', '10.9.101.11')).toBe(false);
    await answersSoon('outside', '10.9.102.11');
    expect(await carrier('n1', 'eth1')).toBe('1');
    await lab.heal();
    await answersSoon('outside', '10.9.101.11');
    await lab.fail([{ kind: 'upstream', network: 'ext1' }]);
    expect(await answers('outside', '10.9.102.11')).toBe(false);
  });

  it('nb, sb, northd, central', async () => {
    const central = async () =>
      Object.entries((await lab.status()).central)
        .filter(([, pid]) => pid === null)
        .map(([name]) => name);
    for (const kind of ['nb', 'sb', 'northd'] as const) {
      await lab.fail([{ kind }]);
      expect(await central()).toEqual([kind]);
      await lab.heal([{ kind }]);
      expect(await central()).toEqual([]);
    }
    await lab.fail([{ kind: 'central' }, { kind: 'nb' }]);
    expect(await central()).toEqual(['nb', 'sb', 'northd']);
    await lab.heal([{ kind: 'central' }]);
    expect(await central()).toEqual(['nb']);
    await lab.heal();
    await bash('central', 'ovn-nbctl --timeout=60 --wait=hv sync');
  });

  it('pod: its link, with the routes put back', async () => {
    const netns = await lab.createPod({ namespace: 'default', name: 'web' });
    await bash(
      'n1',
      `ip link add web0 type veth peer name eth0 netns ${netns} && ip link set web0 up && ip address add 10.1.0.1/24 dev web0`,
    );
    await bash(
      'default/web',
      'ip link set eth0 up && ip address add 10.1.0.2/24 dev eth0 && ip address add fd01::2/64 dev eth0 nodad && ip route add default via 10.1.0.1 && ip -6 route add default via fd01::1',
    );
    const routes = () => bash(netns, 'ip -4 route; ip -6 route | grep -v fe80');
    const before = await routes();
    await lab.fail([{ kind: 'pod', namespace: 'default', name: 'web' }]);
    expect(await answers('n1', '10.1.0.2')).toBe(false);
    await lab.fail([{ kind: 'pod', namespace: 'default', name: 'web' }]);
    await lab.heal();
    await answersSoon('n1', '10.1.0.2');
    expect(await routes()).toBe(before);
    await lab.deletePod({ namespace: 'default', name: 'web' });
    expect((await lab.status()).pods).toEqual([]);
  });

  it('berth-controller: the process that runs it is stopped', async () => {
    const run: ChildProcess = spawn('sleep', ['600']);
    try {
      const state = () => readFileSync(`/proc/${run.pid}/stat`, 'utf8').split(' ')[2];
      lab.registerRun(run.pid);
      await lab.fail([{ kind: 'berth-controller' }]);
      // It takes a signal when it gets a processor.
      await expect.poll(state).toBe('T');
      await lab.heal();
      await expect.poll(state).toBe('S');
    } finally {
      run.kill('SIGKILL');
    }
  });

  it('notready, agent: on record for those who act on them', async () => {
    await lab.fail([
      { kind: 'notready', node: 'n1' },
      { kind: 'agent', node: 'n2' },
    ]);
    expect(openLab('broken').failures()).toEqual([
      { kind: 'notready', node: 'n1' },
      { kind: 'agent', node: 'n2' },
    ]);
    await lab.heal([{ kind: 'agent', node: 'n2' }]);
    expect((await lab.status()).failures).toEqual(['notready:n1']);
  });

  it('that share an effect are undone when the last of them is healed', async () => {
    await lab.fail([
      { kind: 'host', node: 'n1' },
      { kind: 'uplink', node: 'n1' },
      { kind: 'ovn-controller', node: 'n1' },
    ]);
    await lab.heal([{ kind: 'host', node: 'n1' }]);
    expect(await carrier('n1', 'eth0')).toBe('1');
    expect(await carrier('n1', 'eth1')).toBe('0');
    expect(await running('n1')).toEqual(['ovsdb-server', 'ovs-vswitchd']);
    await lab.heal();
    expect(await carrier('n1', 'eth1')).toBe('1');
    expect(await running('n1')).toEqual(all);
  });

  it('of unknown names are refused with the nearest, and nothing breaks', async () => {
    const refused = (failure: Failure) => lab.fail([{ kind: 'nb' }, failure]);
    await expect(refused({ kind: 'host', node: 'n33' })).rejects.toMatchObject({
      code: 'lab-usage',
      cure: expect.stringContaining('did you mean n3?'),
    });
    await expect(refused({ kind: 'uplink', node: 'n1', network: 'nett0' })).rejects.toMatchObject({
      cure: expect.stringContaining('did you mean net0?'),
    });
    await expect(refused({ kind: 'upstream', network: 'x' })).rejects.toMatchObject({ code: 'lab-usage' });
    await expect(refused({ kind: 'pod', namespace: 'a', name: 'b' })).rejects.toMatchObject({
      message: 'there is no pod "a/b"',
    });
    expect(lab.failures()).toEqual([]);
    expect((await lab.status()).central['nb']).not.toBeNull();
  });

  it('take a node by the name of its chassis too', async () => {
    await lab.fail([{ kind: 'notready', node: lab.plan.nodes[2]?.systemId ?? '' }]);
    expect(lab.failures()).toEqual([{ kind: 'notready', node: 'n3' }]);
  });
});

/** The bridge mappings that SB has of a node. */
async function chassisMappings(node: string): Promise<string> {
  return bash('central', `ovn-sbctl --bare --columns=other_config find Chassis hostname=${node}`);
}
