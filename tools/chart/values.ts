import { z } from 'zod';
import { agentFlags, cniInstallFlags, controllerFlags, type Flags, flagOf } from './flags.ts';

const controller = controllerFlags();
const agent = agentFlags();
const cni = cniInstallFlags();

/** A value that becomes a flag: explanation, choices and default are the program's own. */
function text(flags: Flags, name: string, fallback?: string) {
  const { does, default: own, choices } = flagOf(flags, name);
  const description = `--${name}: ${does}`;
  const value = fallback ?? String(own ?? '');
  return choices ? z.enum(choices).default(value).describe(description) : string(description, value);
}

function string(description: string, fallback = '') {
  return z.string().default(fallback).describe(description);
}

function flag(description: string, fallback: boolean) {
  return z.boolean().default(fallback).describe(description);
}

/** A map that Kubernetes itself has a schema for. */
function map(description: string, fallback: Readonly<Record<string, unknown>>) {
  return z
    .record(z.string(), z.unknown())
    .default({ ...fallback })
    .describe(description);
}

/** A list that Kubernetes itself has a schema for. */
function list(description: string, fallback: readonly unknown[]) {
  return z
    .array(z.unknown())
    .default([...fallback])
    .describe(description);
}

function group<T extends z.core.$ZodLooseShape>(description: string, shape: T) {
  return z
    .strictObject(shape)
    .prefault({} as never)
    .describe(description);
}

function pod(cpu: string, memory: string, limit: string) {
  return {
    resources: map('Requests and limits of the container.', {
      requests: { cpu, memory },
      limits: { memory: limit },
    }),
    nodeSelector: map('Labels of nodes it may run on.', { 'kubernetes.io/os': 'linux' }),
    affinity: map('Affinity of its pods.', {}),
    podAnnotations: map('Annotations of its pods.', {}),
    podLabels: map('Labels of its pods beside the chart’s.', {}),
    priorityClassName: string('Priority class of its pods.', 'system-cluster-critical'),
    extraArgs: z.array(z.string()).default([]).describe('More flags, as they are typed.'),
  };
}

const serviceAccount = group('The account it has in the cluster.', {
  create: flag('Whether the chart makes it.', true),
  name: string('Its name; empty: the release’s name and the part’s.'),
  annotations: map('Its annotations.', {}),
});

