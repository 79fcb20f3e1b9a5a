import { ipAddressAnnotation, macAddressAnnotation, type Pod } from '@berth/api';
import { parseMac } from '@berth/net';
import { request } from './candidate.ts';
import type { AddressClaim } from './claim.ts';
import { annotationField } from './pod-annotation.ts';

/** What a pod's annotations ask for. */
export function podRequests({ metadata: { annotations } }: Pod): AddressClaim['requested'] {
  const mac = parseMac(annotations[macAddressAnnotation] ?? '');
  return {
    ips: (annotations[ipAddressAnnotation] ?? '')
      .split(',')
      .flatMap((text) => request(text.trim(), annotationField(ipAddressAnnotation))),
    mac: mac && { value: mac, field: annotationField(macAddressAnnotation) },
  };
}
