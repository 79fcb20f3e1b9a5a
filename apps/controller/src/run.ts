import type { TlsOptions } from '@berth/ovsdb';
import { holdCluster, KubeReader } from '@berth/source/kube';
import type { Logger } from 'pino';
import type { Settings } from './flags.ts';
import { codeOf, faultFields, passLog } from './log.ts';
import { newMetrics } from './metrics.ts';
import { type Check, serve } from './serve.ts';
import { lead } from './term.ts';

/** Told once the addresses are served: with port 0 nobody knows them before. */
export type OnServing = (url: string) => void;

/**
 * Runs until the signal is aborted: follows the cluster, waits for the lead, leads, and lets go. Standing by and leading
 * are both ready. Throws what no further try can cure.
 */
export async function runController(
  settings: Settings,
  {
    log,
    signal,
    onServing,
  }: { readonly log: Logger; readonly signal: AbortSignal; readonly onServing?: OnServing },
): Promise<void> {
  const metrics = newMetrics();
  const onFault = (fault: unknown): void => {
    metrics.failed(codeOf(fault));
    log.error(faultFields(fault), 'trying again');
  };
  await using reader = new KubeReader({
    kubeconfig: settings.kubeconfig,
    context: settings.context,
    observe: {
      ...metrics.observer,
      failed: (kind, error, delayMs) =>
        log.warn({ kind, ...faultFields(error), delayMs }, 'the cluster is not followed'),
    },
  });
  let holder = '';
  let hasPassed = false;
  let isLeading = false;
  const checks = (): readonly Check[] => {
    const { isSynced, lost } = reader.health();
    return [
      { name: 'caches', isFine: isSynced },
      { name: 'watches', isFine: lost.length === 0, why: `not followed: ${lost.join(', ')}` },
      { name: 'passes', isFine: !isLeading || hasPassed },
    ];
  };
  await using served = await serve(settings.listen, { registry: metrics.registry, checks });
  log.info({ url: served.url, identity: settings.identity, cluster: reader.api.server }, 'standing by');
  onServing?.(served.url);
  while (!signal.aborted) {
    const { leaseNamespace: namespace, leaseName: name, identity } = settings;
    const hold = {
      lease: { namespace, name, identity },
      observe: {
        leaseHeld: (present: string) => {
          if (present !== holder) log.info({ holder: present }, 'another controller leads');
          holder = present;
        },
        leaseFailed: onFault,
        eventLost: (fault: unknown) => log.warn(faultFields(fault), 'an event is lost'),
      },
    };
    const source = await holdCluster(reader, hold, signal).catch((fault: unknown) => endOf(fault, signal));
    if (!source) return;
    isLeading = true;
    hasPassed = false;
    log.info({ identity }, 'leading');
    const logPass = passLog(log);
    try {
      await lead({
        ...{ source, metrics, onFault, signal },
        remotes: { nb: settings.nb, sb: settings.sb, tls: tlsOf(settings) },
        settings: {
          instance: settings.instance,
          adopt: settings.adopt,
          defaultExternalSubnet: settings.externalGatewaySwitch,
        },
        onPass: (result) => {
          hasPassed = true;
          logPass(result);
        },
      });
    } finally {
      isLeading = false;
      await source.close();
    }
    log.info({ identity }, signal.aborted ? 'let go of the lead' : 'lost the lead');
  }
}

/** Nothing when we were asked to stop while we waited. */
function endOf(fault: unknown, signal: AbortSignal): undefined {
  if (!signal.aborted) throw fault;
}

function tlsOf({ caCert, certificate, privateKey }: Settings): TlsOptions | undefined {
  if (caCert === undefined) return undefined;
  return {
    ca: { file: caCert },
    ...(certificate !== undefined && { certificate: { file: certificate } }),
    ...(privateKey !== undefined && { privateKey: { file: privateKey } }),
  };
}
