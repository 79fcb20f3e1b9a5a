import { formatRef, type ResourceSet, refOf, resourceSetOf, resourcesIn } from '@berth/api';
import { type Chassis, emptyFabric, type Fabric, type Finding } from '@berth/core';
import { located, type PassSettings, previewOf } from '@berth/engine';
import type { Listing } from '@berth/source';

/** The fabric that objects ask for: every node is part of it and has a bridge for every physical network. */
export function assumedFabric({ Node, ProviderNetwork }: ResourceSet): Fabric {
  const mappings = new Set(ProviderNetwork.map(({ metadata }) => metadata.name));
  const chassis = Node.map(({ metadata }): readonly [string, Chassis] => {
    const name = formatRef({ kind: 'Node', name: metadata.name });
    return [name, { name, hostname: metadata.name, mappings }];
  });
  return { ...emptyFabric, chassis: new Map(chassis) };
}

/**
 * What files refer to and no file holds, as lint tells it. A pass does not find it while the object lives on because it is in use: with the
 * folder alone nothing could be made anew. `findings` are the pass's; of an object from elsewhere than a folder there is nothing to say.
 */
export function missingInFolder(
  { listing, findings }: { readonly listing: Listing; readonly findings: readonly Finding[] },
  settings: PassSettings,
): readonly Finding[] {
  const isWritten = (ref: Parameters<Listing['locate']>[0]): boolean => listing.locate(ref) !== undefined;
  const isHeld = findings.some(({ code, object, related }) => {
    return code === 'in-use' && object && !isWritten(object) && related.some(isWritten);
  });
  if (!isHeld) return [];
  const resources = resourceSetOf(resourcesIn(listing.resources).filter((each) => isWritten(refOf(each))));
  const { result } = previewOf({ ...listing, resources }, assumedFabric(resources), settings);
  return result.findings
    .filter(({ code }) => code === 'reference-not-found')
    .map((each) => located(each, listing));
}
