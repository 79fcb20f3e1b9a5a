import { type CniAnswer, CniFault, type CniRequest } from '@berth/node/cni';
import { describe, expect, test } from 'vitest';
import { runPlugin } from './plugin.ts';

const environment = {
  CNI_COMMAND: 'ADD',
  CNI_CONTAINERID: '0c1d',
  CNI_NETNS: '/run/netns/cni-1',
  CNI_IFNAME: 'eth0',
  CNI_ARGS: 'IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web;K8S_POD_UID=u-1',
};
const config = { cniVersion: '1.1.0', name: 'berth', type: 'berth-cni' };
const answer: CniAnswer = {
  result: {
    interfaces: [
      { name: 'bth1', mac: '02:00:00:00:00:01', mtu: 1440 },
      { name: 'eth0', mac: '0a:00:00:00:00:04', mtu: 1440, sandbox: '/run/netns/cni-1' },
    ],
    ips: [
      { address: '192.168.0.4/24', gateway: '192.168.0.1', interface: 1 },
      { address: 'fd00::4/64', gateway: 'fd00::1', interface: 1 },
    ],
    routes: [{ dst: '0.0.0.0/0', gw: '192.168.0.1' }],
  },
};

/** Runs a command against an agent that gives one answer; what was asked, printed and returned. */
async function run(
  command: string,
  input: object | string = config,
  { env = {}, answers = answer }: { env?: Record<string, string | undefined>; answers?: CniAnswer } = {},
) {
  const asked: { readonly socketPath: string; readonly request: CniRequest }[] = [];
  const { output, exitCode } = await runPlugin({
    environment: { ...environment, CNI_COMMAND: command, ...env },
    readInput: async () => (typeof input === 'string' ? input : JSON.stringify(input)),
    ask: async (socketPath, request) => {
      asked.push({ socketPath, request });
      return answers;
    },
  });
  return { asked, exitCode, printed: output === '' ? undefined : JSON.parse(output) };
}

describe('ADD', () => {
  test('asks the agent, and prints what it says', async () => {
    const { asked, printed, exitCode } = await run('ADD', {
      ...config,
      dns: { nameservers: ['10.96.0.10'] },
    });
    expect(exitCode).toBe(0);
    expect(asked).toEqual([
      {
        socketPath: '/run/berth/agent.sock',
        request: {
          command: 'ADD',
          network: 'berth',
          attachment: { containerId: '0c1d', ifname: 'eth0' },
          netns: '/run/netns/cni-1',
          pod: { namespace: 'default', name: 'web', uid: 'u-1' },
        },
      },
    ]);
    expect(printed).toEqual({
      cniVersion: '1.1.0',
      ...('result' in answer && answer.result),
      dns: { nameservers: ['10.96.0.10'] },
    });
  });

  test.each([
    ['1.0.0', undefined],
    ['0.4.0', ['4', '6']],
    ['0.3.1', ['4', '6']],
  ])('answers in the words of %s', async (cniVersion, families) => {
    const { printed } = await run('ADD', { ...config, cniVersion });
    expect(printed.cniVersion).toBe(cniVersion);
    expect(printed.interfaces.map(({ mtu }: { mtu?: number }) => mtu)).toEqual([undefined, undefined]);
    const told = printed.ips.map(({ version }: { version?: string }) => version);
    expect(told).toEqual(families ?? [undefined, undefined]);
    expect(printed.ips[1]).toMatchObject({ address: 'fd00::4/64', gateway: 'fd00::1', interface: 1 });
  });

  test('goes by the socket and the MTU of the configuration, and leaves alone what it does not know', async () => {
    const { asked } = await run('ADD', {
      ...config,
      agentSocket: '/a/b.sock',
      mtu: 1300,
      ipam: {},
      novel: 1,
    });
    expect(asked[0]).toMatchObject({ socketPath: '/a/b.sock', request: { mtu: 1300 } });
  });

  test('what the agent cannot do is told as the agent says it', async () => {
    const error = { code: 101, msg: 'eth0 is not ours', details: 'look' };
    const { printed, exitCode } = await run('ADD', config, { answers: { error } });
    expect({ printed, exitCode }).toEqual({ printed: { cniVersion: '1.1.0', ...error }, exitCode: 1 });
  });
});

describe('the other commands', () => {
  test('CHECK gives the agent what ADD gave', async () => {
    const prevResult = { ips: [{ address: '192.168.0.4/24' }] };
    const { asked, printed } = await run('CHECK', { ...config, prevResult });
    expect(asked[0]?.request).toMatchObject({ command: 'CHECK', addresses: ['192.168.0.4/24'] });
    expect(printed).toBeUndefined();
  });

  test('DEL needs neither a namespace nor a pod', async () => {
    const { asked, printed, exitCode } = await run('DEL', config, {
      env: { CNI_NETNS: '', CNI_ARGS: undefined },
    });
    expect({ printed, exitCode }).toEqual({ printed: undefined, exitCode: 0 });
    expect(asked.map(({ request }) => request)).toEqual([
      { command: 'DEL', network: 'berth', attachment: { containerId: '0c1d', ifname: 'eth0' } },
    ]);
  });

  test('GC says what is to be kept', async () => {
    const valid = [{ containerID: '0c1d', ifname: 'eth0' }];
    const { asked } = await run('GC', { ...config, 'cni.dev/valid-attachments': valid });
    expect(asked.map(({ request }) => request)).toEqual([
      { command: 'GC', network: 'berth', valid: [{ containerId: '0c1d', ifname: 'eth0' }] },
    ]);
  });

  test('STATUS says nothing when all is well', async () => {
    const { asked, printed, exitCode } = await run('STATUS');
    expect(asked.map(({ request }) => request)).toEqual([{ command: 'STATUS' }]);
    expect({ printed, exitCode }).toEqual({ printed: undefined, exitCode: 0 });
  });

  test.each([
    ['{"cniVersion":"0.4.0"}', '0.4.0'],
    ['', '1.1.0'],
  ])('VERSION of %j', async (input, cniVersion) => {
    const { asked, printed, exitCode } = await run('VERSION', input);
    expect({ asked, printed, exitCode }).toEqual({
      asked: [],
      printed: { cniVersion, supportedVersions: ['0.3.1', '0.4.0', '1.0.0', '1.1.0'] },
      exitCode: 0,
    });
  });
});

