import { command } from '../script/quote.ts';
import type { Entrance } from './enter.ts';
import { unknown, usage } from './names.ts';
import type { LabPlan } from './plan.ts';
import { runScript } from './script-run.ts';

/** Addresses of `outside` on one network of an external wire. */
export type OutsideNetwork = {
  readonly wire: string;
  /** IEEE 802.1Q tag, 1 to 4094; 0 is untagged. */
  readonly vlanId: number;
  /** With prefix length: `10.9.101.1/24`, `fd00::1/64`. */
  readonly addresses: readonly string[];
};

/** `outside`: a namespace on every external wire that plays the clients and the upstream router. */
export type Outside = {
  /**
   * Gives `outside` exactly these addresses and no others; saying it again changes nothing. An untagged network is on the
   * NIC named like the wire, a tagged one on WIRE.TAG.
   */
  configure(networks: readonly OutsideNetwork[]): Promise<void>;
};

/** The NIC of `outside` on a network. */
export function outsideNic(wire: string, vlanId: number): string {
  return vlanId === 0 ? wire : `${wire}.${vlanId}`;
}

/** The lab's `outside`. */
export function outsideOf(plan: LabPlan, entrance: Entrance): Outside {
  return {
    async configure(networks) {
      await runScript(entrance, plan.directory, 'outside', outsideScript(plan, networks));
    },
  };
}

/** Tagged networks hang on an Open vSwitch of their own, so that a kernel without VLAN devices will do. */
export function outsideScript(plan: LabPlan, networks: readonly OutsideNetwork[]): string {
  for (const { wire, vlanId } of networks) {
    if (!plan.wires.includes(wire)) throw unknown('wire', wire, plan.wires);
    if (!Number.isInteger(vlanId) || vlanId < 0 || vlanId > 4094) {
      throw usage(`${vlanId} is not a VLAN tag`, 'use 1 to 4094, or 0 for none');
    }
  }
  const wanted = new Map<string, { wire: string; vlanId: number; addresses: Set<string> }>();
  for (const wire of plan.wires) wanted.set(wire, { wire, vlanId: 0, addresses: new Set() });
  for (const { wire, vlanId, addresses } of networks) {
    const nic = outsideNic(wire, vlanId);
    const known = wanted.get(nic) ?? { wire, vlanId, addresses: new Set() };
    for (const address of addresses) known.addresses.add(address);
    wanted.set(nic, known);
  }
  const tagged = [...wanted].filter(([, { vlanId }]) => vlanId !== 0);
  return [
    functions,
    'set -e',
    tagged.length === 0 ? '[ ! -e "$home/conf.db" ] || start_switch' : 'start_switch',
    command('only_tagged', ...tagged.map(([nic]) => nic)),
    ...plan.wires.flatMap((wire) => {
      const tags = tagged.filter(([, network]) => network.wire === wire).map(([, { vlanId }]) => vlanId);
      return tags.length === 0 ? [] : [command('trunk', wire, tags.sort((a, b) => a - b).join(','))];
    }),
    ...tagged.map(([nic, { wire, vlanId }]) => command('tagged', wire, vlanId, nic)),
    ...[...wanted].map(([nic, { addresses }]) => command('only_addresses', nic, ...[...addresses].sort())),
  ].join('\n');
}

const functions = `
home=$dir/outside
outside_vsctl() { ovs-vsctl --timeout=10 --db="unix:$home/db.sock" "$@"; }

start_switch() {
  process "$home/ovs-vswitchd.pid" ovs-vswitchd >/dev/null && return
  [ -e "$home/conf.db" ] || ovsdb-tool create "$home/conf.db" "$vswitch_schemas/vswitch.ovsschema"
  (
    export OVS_RUNDIR=$home OVS_LOGDIR=$home
    in_netns outside ovsdb-server --detach --no-chdir -vconsole:off --pidfile --log-file --remote="punix:$home/db.sock" "$home/conf.db"
    outside_vsctl --no-wait set Open_vSwitch . other_config:n-handler-threads=1 other_config:n-revalidator-threads=1
    in_netns outside ovs-vswitchd --detach --no-chdir -vconsole:off --pidfile --log-file "unix:$home/db.sock"
  )
}

# trunk WIRE TAGS: the wire's own port takes frames with these tags only; untagged ones are the kernel's.
trunk() {
  outside_vsctl --may-exist add-br "br-$1" -- set Bridge "br-$1" datapath_type=netdev other_config:disable-in-band=true -- \\
    --may-exist add-port "br-$1" "$1" -- set Port "$1" vlan_mode=trunk "trunks=$2"
}

# tagged WIRE TAG NIC
tagged() {
  outside_vsctl --may-exist add-port "br-$1" "$3" -- set Port "$3" "tag=$2" -- set Interface "$3" type=internal
  ip -n outside link set "$3" up
  in_netns outside ethtool -K "$3" tx off gso off tso off gro off >/dev/null 2>&1 || true
}

# only_tagged NIC...: no others.
only_tagged() {
  local nic
  [ -e "$home/conf.db" ] || return 0
  for nic in $(outside_vsctl --bare --columns=name find Interface type=internal); do
    case $nic in br-*) continue ;; esac
    case " $* " in *" $nic "*) ;; *) outside_vsctl del-port "$nic" ;; esac
  done
}

# only_addresses NIC ADDRESS...: no others.
only_addresses() {
  local nic=$1 address
  shift
  for address in $(ip -n outside -o address show dev "$nic" scope global | awk '{ print $4 }'); do
    case " $* " in *" $address "*) ;; *) ip -n outside address delete "$address" dev "$nic" ;; esac
  done
  for address; do
    case $address in
      *:*) ip -n outside address replace "$address" dev "$nic" nodad ;;
      *) ip -n outside address replace "$address" dev "$nic" ;;
    esac
  done
}
`;
