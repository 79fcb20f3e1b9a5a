import { textChecks } from '@berth/api';
import type { OwnKubeServer } from '@berth/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as texts from '../../packages/api/src/field/address.ts';
import { interfaceName } from '../../packages/api/src/field/name.ts';
import { portText } from '../../packages/api/src/field/port.ts';
import { Api } from '../../packages/source/src/kube/api/api.ts';
import { eventually, startKube } from '../support/kube-bench.ts';

let kube: OwnKubeServer;
let api: Api;

beforeAll(async () => {
  kube = await startKube();
  api = new Api({ kubeconfig: kube.kubeconfig() });
});
afterAll(async () => {
  await api?.close();
  await kube?.[Symbol.asyncDispose]();
});

/** Tries to make a ConfigMap without doing it: what the API server says against it, or an empty text. */
function tried(body: object): Promise<string> {
  const path = '/api/v1/namespaces/default/configmaps';
  return api.call({ method: 'POST', path, query: { dryRun: 'All' }, body }).then(
    () => '',
    (error: unknown) => String(error),
  );
}

describe('checks of texts', () => {
  const mine = {
    ip: texts.ipText(),
    ipv4: texts.ipText('IPv4'),
    ipv6: texts.ipText('IPv6'),
    'dual-ip': texts.dualIpText(),
    'ip-list': texts.ipListText(),
    cidr: texts.cidrText(),
    'dual-cidr': texts.dualCidrText(),
    'cidr-or-ip': texts.cidrOrIpText(),
    'cidr-or-ipv4': texts.cidrOrIpText('IPv4'),
    'cidr-or-ipv6': texts.cidrOrIpText('IPv6'),
    'ip-range': texts.ipRangeText(),
    mac: texts.macText(),
    port: portText(),
    'nic-name': interfaceName(),
  } as const;
  const samples = [
    ...[
      '10.0.0.1',
      '010.0.0.1',
      '10.0.0',
      '10.0.0.256',
      ' 10.0.0.1',
      'fd00::1',
      'FD00::1',
      'fd00:0::1',
      '::',
    ],
    ...['10.0.0.1,fd00::1', 'fd00::1,10.0.0.1', '10.0.0.1,10.0.0.2', '10.0.0.1,', '10.0.0.1,fd00::1,fd00::2'],
    ...[
      '10.0.0.0/24',
      '10.0.0.1/24',
      '10.0.0.0/33',
      '10.0.0.0/024',
      'fd00::/64',
      'FD00::/64',
      'fd00::1/64',
      '0.0.0.0/0',
    ],
    ...[
      '10.0.0.0/24,fd00::/64',
      '10.0.0.0/24,10.0.1.0/24',
      '169.254.0.1/30',
      '10.0.0.2..10.0.0.9',
      '10.0.0.2..',
      '1..2..3',
    ],
    ...[
      '0a:00:00:00:00:01',
      '0A:00:00:00:00:01',
      '01:00:00:00:00:01',
      '0a-00-00-00-00-01',
      '80',
      '080',
      '0',
      '65535',
      '65536',
    ],
    ...[
      'eth0',
      'a name',
      'eth0/1',
      'sixteen-letters-',
      'none',
      "'; true || '",
      'fe80::1%eth0',
      '::ffff:10.0.0.1',
    ],
  ];

  test('agree with ours, text by text', async () => {
    const expression = Object.entries(textChecks)
      .map(([name, { holds }]) => `object.data.check != '${name}' || ${holds('object.data.value')}`)
      .map((each) => ({ expression: each, message: 'no' }));
    const [kind, group] = ['ValidatingAdmissionPolicy', 'admissionregistration.k8s.io'];
    const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] };
    const collection = `/apis/${group}/v1/validatingadmissionpolic`;
    const [apiVersion, metadata] = [`${group}/v1`, { name: 'checks' }];
    const isCheck = { name: 'is-check', expression: "'check' in object.data" };
    const policy = {
      ...{ apiVersion, kind, metadata },
      spec: {
        ...{ failurePolicy: 'Fail', validations: expression, matchConditions: [isCheck] },
        matchConstraints: { resourceRules: [rule] },
      },
    };
    const spec = { policyName: 'checks', validationActions: ['Deny'] };
    const binding = { apiVersion, kind: `${kind}Binding`, metadata, spec };
    await kube.apply([
      { collection: `${collection}ies`, object: policy },
      { collection: `${collection}ybindings`, object: binding },
    ]);
    const refuses = async (check: string, value: string): Promise<boolean> => {
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { check, value } };
      const said = await tried(body);
      expect(said, `${check} ${value}`).toMatch(/^$|denied request: no$/);
      return said !== '';
    };
    await eventually(() => refuses('ip', 'none'));
    const differ: string[] = [];
    for (const [check, schema] of Object.entries(mine)) {
      for (const value of samples) {
        if ((await refuses(check, value)) === schema.safeParse(value).success)
          differ.push(`${check} ${value}`);
      }
    }
    expect(differ).toEqual([]);
    for (const value of ['tcp', 'UDP']) expect(await refuses('tcp-or-udp', value)).toBe(false);
    expect(await refuses('tcp-or-udp', 'icmp')).toBe(true);
  });
});
