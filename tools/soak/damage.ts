import type { Draw } from './wishes.ts';

/** A piece of shell for the central node that damages rows of Berth in NB by hand. */
export type Damage = { readonly says: string; readonly script: string };

/** Takes a row at random in the shell, so that it is one that is there. */
const oneOf = (table: string): string =>
  `ovn-nbctl --bare --columns=_uuid find ${table} 'external_ids!={}' | grep . | shuf -n 1`;

const deleteOf = {
  Logical_Router_Port: 'lrp-del',
  Logical_Switch_Port: 'lsp-del',
  Logical_Router: 'lr-del',
  Logical_Switch: 'ls-del',
} as const;

const damages: readonly Damage[] = [
  ...Object.entries(deleteOf).map(([table, command]) => ({
    says: `a row of ${table} is deleted`,
    script: `row=$(${oneOf(table)}); test -z "$row" || ovn-nbctl ${command} "$row"`,
  })),
  ...[
    ['NAT', 'logical_ip=192.168.1.77'],
    ['NAT', 'external_mac="02:00:00:00:77:77"'],
    ['Logical_Router_Port', 'mac="02:00:00:00:77:78"'],
    ['Logical_Router_Port', 'enabled=false'],
    ['Logical_Switch_Port', 'enabled=false'],
    ['Logical_Switch_Port', 'addresses=unknown'],
    ['Logical_Router_Static_Route', 'nexthop=10.9.101.77'],
  ].map(([table = '', column = '']) => ({
    says: `${table} ${column}`,
    script: `row=$(${oneOf(table)}); test -z "$row" || ovn-nbctl set ${table} "$row" '${column}'`,
  })),
  ...[
    ['NAT', 'logical_port external_mac'],
    ['Logical_Router_Port', 'gateway_chassis ha_chassis_group'],
    ['Logical_Router', 'nat'],
    ['Logical_Router', 'static_routes'],
    ['Logical_Router', 'ports'],
    ['Logical_Switch', 'ports'],
    ['Logical_Switch_Port', 'options'],
    ['NAT', 'external_ids'],
  ].map(([table = '', columns = '']) => ({
    says: `${table} without ${columns}`,
    script: `row=$(${oneOf(table)}); test -z "$row" || ovn-nbctl clear ${table} "$row" ${columns}`,
  })),
];

/** Something that somebody does to NB behind Berth's back. */
export function drawDamage(draw: Draw): Damage {
  return draw(damages) ?? { says: 'nothing', script: 'true' };
}
