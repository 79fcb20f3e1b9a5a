import { type IP, ipAddressAnnotation, macAddressAnnotation, type Pod, refOf } from '@berth/api';
import { familyOf, type Ip, type Mac, parseMac } from '@berth/net';
import { perObject, perObjectWith } from '../../memo/per-object.ts';
import { request } from '../object/candidate.ts';
import type { AddressClaim } from '../object/claim.ts';
import { annotationField, isOnFirst, malformedAddresses } from '../object/pod-annotation.ts';
import type { PreferenceOf } from '../object/preference.ts';
import { storedIps } from '../object/stored-ips.ts';
import type { SurveyedSubnet } from '../object/subnet.ts';
import { isAddressOf, isWithin, lifeOf } from './pod-life.ts';

type Requested = AddressClaim['requested'];

/** What a pod's annotations ask for: nothing where one of them cannot be read, so that the pod keeps what it has. */
export const podRequests = perObject((pod: Pod): Requested => {
  if (malformedAddresses(pod).some(isOnFirst)) return { ips: [], mac: undefined };
  const { annotations } = pod.metadata;
  const mac = parseMac(annotations[macAddressAnnotation] ?? '');
  return {
    ips: (annotations[ipAddressAnnotation] ?? '')
      .split(',')
      .flatMap((text) => request(text.trim(), annotationField(ipAddressAnnotation))),
    mac: mac && { value: mac, field: annotationField(macAddressAnnotation) },
  };
});

type Standing = {
  /** The IP object of the pod's name; undefined where there is none. */
  readonly ip: IP | undefined;
  readonly subnet: SurveyedSubnet;
};

/**
 * What a pod may still ask for. One that was given addresses, which the subnet still has, asks for no others in their place for as long as it lives; where
 * its IP object is lost, those that NB has for it are what it was given.
 */
export function standingRequests(pod: Pod, { ip, subnet }: Standing, preferenceOf: PreferenceOf): Requested {
  if (ip) return besideStored(pod, { ip, subnet });
  const requested = podRequests(pod);
  if (lifeOf(pod) === undefined || isEmpty(requested)) return requested;
  const { ips, mac } = preferenceOf(refOf(pod));
  return without(requested, lateAmong(requested, ips, mac));
}

const besideStored = perObjectWith((pod: Pod, { ip, subnet }: Standing & { readonly ip: IP }): Requested => {
  const requested = podRequests(pod);
  if (isEmpty(requested) || !isAddressOf(pod, ip) || !isWithin(ip, subnet)) return requested;
  return without(requested, lateRequests(requested, ip));
});

/** What is asked for in the place of something that an IP object has. */
export function lateRequests(requested: Requested, ip: IP): Requested {
  return lateAmong(requested, storedIps(ip), parseMac(ip.spec.macAddress ?? ''));
}

function lateAmong({ ips, mac }: Requested, present: readonly Ip[], presentMac: Mac | undefined): Requested {
  const families = new Set(present.map(familyOf));
  return {
    ips: ips.filter(({ value }) => families.has(familyOf(value)) && !present.includes(value)),
    mac: presentMac !== undefined && mac?.value !== presentMac ? mac : undefined,
  };
}

function without({ ips, mac }: Requested, late: Requested): Requested {
  return {
    ips: ips.filter((each) => !late.ips.includes(each)),
    mac: late.mac === undefined ? mac : undefined,
  };
}

function isEmpty({ ips, mac }: Requested): boolean {
  return ips.length === 0 && mac === undefined;
}
