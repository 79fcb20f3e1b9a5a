import { hostname } from 'node:os';
import { defaultExternalSubnet } from '@berth/api';
import { Command, InvalidArgumentError, Option } from 'commander';
import { version } from './version.ts';

/** What the controller is told on its command line. */
export type Settings = {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly nb: string;
  readonly sb: string;
  readonly privateKey: string | undefined;
  readonly certificate: string | undefined;
  readonly caCert: string | undefined;
  readonly instance: string;
  readonly adopt: boolean;
  readonly externalGatewaySwitch: string;
  readonly leaseNamespace: string;
  readonly leaseName: string;
  readonly identity: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly logLevel: string;
  /** Undefined where no admission webhooks are answered. */
  readonly admissionListen: { readonly host: string; readonly port: number } | undefined;
  readonly admissionNames: readonly string[];
  readonly admissionSecret: { readonly namespace: string; readonly name: string };
  readonly admissionConfiguration: string;
};

/** Where the command line is explained and complained about. */
export type Page = { readonly out: (text: string) => void; readonly err: (text: string) => void };

const levels = ['trace', 'debug', 'info', 'warn', 'error'] as const;

/** Reads a command line. Throws CommanderError, after it has printed help or what is wrong. */
export function readFlags(argv: readonly string[], page: Page): Settings {
  let settings: Settings | undefined;
  const command = controllerCommand()
    .configureOutput({ writeOut: page.out, writeErr: page.err })
    .exitOverride()
    .action((options: Settings) => {
      settings = options;
    });
  command.parse([...argv], { from: 'user' });
  if (!settings) throw new Error('the command line was not read');
  return settings;
}

/** The command line with every flag there is; the chart's values are made from it. */
export function controllerCommand(): Command {
  return new Command('berth-controller')
    .description('Programs OVN as the objects of a Kubernetes cluster say, and tells them how it went.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option(
      '--kubeconfig <file>',
      'cluster to work on (default $KUBECONFIG, ~/.kube/config, or the pod’s own)',
    )
    .option('--context <name>', 'context of the kubeconfig (default the current one)')
    .requiredOption(
      '--nb <remotes>',
      'northbound database: unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT, several with commas',
    )
    .requiredOption('--sb <remotes>', 'southbound database')
    .option('--private-key <file>', 'for ssl: this client’s key, PEM')
    .option('--certificate <file>', 'for ssl: its certificate, PEM')
    .option('--ca-cert <file>', 'for ssl: who signs the servers’ certificates, PEM')
    .option('--instance <name>', 'name of this Berth, which owns the rows it writes', 'default')
    .option('--adopt', 'take over rows that something else made in the place of ours', false)
    .option(
      '--external-gateway-switch <name>',
      'external subnet where nothing names one',
      defaultExternalSubnet,
    )
    .option('--lease-namespace <name>', 'namespace of the Lease that says who leads', 'kube-system')
    .option('--lease-name <name>', 'its name', 'berth-controller')
    .option('--identity <name>', 'name of this candidate, unlike all others', identityOfProcess())
    .addOption(
      new Option('--listen <address>', 'where /healthz, /readyz and /metrics are served')
        .argParser(addressOf)
        .default({ host: '127.0.0.1', port: 10_668 }, '127.0.0.1:10668'),
    )
    .addOption(new Option('--log-level <level>', 'what is logged').choices(levels).default('info'))
    .addOption(
      new Option(
        '--admission-listen <address>',
        'where admission webhooks are answered, with TLS (default: nowhere)',
      ).argParser(addressOf),
    )
    .addOption(
      new Option(
        '--admission-names <names>',
        'DNS names and addresses of their certificate, with commas: those that the API server asks for',
      )
        .argParser((text) => text.split(','))
        .default(['localhost'], 'localhost'),
    )
    .addOption(
      new Option('--admission-secret <namespace/name>', 'Secret that keeps the certificate; it must be there')
        .argParser(placeOf)
        .default({ namespace: 'kube-system', name: 'berth-admission' }, 'kube-system/berth-admission'),
    )
    .option(
      '--admission-configuration <name>',
      'name of the webhook configurations that are told whom to trust',
      'berth',
    );
}

function identityOfProcess(): string {
  return `${hostname()}_${process.pid}_${Date.now().toString(36)}`;
}

function placeOf(text: string): Settings['admissionSecret'] {
  const [namespace = '', name = '', ...more] = text.split('/');
  if (namespace === '' || name === '' || more.length > 0)
    throw new InvalidArgumentError('It is NAMESPACE/NAME.');
  return { namespace, name };
}

/** `HOST:PORT`, `[IPV6]:PORT` or `:PORT`, which is every address. */
function addressOf(text: string): Settings['listen'] {
  const [, bracketed, plain = '', digits] = /^(?:\[([^\]]+)\]|([^:]*)):(\d+)$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) throw new InvalidArgumentError('It is HOST:PORT.');
  return { host: bracketed ?? (plain || '::'), port };
}
