import type { ResourceSet } from '@berth/api';
import type { Settings } from '@berth/core';
import { type KubeReader, type SecretPlace, webhooks } from '@berth/source/kube';
import type { Logger } from 'pino';
import { faultFields } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { type Answer, sentence } from './answer.ts';
import { judgeObject } from './judge-object.ts';
import { judgePod } from './judge-pod.ts';
import { type CertificateTimes, keepCertificate, usualCertificateTimes } from './keeper.ts';
import type { AdmissionRequest } from './review.ts';
import { type Judge, serveWebhooks } from './serve-webhooks.ts';

/** What the command line says of admission. */
export type AdmissionSettings = {
  readonly listen: { readonly host: string; readonly port: number };
  /** DNS names and addresses that the API server asks for. */
  readonly names: readonly string[];
  readonly secret: SecretPlace;
  /** The name of both webhook configurations. */
  readonly configuration: string;
};

export type AdmissionOptions = {
  readonly reader: KubeReader;
  readonly settings: Settings;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly times?: Partial<CertificateTimes> | undefined;
};

/** A running answerer of webhooks. */
export type Admission = AsyncDisposable & { readonly port: number };

/**
 * Answers admission webhooks from what the reader knows, whoever leads. Until every kind is listed everything is let
 * pass with a warning: what is wrong the controller finds later. Rejects when the address cannot be listened on.
 */
export async function openAdmission(
  { listen, names, secret, configuration }: AdmissionSettings,
  { reader, settings, metrics, log, times }: AdmissionOptions,
): Promise<Admission> {
  const judgeWith =
    (webhook: string, judge: (asked: AdmissionRequest, resources: ResourceSet) => Answer): Judge =>
    (asked) => {
      const answer = reader.health().isSynced
        ? tried(() => judge(asked, reader.resources()), log)
        : unchecked;
      metrics.admitted(webhook, answer.kind);
      if (answer.kind === 'refused')
        log.info(
          { webhook, operation: asked.operation, codes: answer.findings.map(({ code }) => code) },
          answer.findings.map(sentence).join('; '),
        );
      return answer;
    };
  const judges = new Map([
    [webhooks.objects.path, judgeWith('objects', (asked, all) => judgeObject(asked, all, settings))],
    [webhooks.pods.path, judgeWith('pods', judgePod)],
  ]);
  const served = await serveWebhooks(listen, judges);
  const stop = new AbortController();
  const keeping = keepCertificate({
    ...{ api: reader.api, secret, names, configuration, signal: stop.signal },
    times: { ...usualCertificateTimes, ...times },
    onCertificate: (own, endMs) => {
      served.present(own);
      metrics.certificateEnds(endMs);
      log.info({ until: new Date(endMs).toISOString() }, 'admission has a certificate');
    },
    onFault: (fault) => log.warn(faultFields(fault), 'the certificate of admission waits'),
  });
  return {
    port: served.port,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await keeping;
      await served[Symbol.asyncDispose]();
    },
  };
}

const unchecked: Answer = {
  kind: 'allowed',
  warnings: ['berth has not read the cluster yet and lets this pass unchecked'],
};

/** A fault of ours refuses nothing. */
function tried(judge: () => Answer, log: Logger): Answer {
  try {
    return judge();
  } catch (fault) {
    log.error(faultFields(fault), 'a question of admission could not be answered');
    return { kind: 'allowed', warnings: ['berth could not check this because of a fault of its own'] };
  }
}
