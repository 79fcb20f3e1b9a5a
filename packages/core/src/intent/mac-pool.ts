import { formatRef } from '@berth/api';
import { isUnicastMac, type Mac, macFromSeed } from '@berth/net';
import type { Finding, ObjectRef } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import type { AddressClaim } from './claim.ts';
import type { PreferenceOf } from './preference.ts';
import { type Held, nothingHeld } from './settled-pools.ts';

/** A MAC for each claim on a subnet: the one asked for, the stored one, the preferred one, else one derived from the seed. */
export function allocateMacs(
  claims: readonly AddressClaim[],
  findings: Finding[],
  preferenceOf: PreferenceOf,
  { macs: held }: Pick<Held, 'macs'> = nothingHeld,
): ReadonlyMap<AddressClaim, Mac> {
  const given = new Map<AddressClaim, Mac>();
  const holders = new Map<Mac, ObjectRef>();
  const give = (claim: AddressClaim, mac: Mac): void => {
    given.set(claim, mac);
    holders.set(mac, claim.object);
  };
  const isTaken = (mac: Mac): boolean => holders.has(mac) || held.has(mac);
  const wanted = (claim: AddressClaim): Mac | undefined => claim.requested.mac?.value ?? claim.stored.mac;
  const stored = (claim: AddressClaim): boolean => wanted(claim) === claim.stored.mac;
  for (const claim of [...claims.filter(stored), ...claims.filter((each) => !stored(each))]) {
    const mac = wanted(claim);
    const holder = mac && holders.get(mac);
    if (mac && !holder) give(claim, mac);
    if (!holder) continue;
    findings.push(macTaken(claim, holder));
    if (claim.stored.mac && !holders.has(claim.stored.mac)) give(claim, claim.stored.mac);
  }
  const open = claims.filter((claim) => !given.has(claim) && !wanted(claim));
  for (const claim of open) {
    const { mac } = preferenceOf(claim.object);
    if (mac && isUnicastMac(mac) && !isTaken(mac)) give(claim, mac);
  }
  for (const claim of open) if (!given.has(claim)) give(claim, freeMac(claim.macSeed, isTaken));
  return given;
}

function freeMac(seed: string, isTaken: (mac: Mac) => boolean): Mac {
  for (let attempt = 0; ; attempt++) {
    const mac = macFromSeed(attempt === 0 ? seed : `${seed}#${attempt}`);
    if (!isTaken(mac)) return mac;
  }
}

function macTaken({ object, requested }: AddressClaim, holder: ObjectRef): Finding {
  return finding('address-taken', {
    object,
    field: requested.mac?.field,
    message: `${requested.mac?.value ?? 'its MAC'} is taken by ${formatRef(holder)}`,
    cure: 'choose another MAC, or leave the field out',
    related: [holder],
  });
}
