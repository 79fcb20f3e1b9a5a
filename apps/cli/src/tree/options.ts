import { CliFault } from '../context/cli-fault.ts';

/** What `-o` can ask for. */
const outputFormats = ['table', 'wide', 'name', 'json', 'yaml'] as const;

export type OutputFormat = (typeof outputFormats)[number];

/** How a flag is written, what it does, and the sort of value it takes. */
type OptionSpec = {
  readonly flags: string;
  readonly does: string;
  readonly value: 'flag' | 'text' | 'list' | 'texts' | 'seconds';
  readonly choices?: readonly string[];
  /** Understood by some commands, and told nowhere: the flag it stands for, which is meant wherever it is not understood. */
  readonly standsFor?: string;
};

/** Every flag there is. A flag means the same with every command that takes it. */
export const optionTable = {
  filename: { flags: '-f, --filename <dir>', does: 'folder of YAML files, or one file', value: 'text' },
  output: {
    flags: '-o, --output <format>',
    does: 'how to print the answer',
    value: 'text',
    choices: outputFormats,
  },
  namespace: {
    flags: '-n, --namespace <name>',
    does: 'namespace of namespaced kinds (default "default")',
    value: 'text',
  },
  allNamespaces: { flags: '-A, --all-namespaces', does: 'objects of every namespace', value: 'flag' },
  lab: {
    flags: '--lab <name>',
    does: 'lab to work on (default $BERTH_LAB, else the only one that runs; of lab up $BERTH_LAB, else "lab")',
    value: 'text',
  },
  nb: {
    flags: '--nb <remote>',
    does: 'northbound database of an OVN that is no lab: unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT; for what only reads also a saved file',
    value: 'text',
  },
  sb: { flags: '--sb <remote>', does: 'its southbound database', value: 'text' },
  bundle: { flags: '--bundle <file>', does: 'both databases as berth bundle saved them', value: 'text' },
  privateKey: { flags: '--private-key <file>', does: "for ssl: this client's key, PEM", value: 'text' },
  certificate: { flags: '--certificate <file>', does: 'for ssl: its certificate, PEM', value: 'text' },
  caCert: {
    flags: '--ca-cert <file>',
    does: "for ssl: who signs the servers' certificates, PEM",
    value: 'text',
  },
  state: {
    flags: '--state <dir>',
    does: "where addresses and status are stored (default the lab's own, else under $XDG_STATE_HOME/berth)",
    value: 'text',
  },
  moveState: {
    flags: '--move-state',
    does: 'go on with this folder where the state is of another one, or another controller looked after the OVN last: what is not in this one is deleted; one that is still at work is to be stopped first',
    value: 'flag',
  },
  instance: {
    flags: '--instance <name>',
    does: 'name of this Berth, which owns the rows it writes (default "default")',
    value: 'text',
  },
  adopt: {
    flags: '--adopt',
    does: 'take over rows that something else made in the place of ours',
    value: 'flag',
  },
  yes: {
    flags: '--yes',
    does: 'do what would otherwise be asked about, or only be shown',
    value: 'flag',
  },
  undo: { flags: '--undo', does: 'give back what was taken over', value: 'flag' },
  kubeOvnStopped: {
    flags: '--kube-ovn-stopped',
    does: 'take it from you that no controller of Kube-OVN runs, where its Lease cannot be read',
    value: 'flag',
  },
  lift: {
    flags: '--lift <target>',
    does: 'no longer keep what was found of this object, as ovn-fip/web; may be given again',
    value: 'texts',
  },
  timeout: {
    flags: '--timeout <seconds>',
    does: 'how long to wait for a database to answer, or for workloads to be attached (default 30)',
    value: 'seconds',
  },
  failOn: {
    flags: '--fail-on <severity>',
    does: 'exit with 1 at a finding as bad as this or worse (default "error")',
    value: 'text',
    choices: ['error', 'warning', 'info'],
  },
  fail: {
    flags: '--fail <failures>',
    does: 'what breaks: with commas between at once, with semicolons in order, as in "host:A,uplink:B;sb"; may be given again, for another case',
    value: 'texts',
  },
  each: {
    flags: '--each <kinds>',
    does: 'break everything of these kinds, one by one: host, uplink, tunnel, vswitchd, … with commas between',
    value: 'list',
  },
  pairs: {
    flags: '--pairs',
    does: 'also any two of them at once (--each is host when left out)',
    value: 'flag',
  },
  all: { flags: '--all', does: 'list every flow, also those that nothing happens to', value: 'flag' },
  trace: {
    flags: '--trace',
    does: "ask every node's vswitchd too what it would do with the packets (ofproto/trace), as a second opinion",
    value: 'flag',
  },
  withoutController: {
    flags: '--without-controller',
    does: 'judge OVN alone, though a controller runs that would act',
    value: 'flag',
  },
  strict: { flags: '--strict', does: 'take nothing for granted that no node reports', value: 'flag' },
  force: { flags: '--force', does: 'write over a file that is there', value: 'flag' },
  name: { flags: '--name <name>', does: 'the same as --lab', value: 'text', standsFor: '--lab' },
  nodes: {
    flags: '--nodes <names>',
    does: 'names of the nodes, with commas between (default "node-1,node-2,node-3")',
    value: 'list',
  },
  kube: {
    flags: '--kube',
    does: "a Kubernetes cluster: with lab up one that is started, else the one whose objects are meant (a lab's own is without a flag, until a folder is applied there)",
    value: 'flag',
  },
  kubeconfig: {
    flags: '--kubeconfig <file>',
    does: "objects of this cluster instead of a folder's (default with --kube: the lab's own, else $KUBECONFIG, else ~/.kube/config)",
    value: 'text',
  },
  context: { flags: '--context <name>', does: 'a context of the kubeconfig', value: 'text' },
  raft: { flags: '--raft', does: 'run NB and SB as clusters on the first three nodes', value: 'flag' },
  attached: { flags: '--attached', does: 'stay, and end the lab when this command ends', value: 'flag' },
  color: {
    flags: '--color <when>',
    does: 'when to colour (default "auto": on a terminal, unless $NO_COLOR is set)',
    value: 'text',
    choices: ['auto', 'always', 'never'],
  },
  verbose: { flags: '-v, --verbose', does: 'show where an error comes from', value: 'flag' },
} as const satisfies Record<string, OptionSpec>;

