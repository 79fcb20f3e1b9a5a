import type { Obstacle } from '../flow.ts';
import type { Router, RouterPort, SwitchPort } from '../flows/north.ts';

type Disabled = Pick<Obstacle, 'reason' | 'why' | 'rows' | 'cure'>;

/** What a switch port that is disabled stops (ovn-nb(5), Logical_Switch_Port enabled); undefined for one that is not. */
export function disabledSwitchPort(port: SwitchPort | undefined): Disabled | undefined {
  if (port?.enabled !== false) return undefined;
  const { name, _uuid: uuid } = port;
  return {
    reason: 'port-disabled',
    why: `switch port ${name} is disabled: everything to and from it is dropped`,
    rows: [{ db: 'NB', table: 'Logical_Switch_Port', uuid, name }],
    cure: `enable it: ovn-nbctl lsp-set-enabled ${name} enabled`,
  };
}

/**
 * What stops everything to the hosts of a physical network: a switch sends what is for a MAC that none of its ports has to those with the
 * address `unknown` only (ovn-nb(5), Logical_Switch_Port addresses).
 */
export function walledIn(localnets: readonly SwitchPort[]): Disabled | undefined {
  const [port] = localnets;
  if (port === undefined || localnets.some(({ addresses }) => addresses?.has('unknown'))) return undefined;
  const { name, _uuid: uuid } = port;
  return {
    reason: 'network-down',
    why: `localnet port ${name} does not have the address "unknown", so OVN sends nothing to hosts outside`,
    rows: [{ db: 'NB', table: 'Logical_Switch_Port', uuid, name }],
    cure: `give it that: ovn-nbctl lsp-set-addresses ${name} unknown`,
  };
}

/** The same of a router port (ovn-nb(5), Logical_Router_Port enabled). */
export function disabledRouterPort(port: RouterPort | undefined): Disabled | undefined {
  if (port?.enabled !== false) return undefined;
  const { name, _uuid: uuid } = port;
  return {
    reason: 'port-disabled',
    why: `router port ${name} is disabled: everything to and from it is dropped`,
    rows: [{ db: 'NB', table: 'Logical_Router_Port', uuid, name }],
    cure: `enable it: ovn-nbctl lrp-set-enabled ${name} enabled`,
  };
}

/** The same of a whole router (ovn-nb(5), Logical_Router enabled). */
export function disabledRouter({ name, enabled, _uuid: uuid }: Router): Disabled | undefined {
  if (enabled !== false) return undefined;
  return {
    reason: 'router-disabled',
    why: `router ${name} is disabled: it forwards nothing`,
    rows: [{ db: 'NB', table: 'Logical_Router', uuid, name }],
    cure: `enable it: ovn-nbctl clear Logical_Router ${name} enabled`,
  };
}