/** Every value of the chart. `values.yaml` and `values.schema.json` are written from this. */
export const valuesSchema = z.strictObject({
  nameOverride: string('Replaces the chart’s name in names of objects.'),
  fullnameOverride: string('Replaces the whole name of objects.'),
  commonLabels: map('Labels of every object.', {}),
  imagePullSecrets: list('Secrets to pull the image with, as in a pod.', []),
  image: group('The image of Containerfile, which holds every program.', {
    repository: string(
      'Where it is. None is published yet: build it and put it where your nodes find it.',
      'localhost/berth',
    ),
    tag: string('Its tag; empty: the chart’s appVersion.'),
    digest: string('Its digest (sha256:…), which counts instead of the tag.'),
    pullPolicy: z
      .enum(['Always', 'IfNotPresent', 'Never'])
      .default('IfNotPresent')
      .describe('When it is pulled.'),
  }),
  ovn: group('OVN’s databases. The defaults are the Services of Kube-OVN.', {
    nb: text(controller, 'nb', 'tcp:ovn-nb.kube-system.svc:6641'),
    sb: text(controller, 'sb', 'tcp:ovn-sb.kube-system.svc:6642'),
    tls: group('Certificates, for databases that are named with ssl:.', {
      secretName: string(
        'Secret in the release’s namespace. Files are read again for each connection, so it may be rotated.',
      ),
      ca: string('Its key with who signs the servers’ certificates. Servers are always verified.', 'ca.crt'),
      certificate: string('Its key with the client’s certificate.', 'tls.crt'),
      privateKey: string('Its key with the client’s private key.', 'tls.key'),
    }),
  }),
  controller: group('The controller. One of its pods leads, the others stand by.', {
    replicas: z.int().min(1).default(2).describe('How many pods.'),
    instance: text(controller, 'instance'),
    adopt: flag(`--adopt: ${flagOf(controller, 'adopt').does}`, false),
    externalGatewaySwitch: text(controller, 'external-gateway-switch'),
    leaseNamespace: text(controller, 'lease-namespace'),
    leaseName: text(controller, 'lease-name'),
    logLevel: text(controller, 'log-level'),
    port: z
      .int()
      .min(1024)
      .max(65_535)
      .default(10_668)
      .describe('Port of /healthz, /readyz and /metrics (--listen).'),
    hostNetwork: flag(
      'Whether it uses its node’s network. Always so where cni.enabled: pods have no network before it runs.',
      false,
    ),
    // 10,000 floating IPs take up to 870 MiB.
    ...pod('50m', '128Mi', '1Gi'),
    tolerations: list('Taints it puts up with. A node that is lost is left after half a minute.', [
      { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' },
      {
        key: 'node.kubernetes.io/unreachable',
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 30,
      },
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 },
    ]),
    podDisruptionBudget: flag('Whether a drain leaves one pod running; needs two replicas or more.', true),
    serviceAccount,
  }),
  agent: group('The agent, one pod on each node.', {
    enabled: flag(
      'Whether agents are installed: off where something else makes the bridges, and nobody watches uplinks then.',
      true,
    ),
    ovs: text(agent, 'ovs'),
    sb: text(agent, 'sb', ''),
    runDir: text(agent, 'run-dir'),
    ovsRundir: text(agent, 'ovs-rundir'),
    ovnRundir: text(agent, 'ovn-rundir'),
    ...pod('20m', '96Mi', '256Mi'),
    tolerations: list('Taints it puts up with: a node without its agent is one that nobody knows of.', [
      { operator: 'Exists' },
    ]),
    updateStrategy: map('How agents are replaced.', {
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 1 },
    }),
    serviceAccount,
  }),
  cni: group('Pods attached by Berth itself: for clusters in which nothing else does that.', {
    enabled: flag(
      'Whether agents attach pods, and berth-cni is installed on every node. Agents are privileged then.',
      false,
    ),
    binDir: text(cni, 'bin-dir'),
    confDir: text(cni, 'conf-dir'),
    confName: text(cni, 'conf-name'),
    network: text(cni, 'network'),
    mtu: z
      .int()
      .min(0)
      .max(65_535)
      .default(0)
      .describe(`--mtu: ${flagOf(cni, 'mtu').does}`),
    netnsDir: string('Where the container runtime has the pods’ network namespaces.', '/run/netns'),
  }),
  admission: group('Refusing at the API server what would not work. See docs/guides/kubernetes.md.', {
    enabled: flag('Whether objects and pods are judged before they are stored.', false),
    port: z
      .int()
      .min(1024)
      .max(65_535)
      .default(10_669)
      .describe('Port of the controllers where the API server asks (--admission-listen).'),
    failurePolicy: z
      .enum(['Ignore', 'Fail'])
      .default('Ignore')
      .describe('What becomes of our kinds while no controller answers. Pods are always let pass.'),
    deletions: z
      .enum(['Refuse', 'Wait'])
      .default('Refuse')
      .describe(
        'Refuse: what is in use cannot be deleted. Wait: it stays, terminating, until nobody uses it, as without admission.',
      ),
  }),
  rbac: group('What the accounts may do.', {
    create: flag('Whether the chart makes roles and bindings.', true),
    reader: flag('Whether it makes a ClusterRole for people who read with kubectl berth.', true),
  }),
  crds: group('Definitions of our kinds. They stay when the release is uninstalled.', {
    install: flag(
      'Whether the chart installs and upgrades them. One that something else installed is never touched.',
      true,
    ),
    kubeOvn: flag(
      'Whether those of kubeovn.io are among them. Set it to false where charts are rendered without a cluster and Kube-OVN is there.',
      true,
    ),
  }),
  serviceMonitor: group('For the Prometheus operator: what to scrape.', {
    enabled: flag('Whether it is made.', false),
    interval: string('How often.', '30s'),
    labels: map('Labels by which your Prometheus finds it.', {}),
  }),
  prometheusRule: group('For the Prometheus operator: alerts.', {
    enabled: flag('Whether it is made.', false),
    labels: map('Labels by which your Prometheus finds it.', {}),
  }),
  grafanaDashboard: group('A ConfigMap with a dashboard, for Grafana’s sidecar.', {
    enabled: flag('Whether it is made.', false),
    labels: map('Labels by which the sidecar finds it.', { grafana_dashboard: '1' }),
  }),
  networkPolicy: group('Limits who may reach the controller: metrics and health only.', {
    enabled: flag('Whether it is made.', false),
    from: list('Who may scrape it, as in a NetworkPolicy; empty: everybody.', []),
  }),
  extraObjects: list('More manifests; templates in them are rendered.', []),
});