export type OptionName = keyof typeof optionTable;

/** The flags that name a cluster as where objects are. */
export const clusterOptions = ['kube', 'kubeconfig', 'context'] as const satisfies readonly OptionName[];

/** The flags by which servers are reached over ssl. */
export const tlsOptions = ['privateKey', 'certificate', 'caCert'] as const satisfies readonly OptionName[];

/** The flags of commands that only read an OVN: where it is, and how to reach it. */
export const readOptions = [
  'lab',
  'nb',
  'sb',
  'bundle',
  'state',
  'instance',
  ...tlsOptions,
  'timeout',
  ...clusterOptions,
] as const satisfies readonly OptionName[];

/** What commands of a lab take to name it. */
export const labOptions = ['lab', 'name'] as const satisfies readonly OptionName[];

type ValueOf<Spec extends OptionSpec> = {
  flag: boolean;
  text: Spec extends { choices: readonly (infer Choice)[] } ? Choice : string;
  list: readonly string[];
  texts: readonly string[];
  seconds: number;
}[Spec['value']];

/** The flags a user gave. */
export type Options = { readonly [Name in OptionName]?: ValueOf<(typeof optionTable)[Name]> };

/** The flags with the lab under the one name that commands know. Throws CliFault `usage` where it is named twice, and differently. */
export function withLab(typed: Options): Options {
  const { name, ...options } = typed;
  if (name === undefined) return typed;
  if (options.lab === undefined || options.lab === name) return { ...options, lab: name };
  throw new CliFault('usage', `--lab ${options.lab} and --name ${name} name two labs`, 'give --lab alone');
}
