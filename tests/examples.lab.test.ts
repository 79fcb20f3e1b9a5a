import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { compiledTables } from '../packages/core/src/compile/compile.ts';
import { type ExampleLab, exampleLab } from './support/example-lab.ts';
import { gratuitousArp } from './support/gratuitous-arp.ts';
import { type NextHop, nextHop } from './support/next-hop.ts';

const examples = path.join(import.meta.dirname, '../examples');
const gateway = '10.9.101.1';
let lab: ExampleLab;

beforeAll(async () => {
  lab = await exampleLab(['node-1', 'node-2', 'node-3']);
});
afterAll(() => lab?.down());

/** The changes of a plan without what is in the rows: causes, rows, and the count. */
function changesIn(plan: string): string {
  const lines = plan.split('\n').filter((line) => !line.startsWith('      '));
  return lines.join('\n');
}

/** Whether all of a few pings are answered. */
async function answers(from: string, to: string): Promise<boolean> {
  const printed = await lab.at(from, 'ping', '-n', '-c', '3', '-i', '0.2', '-W', '1', to);
  return printed.includes(' 0% packet loss');
}

/** How long BFD and OVN get to agree. */
const waiting = { timeout: 60_000, interval: 100 };

/** The tables of NB that hold rows, of those that Berth writes. */
async function filledTables(): Promise<readonly string[]> {
  const script =
    'for table; do [ -z "$(ovn-nbctl --bare --columns=_uuid list $table)" ] || echo $table; done';
  return (await lab.at('central', 'sh', '-c', script, 'sh', ...compiledTables)).split('\n');
}

/** The node that answers for each external address of a floating IP that packets reach and leave by. */
function answeredBy(target: string): readonly (string | null)[] {
  const probed = lab.berth('probe', target, '-o', 'json');
  expect(probed.status).toBe(0);
  const probe: Probe = JSON.parse(probed.stdout);
  expect(probe.flows.map(({ direction }) => direction)).toEqual(
    probe.answers.flatMap(() => ['inbound', 'outbound']),
  );
  return probe.answers.map(({ node }) => node);
}

/** What NB says of the BFD of tunnels. */
async function bfdOptions(): Promise<Readonly<Record<'tx' | 'rx' | 'mult', string>>> {
  const option = async (key: string): Promise<string> => {
    const value = await lab.at(
      'central',
      'ovn-nbctl',
      '--if-exists',
      'get',
      'NB_Global',
      '.',
      `options:${key}`,
    );
    return value.replaceAll('"', '');
  };
  return {
    tx: await option('bfd-min-tx'),
    rx: await option('bfd-min-rx'),
    mult: await option('bfd-mult'),
  };
}

type Probe = {
  readonly flows: readonly { readonly direction: string }[];
  readonly answers: readonly { readonly node: string | null }[];
};

/** Each example starts on an OVN without a row of ours, and leaves one. */
function example(name: string, packets: () => void | Promise<void>): void {
  describe(name, () => {
    beforeEach(async () => {
      lab.show();
      expect(lab.berth('apply', '-f', lab.folder, '--yes')).toMatchObject({ status: 0 });
      expect(await lab.at('central', 'ovn-nbctl', 'show')).toBe('');
      expect(await lab.at('central', 'ovn-nbctl', 'lb-list')).toBe('');
      lab.show(name);
    });

    test('plans these rows, applies them, and packets agree', async () => {
      const plan = lab.berth('plan', '-f', lab.folder);
      await expect(changesIn(plan.stdout)).toMatchFileSnapshot(
        path.join(examples, name, 'expected-plan.txt'),
      );
      const applied = lab.berth('apply', '-f', lab.folder);
      expect(applied.stderr).not.toMatch(/^(error|warning) /m);
      expect(applied.status).toBe(0);
      expect(lab.berth('plan', '-f', lab.folder).status).toBe(0);
      await packets();
    });
  });
}

example('02-snat-subnet', async () => {
  const outward = { to: gateway, port: 7000, server: 'outside' };
  expect(await lab.peerOf({ ...outward, from: 'default/app' })).toBe('10.9.101.20');
  expect(await lab.peerOf({ ...outward, from: 'default/db' })).toBe('10.9.101.21');
});

example('03-dnat-pod', async () => {
  const inward = { from: 'outside', to: '10.9.101.30' };
  expect(await lab.peerOf({ ...inward, port: 80, server: 'default/web', serverPort: 8080 })).toBe(gateway);
  expect(await lab.peerOf({ ...inward, port: 2222, server: 'default/admin', serverPort: 22 })).toBe(gateway);
  expect(
    await lab.peerOf({ ...inward, port: 81, server: 'default/web', serverPort: 8080, timeoutMs: 2_000 }),
  ).toBe('timed out');
});

