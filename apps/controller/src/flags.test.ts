import { describe, expect, test } from 'vitest';
import { readFlags } from './flags.ts';

const databases = ['--nb', 'unix:/nb', '--sb', 'unix:/sb'];

function read(...words: readonly string[]) {
  const printed: string[] = [];
  const print = (text: string): void => {
    printed.push(text);
  };
  try {
    return { settings: readFlags(words, { out: print, err: print }), printed };
  } catch (error) {
    return { error, printed };
  }
}

describe('the command line', () => {
  test('needs the databases and nothing else', () => {
    expect(read(...databases).settings).toMatchObject({
      nb: 'unix:/nb',
      instance: 'default',
      adopt: false,
      leaseNamespace: 'kube-system',
      leaseName: 'berth-controller',
      listen: { host: '127.0.0.1', port: 10_668 },
    });
    expect(read('--nb', 'unix:/nb').printed.join('')).toContain("'--sb <remotes>' not specified");
  });

  test.each([
    [':8080', { host: '::', port: 8080 }],
    ['0.0.0.0:1', { host: '0.0.0.0', port: 1 }],
    ['[::1]:9', { host: '::1', port: 9 }],
  ])('listens on %s', (text, listen) => {
    expect(read(...databases, '--listen', text).settings).toMatchObject({ listen });
  });

  test('answers no webhooks unless told where', () => {
    expect(read(...databases).settings?.admissionListen).toBeUndefined();
    const words = [
      '--admission-listen',
      '[::1]:9',
      '--admission-names',
      'a.b.svc,::1',
      '--admission-secret',
      'n/s',
    ];
    expect(read(...databases, ...words).settings).toMatchObject({
      admissionListen: { host: '::1', port: 9 },
      admissionNames: ['a.b.svc', '::1'],
      admissionSecret: { namespace: 'n', name: 's' },
      admissionConfiguration: 'berth',
    });
    expect(read(...databases, '--admission-secret', 's').printed.join('')).toContain('NAMESPACE/NAME');
  });

  test.each([['8080'], ['host:'], ['host:70000'], ['a:b:1']])('refuses to listen on %s', (text) => {
    const { settings, printed } = read(...databases, '--listen', text);
    expect(settings).toBeUndefined();
    expect(printed.join('')).toContain('HOST:PORT');
  });
});