describe('nothing is asked of the agent', () => {
  test.each([
    ['another version', 1, 'ADD', { ...config, cniVersion: '2.0.0' }, '2.0.0'],
    ['no version', 1, 'ADD', { name: 'berth' }, 'names no cniVersion'],
    ['CHECK before 0.4.0', 1, 'CHECK', { ...config, cniVersion: '0.3.1' }, 'has no CHECK'],
    ['GC before 1.1.0', 1, 'GC', { ...config, cniVersion: '1.0.0' }, 'has no GC'],
    ['STATUS before 1.1.0', 1, 'STATUS', { ...config, cniVersion: '1.0.0' }, 'has no STATUS'],
    [
      'an IPAM plugin',
      2,
      'ADD',
      { ...config, ipam: { type: 'host-local' } },
      'ipam is not supported: {"type"',
    ],
    ['masquerading', 2, 'ADD', { ...config, ipMasq: true }, 'ipMasq is not supported: true'],
    ['no JSON', 6, 'ADD', '{', 'no JSON'],
    ['nothing at all', 6, 'ADD', '', 'no JSON'],
    ['a list', 6, 'ADD', '[]', 'no JSON object'],
    ['no name', 7, 'ADD', { ...config, name: undefined }, 'name of the network configuration is missing'],
    ['a name that is none', 7, 'ADD', { ...config, name: '/x' }, '"/x"'],
    ['a relative socket', 7, 'ADD', { ...config, agentSocket: 'a.sock' }, 'agentSocket'],
    ['an MTU that is none', 7, 'ADD', { ...config, mtu: 67 }, 'mtu'],
    ['DNS that is none', 7, 'ADD', { ...config, dns: [] }, 'dns'],
    ['CHECK without a result', 7, 'CHECK', config, 'prevResult is missing'],
    ['CHECK of what is no result', 7, 'CHECK', { ...config, prevResult: { ips: [{}] } }, 'prevResult.ips'],
    ['GC that does not say what to keep', 7, 'GC', config, 'cni.dev/valid-attachments is missing'],
    ['GC that keeps nonsense', 7, 'GC', { ...config, 'cni.dev/valid-attachments': ['0c1d'] }, '0c1d'],
  ] as const)('%s: %i', async (_, code, command, input, text) => {
    const { asked, printed, exitCode } = await run(command, input);
    expect({ asked, exitCode, code: printed.code }).toEqual({ asked: [], exitCode: 1, code });
    expect(printed.msg).toContain(text);
    expect(printed.cniVersion).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test.each([
    ['ADD', { CNI_COMMAND: undefined }, 'CNI_COMMAND is missing'],
    ['ADD', { CNI_COMMAND: 'MEND' }, 'CNI_COMMAND is "MEND"'],
    ['ADD', { CNI_CONTAINERID: '' }, 'CNI_CONTAINERID'],
    ['DEL', { CNI_CONTAINERID: '../x' }, 'CNI_CONTAINERID'],
    ['ADD', { CNI_IFNAME: undefined }, 'CNI_IFNAME'],
    ['DEL', { CNI_IFNAME: 'a:b' }, 'CNI_IFNAME'],
    ['ADD', { CNI_IFNAME: 'sixteen-letters-' }, 'CNI_IFNAME'],
    ['ADD', { CNI_NETNS: '' }, 'CNI_NETNS'],
    ['ADD', { CNI_NETNS: 'cni-1' }, 'CNI_NETNS'],
    ['ADD', { CNI_ARGS: 'K8S_POD_NAME=web' }, 'K8S_POD_NAMESPACE'],
    ['DEL', { CNI_ARGS: 'nonsense' }, 'CNI_ARGS'],
  ])('%s with %j: 4, and says which', async (command, env, text) => {
    const { asked, printed, exitCode } = await run(command, config, { env });
    expect({ asked, exitCode, code: printed.code }).toEqual({ asked: [], exitCode: 1, code: 4 });
    expect(printed.msg).toContain(text);
  });
});

test('input that cannot be read: 5; a fault of ours: 100', async () => {
  const surroundings = {
    environment,
    readInput: () => Promise.reject(new Error('EIO')),
    ask: () => Promise.reject(new TypeError('oh')),
  };
  const failed = await runPlugin(surroundings);
  expect(JSON.parse(failed.output)).toMatchObject({ code: 5, msg: expect.stringContaining('EIO') });
  const broken = await runPlugin({ ...surroundings, readInput: async () => JSON.stringify(config) });
  expect(JSON.parse(broken.output)).toMatchObject({ cniVersion: '1.1.0', code: 100 });
});

test('what the agent’s socket is to blame for is told in the version of the configuration', async () => {
  const { output, exitCode } = await runPlugin({
    environment,
    readInput: async () => JSON.stringify({ ...config, cniVersion: '0.4.0' }),
    ask: () => Promise.reject(new CniFault('try-again-later', 'away', 'start it')),
  });
  expect({ printed: JSON.parse(output), exitCode }).toEqual({
    printed: { cniVersion: '0.4.0', code: 11, msg: 'away', details: 'start it' },
    exitCode: 1,
  });
});