example('04-shared-eip', async () => {
  const inward = { from: 'outside', to: '10.9.101.40' };
  const outward = { to: gateway, port: 7000, server: 'outside' };
  expect(await lab.peerOf({ ...inward, port: 8080, server: 'default/web' })).toBe(gateway);
  expect(await lab.peerOf({ ...inward, port: 5432, server: 'default/db' })).toBe(gateway);
  for (const from of ['default/app', 'default/web', 'default/db'])
    expect(await lab.peerOf({ ...outward, from })).toBe('10.9.101.40');
  expect(lab.berth('get', 'eip', 'vpc1-external0').stdout).toContain('dnat,fip,snat');
});

example('05-dual-stack-fip', () => {
  expect(answeredBy('fip/web')).toEqual(['node-1', 'node-1']);
  const [first, second] = answeredBy('fip/mail');
  expect(['node-2', 'node-3']).toContain(first);
  expect(second).toBe(first);
});

example('06-ipv6-only', async () => {
  expect(answeredBy('fip/web')).toEqual(['node-1']);
  const inward = { from: 'outside', to: 'fd00:101::61', port: 80, server: 'default/app', serverPort: 8080 };
  expect(await lab.peerOf(inward)).toBe('fd00:101::1');
  const outward = { from: 'default/app', to: 'fd00:101::1', port: 7000, server: 'outside' };
  expect(await lab.peerOf(outward)).toBe('fd00:101::61');
});

example('07-vip', async () => {
  const hold = (verb: 'add' | 'del', pod: string) =>
    lab.at(pod, 'ip', 'address', verb, '192.168.0.100/32', 'dev', 'eth0');
  expect(await answers('outside', '10.9.101.70')).toBe(false);
  await hold('add', 'default/one');
  await expect.poll(() => answers('outside', '10.9.101.70')).toBe(true);
  await hold('del', 'default/one');
  await hold('add', 'default/two');
  await lab.at('default/two', 'python3', '-c', gratuitousArp, '192.168.0.100');
  await expect.poll(() => answers('outside', '10.9.101.70')).toBe(true);
});

example('08-two-external-networks', async () => {
  const faraway = '203.0.113.1';
  await lab.at('outside', 'ip', 'address', 'add', `${faraway}/32`, 'dev', 'lo');
  await expect.poll(() => answers('outside', '10.9.101.80')).toBe(true);
  await expect.poll(() => answers('outside', '10.9.102.80')).toBe(true);
  const large = await lab.at(
    'outside',
    'ping',
    '-n',
    '-c',
    '1',
    '-W',
    '1',
    '-M',
    'do',
    '-s',
    '1400',
    '10.9.102.80',
  );
  expect(large).toContain('mtu = 1400');
  expect(answeredBy('fip/web')).toEqual(['node-1']);
  expect(['node-2', 'node-3']).toContain(answeredBy('fip/db')[0]);
  const outward = { to: faraway, port: 7000, server: 'outside' };
  expect(await lab.peerOf({ ...outward, from: 'default/web' })).toBe('10.9.101.80');
  expect(await lab.peerOf({ ...outward, from: 'default/db' })).toBe('10.9.102.80');
  await lab.at('outside', 'ip', 'address', 'del', `${faraway}/32`, 'dev', 'lo');
});

example('09-static-and-policy-routes', async () => {
  const remote = '172.16.0.1';
  for (const pod of ['default/vpn', 'default/other-vpn'])
    await lab.at(pod, 'ip', 'address', 'add', `${remote}/32`, 'dev', 'lo');
  const through = (from: string, server: string) => lab.peerOf({ from, server, to: remote, port: 7000 });
  const refused = (from: string, server: string) =>
    lab.peerOf({ from, server, to: remote, port: 7000, timeoutMs: 2_000 });
  expect(await through('default/app', 'default/vpn')).toBe('192.168.0.4');
  expect(await refused('default/app', 'default/other-vpn')).toBe('ECONNREFUSED');
  expect(await through('default/auditor', 'default/other-vpn')).toBe('192.168.0.5');
  expect(await refused('default/auditor', 'default/vpn')).toBe('ECONNREFUSED');
  expect(await refused('default/guest', 'default/vpn')).toBe('timed out');
});

