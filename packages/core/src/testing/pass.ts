import type { Condition, Resource } from '@berth/api';
import type { Fabric } from '../fabric/fabric.ts';
import type { Finding } from '../finding/finding.ts';
import { withWrites } from '../intent/object/write.ts';
import { statusWrites } from '../status/status-writes.ts';
import { fieldFabric } from './field-story.ts';
import { settings, settle } from './settle.ts';

/** When a pass is, unless said otherwise. */
export const morning = '2026-01-01T08:00:00Z';
/** Later. */
export const noon = '2026-01-01T12:00:00Z';

/** Objects with their status after a pass, and what of it had to be stored. */
export function afterPass(
  objects: readonly Resource[],
  fabric: Fabric = fieldFabric,
  extra: { readonly now?: string; readonly findings?: readonly Finding[]; readonly asker?: object } = {},
) {
  const settled = settle(objects, fabric);
  const findings = [...settled.findings, ...(extra.findings ?? [])];
  const input = {
    ...settled,
    findings,
    fabric,
    now: extra.now ?? morning,
    defaultExternalSubnet: settings.defaultExternalSubnet,
    ...(extra.asker && { asker: extra.asker }),
  };
  const writes = statusWrites(input);
  const resources = withWrites(settled.resources, writes);
  const { intent } = settled;
  return { writes, resources, intent, again: statusWrites({ ...input, resources, now: noon }) };
}

/** What a pass left. */
export type Pass = ReturnType<typeof afterPass>;

/** What had to be stored, `Vpc/vpc1`. */
export const written = ({ writes }: Pass): readonly string[] =>
  writes.map(({ object }) => `${object.kind}/${object.metadata.name}`);

type Stated = {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditions?: readonly Condition[] | undefined } | undefined;
};

type Kind =
  | 'OvnFip'
  | 'OvnSnatRule'
  | 'OvnDnatRule'
  | 'OvnEip'
  | 'Vip'
  | 'Vpc'
  | 'Subnet'
  | 'Vlan'
  | 'ProviderNetwork'
  | 'GatewayPolicy';

/** The status of an object after the pass. */
export function statusOf({ resources }: Pass, kind: Kind, name: string): Stated['status'] {
  const objects: readonly Stated[] = resources[kind];
  return objects.find(({ metadata }) => metadata.name === name)?.status;
}

/** `True Programmed: message`: the condition Ready. */
export function ready(pass: Pass, kind: Kind, name: string): string {
  const condition = statusOf(pass, kind, name)?.conditions?.find(({ type }) => type === 'Ready');
  return `${condition?.status} ${condition?.reason}: ${condition?.message}`;
}

export const bridge = 'external0:br-external0';

/** The mappings of the field story's nodes. */
export const nodes = { 'vnode-103-176': bridge, 'vnode-103-177': bridge, 'vnode-117-46': bridge };
