import { formatRef } from '@berth/api';
import { isUnicastMac, type Mac, macFromSeed } from '@berth/net';
import type { Finding, ObjectRef } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import type { AddressClaim } from '../object/claim.ts';
import type { PreferenceOf } from '../object/preference.ts';
import { type Held, nothingHeld } from '../object/settled-pools.ts';

/**
 * A MAC for each claim on a subnet: the one asked for, the stored one, the preferred one, else one derived from the seed. One that no station
 * can have counts nowhere.
 */
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
  const wanted = (claim: AddressClaim): Mac | undefined =>
    stationMac(claim.requested.mac?.value) ?? stationMac(claim.stored.mac);
  const stored = (claim: AddressClaim): boolean => wanted(claim) === claim.stored.mac;
  for (const claim of [...claims.filter(stored), ...claims.filter((each) => !stored(each))]) {
    const mac = wanted(claim);
    const holder = mac && holders.get(mac);
    if (mac && !holder) give(claim, mac);
    if (!holder) continue;
    findings.push(macTaken(claim, holder));
    const kept = stationMac(claim.stored.mac);
    if (kept && !holders.has(kept)) give(claim, kept);
  }
  const open = claims.filter((claim) => !given.has(claim) && !wanted(claim));
  for (const claim of open) {
    const mac = stationMac(preferenceOf(claim.object).mac);
    if (mac && !isTaken(mac)) give(claim, mac);
  }
  for (const claim of open) if (!given.has(claim)) give(claim, freeMac(claim.macSeed, isTaken));
  return given;
}

function stationMac(mac: Mac | undefined): Mac | undefined {
  return mac && isUnicastMac(mac) ? mac : undefined;
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