example('10-ecmp-bfd', async () => {
  const remote = Array.from({ length: 16 }, (_, index) => `203.0.113.${index + 1}`);
  const eachRemote = (verb: 'add' | 'del'): Promise<string> => {
    const script = remote.map((ip) => `ip address ${verb} ${ip}/32 dev lo`).join('; ');
    return lab.at('outside', 'sh', '-c', script);
  };
  const reached = async (): Promise<number> =>
    Number(
      await lab.at(
        'default/app',
        'sh',
        '-c',
        `for ip in ${remote.join(' ')}; do ping -nqc 1 -W 1 $ip; done | grep -c ' 0% '`,
      ),
    );
  const state = (ip: string): Promise<string> =>
    lab.at('central', 'ovn-nbctl', '--bare', '--columns=status', 'find', 'BFD', `dst_ip="${ip}"`);
  const hopOn = (node: string, last: string): Promise<NextHop> =>
    nextHop(lab, {
      node,
      ip: `10.9.101.${last}`,
      mac: `02:00:00:00:00:${last}`,
      router: '10.9.101.9',
      upstream: gateway,
    });
  await eachRemote('add');
  // The first packet may go while the router resolves its next hop.
  await expect.poll(reached, waiting).toBe(remote.length);
  const [first, second] = [await hopOn('node-2', '22'), await hopOn('node-3', '23')];
  try {
    for (const ip of ['10.9.101.22', '10.9.101.23']) await expect.poll(() => state(ip), waiting).toBe('up');
    await expect.poll(reached, waiting).toBe(remote.length);
    expect(await first.forwarded()).toBeGreaterThan(0);
    expect(await second.forwarded()).toBeGreaterThan(0);
    await first.silence();
    await expect.poll(() => state('10.9.101.22'), waiting).toBe('down');
    await lab.at('central', 'ovn-nbctl', '--wait=hv', 'sync');
    const [before, others] = [await first.forwarded(), await second.forwarded()];
    expect(await reached()).toBe(remote.length);
    expect(await first.forwarded()).toBe(before);
    expect(await second.forwarded()).toBe(others + remote.length);
    await second.silence();
    await expect.poll(() => state('10.9.101.23'), waiting).toBe('down');
    await lab.at('central', 'ovn-nbctl', '--wait=hv', 'sync');
    const last = await second.forwarded();
    expect(await reached()).toBe(remote.length);
    expect(await second.forwarded()).toBe(last);
  } finally {
    await first.end();
    await second.end();
    await eachRemote('del');
  }
});

example('13-strict', async () => {
  const gateways = ['node-2', 'node-3'];
  expect(gateways).toContain(answeredBy('fip/web')[0]);
  expect(await lab.peerOf({ from: 'default/app', to: gateway, port: 7000, server: 'outside' })).toBe(
    '10.9.101.131',
  );
  expect(lab.berth('get', 'gatewaypolicy').stdout).toMatch(/^strict +Centralized .*True +True/m);
  expect(await bfdOptions()).toEqual({ tx: '300', rx: '300', mult: '3' });
  expect(lab.berth('lab', 'fail', gateways.map((node) => `host:${node}`).join()).status).toBe(0);
  expect(await answers('outside', '10.9.101.130')).toBe(false);
  expect(lab.berth('lab', 'heal').status).toBe(0);
  await expect.poll(() => answers('outside', '10.9.101.130'), waiting).toBe(true);
  lab.show();
  expect(lab.berth('apply', '-f', lab.folder, '--yes').status).toBe(0);
  expect(await bfdOptions()).toEqual({ tx: '', rx: '', mult: '' });
});

example('14-available', () => {
  expect(['node-2', 'node-3']).toContain(answeredBy('fip/web')[0]);
  const nodes = path.join(lab.folder, '01-nodes.yaml');
  writeFileSync(nodes, readFileSync(nodes, 'utf8').replaceAll('"true"', '"false"'));
  expect(lab.berth('apply', '-f', lab.folder).status).toBe(1);
  expect(answeredBy('fip/web')).toEqual(['node-1']);
});

example('15-gateway-local', () => {
  expect(answeredBy('fip/edge')).toEqual(['node-2']);
  expect(['node-2', 'node-3']).toContain(answeredBy('fip/web')[0]);
});

example('11-clean-up', async () => {
  expect(await filledTables()).toEqual([...compiledTables]);
  expect(lab.berth('get', 'vpc').stdout).toMatch(/^ovn-cluster /m);
  lab.show();
  expect(lab.berth('apply', '-f', lab.folder, '--yes').status).toBe(0);
  expect(await filledTables()).toEqual(['']);
  expect(JSON.parse(lab.berth('get', 'all', '-o', 'json').stdout)).toMatchObject({ items: [] });
});
