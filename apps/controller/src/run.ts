import { leading, type PassSettings } from '@berth/engine';
import type { TlsOptions } from '@berth/ovsdb';
import { formatRight, holdCluster, KubeReader, MissingRights } from '@berth/source/kube';
import type { Logger } from 'pino';
import type { Admission, AdmissionOptions } from './admission/admission.ts';
import type { CertificateTimes } from './admission/keeper.ts';
import type { Settings } from './flags.ts';
import { leadOnOvn } from './lead-on-ovn.ts';
import { leaseHealth } from './lease-health.ts';
import { codeOf, connectionLog, faultFields, followLog, levelOf, passLog, rightsLog } from './log.ts';
import { newMetrics } from './metrics.ts';
import { type Check, serve } from './serve.ts';

/** Told once the addresses are served: with port 0 nobody knows them before. */
export type OnServing = (url: string, admissionPort: number | undefined) => void;

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
    certificateTimes,
    rightsSettleMs,
  }: {
    readonly log: Logger;
    readonly signal: AbortSignal;
    readonly onServing?: OnServing;
    /** Of the webhooks' certificate; the usual ones by default. */
    readonly certificateTimes?: Partial<CertificateTimes>;
    /** How long a right has to be missing before it is told; the usual time by default. */
    readonly rightsSettleMs?: number;
  },
): Promise<void> {
  const metrics = newMetrics();
  const onFault = (fault: unknown): void => {
    metrics.failed(codeOf(fault));
    log[levelOf(fault, 'error')](faultFields(fault), 'trying again');
  };
  const lease = leaseHealth(log);
  const follow = followLog(log);
  const rights = new MissingRights(rightsLog(log), rightsSettleMs);
  await using reader = new KubeReader({
    kubeconfig: settings.kubeconfig,
    context: settings.context,
    observe: {
      ...metrics.observer,
      called: (call) => {
        metrics.observer.called?.(call);
        rights.called(call);
      },
      listed: (kind, count) => {
        metrics.observer.listed?.(kind, count);
        follow.followed(kind);
      },
      event: (kind, type) => {
        metrics.observer.event?.(kind, type);
        follow.followed(kind);
      },
      failed: follow.failed,
    },
  });
  let holder = '';
  let hasPassed = false;
  let isLeading = false;
  /** Why there is no pass yet: the fault of the last try. */
  let hindrance: string | undefined;
  const checks = (): readonly Check[] => {
    const { isSynced, lost } = reader.health();
    return [
      { name: 'caches', isFine: isSynced },
      { name: 'watches', isFine: lost.length === 0, why: toSay('not followed: ', lost) },
      lease.check(),
      { name: 'passes', isFine: !isLeading || hasPassed, why: hindrance },
      // A right that is missing is told, and no reason to take out of service what works without it.
      { name: 'rights', isFine: true, why: toSay('not allowed: ', rights.all.map(formatRight)) },
    ];
  };
  await using served = await serve(settings.listen, { registry: metrics.registry, checks });
  const rules = passSettingsOf(settings);
  await using admission = await admissionOf(settings, {
    ...{ reader, metrics, log, times: certificateTimes },
    settings: rules,
  });
  log.info({ url: served.url, identity: settings.identity, cluster: reader.api.server }, 'standing by');
  onServing?.(served.url, admission?.port);
  const { leaseNamespace: namespace, leaseName: name, identity } = settings;
  const observe = {
    leaseHeld: (present: string) => {
      if (present !== holder) log.info({ holder: present }, 'another controller leads');
      holder = present;
    },
    leaseAnswered: () => {
      metrics.leaseAnswered();
      lease.answered();
    },
    leaseFailed: (fault: unknown) => {
      metrics.failed(codeOf(fault));
      lease.failed(fault);
    },
    eventLost: (fault: unknown) => log[levelOf(fault, 'warn')](faultFields(fault), 'an event is lost'),
  };
  await leading({
    signal,
    hold: () => holdCluster(reader, { lease: { namespace, name, identity }, observe }, signal),
    async lead(source, termSignal) {
      isLeading = true;
      hasPassed = false;
      hindrance = undefined;
      log.info({ identity }, 'leading');
      const logPass = passLog(log);
      await leadOnOvn({
        ...{ source, metrics, signal: termSignal, onConnection: connectionLog(log) },
        remotes: { nb: settings.nb, sb: settings.sb, tls: tlsOf(settings) },
        settings: rules,
        onFault: (fault) => {
          // Who waits for a word of the operator's asks for it once.
          if (codeOf(fault) !== 'led-elsewhere' || messageOf(fault) !== hindrance) onFault(fault);
          if (!hasPassed) hindrance = messageOf(fault);
        },
        onPass: (result) => {
          hasPassed = true;
          hindrance = undefined;
          logPass(result);
        },
      });
    },
    onLost: () => {
      isLeading = false;
      log.info({ identity }, 'lost the lead');
    },
  });
  if (isLeading) log.info({ identity }, 'let go of the lead');
}

/** What there is to say of a check; undefined when nothing is. */
function toSay(what: string, which: readonly string[]): string | undefined {
  return which.length === 0 ? undefined : `${what}${which.join(', ')}`;
}

function passSettingsOf({ instance, adopt, externalGatewaySwitch }: Settings): PassSettings {
  return { instance, adopt, defaultExternalSubnet: externalGatewaySwitch };
}

/** Loaded only where webhooks are answered: certificates take a large library. */
async function admissionOf(
  { admissionListen: listen, admissionNames, admissionSecret, admissionConfiguration }: Settings,
  options: AdmissionOptions,
): Promise<Admission | undefined> {
  if (!listen) return undefined;
  const { openAdmission } = await import('./admission/admission.ts');
  const named = { secret: admissionSecret, configuration: admissionConfiguration };
  return openAdmission({ listen, names: admissionNames, ...named }, options);
}

function tlsOf({ caCert, certificate, privateKey }: Settings): TlsOptions | undefined {
  if (caCert === undefined) return undefined;
  return {
    ca: { file: caCert },
    ...(certificate !== undefined && { certificate: { file: certificate } }),
    ...(privateKey !== undefined && { privateKey: { file: privateKey } }),
  };
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
