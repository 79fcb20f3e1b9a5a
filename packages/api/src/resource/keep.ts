import { isUnicastMac, parseMac } from '@berth/net';
import { z } from 'zod';
import { keepAnnotation } from '../well-known.ts';
import type { DeepReadonly } from './readonly.ts';

const mac = z
  .string()
  .refine((text) => parseMac(text) === text, 'not a MAC address')
  .refine(isOfOneStation, 'not the address of one station');

/** What the annotation `berth.dev/keep` may hold, by the kind it is on. */
const keepSchemas = {
  OvnFip: z.strictObject({
    /** Where the NAT runs, whatever the object, a policy or the ConfigMap asks for. */
    placement: z.enum(['distributed', 'centralized']),
    /** The MAC that answers, for as long as the workload's port is `port`. */
    mac: mac.optional(),
    port: z.string().optional(),
    /** Whether OVN translates without conntrack (ovn-nb(5), NAT options:stateless). */
    stateless: z.boolean().optional(),
  }),
  Vpc: z.strictObject({
    /** The nodes of each external subnet's gateway group, most preferred first. */
    gateways: z.record(z.string(), z.array(z.string())),
    /** The router has a default route of somebody else's, and is to get no other beside it. */
    defaultRoute: z.literal('found').optional(),
  }),
  Subnet: z.strictObject({
    /** The MAC of the router's port, which workloads have in their neighbour caches. */
    routerMac: mac,
  }),
} as const;

/** The kinds that can keep something. */
export type KeepingKind = keyof typeof keepSchemas;

/** What an object of a kind keeps from before it was taken over. */
export type Keep<Kind extends KeepingKind = KeepingKind> = DeepReadonly<z.infer<(typeof keepSchemas)[Kind]>>;

/** An object that may keep something, as far as it matters. */
type Keeping<Kind extends KeepingKind> = {
  readonly kind: Kind;
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
};

/** What the annotation of an object says: what it keeps, or what is wrong with it; undefined where it says nothing. */
export function keepOf<Kind extends KeepingKind>({
  kind,
  metadata: { annotations },
}: Keeping<Kind>): { readonly keep: Keep<Kind> } | { readonly fault: string } | undefined {
  const text = annotations[keepAnnotation];
  if (text === undefined || text === '') return undefined;
  const json = parsedJson(text);
  if (!json) return { fault: 'it is not JSON' };
  const { data, error } = keepSchemas[kind].safeParse(json.value);
  if (data) return { keep: data as Keep<Kind> };
  const [issue] = error.issues;
  const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  return { fault: `${where}${issue?.message ?? 'it cannot be read'}` };
}

/** What an object keeps, as far as it can be told. */
export function readKeep<Kind extends KeepingKind>(object: Keeping<Kind>): Keep<Kind> | undefined {
  const found = keepOf(object);
  return found && 'keep' in found ? found.keep : undefined;
}

function isOfOneStation(text: string): boolean {
  const read = parseMac(text);
  return read !== undefined && isUnicastMac(read);
}

function parsedJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** The form of an annotation, by the kind it is on, with nothing in it that could be pasted and move an address. */
export const keepForms: Readonly<Record<KeepingKind, string>> = {
  OvnFip: '{"placement":"distributed","mac":"<MAC>","port":"<port>"}',
  Vpc: '{"gateways":{"<subnet>":["<node>","<node>"]}}',
  Subnet: '{"routerMac":"<MAC>"}',
};

/** The annotation that holds a keep. */
export function keepText(keep: Keep): string {
  return JSON.stringify(keep);
}
