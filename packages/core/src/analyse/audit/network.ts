import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import type { DataPlane, Fabric } from '../../fabric/fabric.ts';
import type { FindingCode } from '../../finding/catalogue.ts';
import type { ObjectRef } from '../../finding/finding.ts';
import type { Home } from '../../finding/home.ts';
import { nbRows, type RowId } from '../../finding/row-id.ts';
import type { ExternalFlow } from '../flow.ts';
import { causeOf } from '../flows/marks.ts';
import type { NatRule } from '../flows/nat-rule.ts';
import { type North, northOf } from '../flows/north.ts';
import { type RouterContext, routerContext } from '../flows/router-context.ts';

/** What the checks look at. */
export type AuditInput = {
  readonly nb: Snapshot<NbTables>;
  readonly sb: Snapshot<SbTables>;
  readonly fabric: Fabric;
  readonly flows: readonly ExternalFlow[];
  /** The placement that the owner of a target asked for, where it is known: `fip/web`. */
  readonly placements?: ReadonlyMap<string, 'distributed' | 'centralized' | 'gateway-local'>;
  /** Gateway nodes that are left out or down for now, with the findings that say why. */
  readonly gatewaysOut?: ReadonlyMap<string, FindingCode>;
  /** Whether a controller puts right what Berth programs; taken so when left out. */
  readonly isControlled?: boolean;
  /** Every object there is, as rows name it (`ovn-fip/web`). Without it nothing is known to be left over. */
  readonly objects?: {
    readonly instance: string;
    readonly names: ReadonlySet<string>;
    readonly home?: Home | undefined;
  };
};

/** The input with what several checks want to have read once. */
export type AuditedNetwork = AuditInput & {
  readonly north: North;
  readonly dataPlane: DataPlane;
  readonly routers: readonly RouterContext[];
};

/** Reads the routers once; undefined for a fabric without its data plane, of which nothing can be said. */
export function auditedNetwork(input: AuditInput): AuditedNetwork | undefined {
  const { dataPlane } = input.fabric;
  if (dataPlane === undefined) return undefined;
  const north = northOf(input.nb, input.fabric);
  return { ...input, north, dataPlane, routers: north.routers.map((row) => routerContext(north, row)) };
}

/** The router port as the object of a finding. */
export function portRef(name: string): ObjectRef {
  return { kind: 'Logical_Router_Port', name };
}

/** The rows of router ports, by their names. */
export function portRows(
  names: readonly string[],
  { north }: Pick<AuditedNetwork, 'north'>,
): readonly RowId[] {
  return nbRows(
    'Logical_Router_Port',
    names.flatMap((name) => north.routerPortNamed(name) ?? []),
  );
}

/** A NAT row as the object of a finding: the user's where the row is ours. */
export function ruleRef({ router }: RouterContext, { row, externalIp }: NatRule): ObjectRef {
  return causeOf(row) ?? { kind: 'NAT', name: `${router.name}/${row.type}/${externalIp}` };
}
