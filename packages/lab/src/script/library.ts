import {
  centralIp,
  databaseNodes,
  type LabPlan,
  nbClusterPort,
  nbPort,
  sbClusterPort,
  sbPort,
} from '../lab/plan.ts';
import { networkRemote } from '../lab/where.ts';
import { command, quote } from './quote.ts';

/**
 * `lab.sh` in the lab's directory: what every script of the lab needs, as bash functions. They run in the lab's mount and
 * PID namespaces and in the network namespace `central`; each is idempotent.
 */
export function library(plan: LabPlan): string {
  return [facts(plan), basics, ovsdb, daemons, starting, faults].join('\n');
}

function facts(plan: LabPlan): string {
  const members = databaseNodes(plan);
  return [
    command('set', '-u'),
    `dir=${quote(plan.directory)}`,
    `ovn_schemas=${quote(plan.ovnSchemas)} vswitch_schemas=${quote(plan.vswitchSchemas)}`,
    `nb_remote=${networkRemote(plan, nbPort)} sb_remote=${networkRemote(plan, sbPort)}`,
    `nb_port=${nbPort} sb_port=${sbPort} nb_cluster_port=${nbClusterPort} sb_cluster_port=${sbClusterPort}`,
    `central_ip=${centralIp}`,
    `nodes=(${plan.nodes.map((node) => quote(node.name)).join(' ')})`,
    `members=(${members.map((node) => quote(node.name)).join(' ')})`,
    `wires=(${plan.wires.map(quote).join(' ')})`,
    'declare -A index system_id management_ip tunnel_ip',
    ...plan.nodes.map((node) => {
      const key = `[${quote(node.name)}]`;
      return `index${key}=${node.index} system_id${key}=${node.systemId} management_ip${key}=${node.managementIp} tunnel_ip${key}=${node.tunnelIp}`;
    }),
  ].join('\n');
}

const basics = `
# in_netns NAMESPACE COMMAND...: with the namespace's own /sys.
in_netns() { ip netns exec "$@"; }

# plain NIC...: no offload that leaves checksums or segments to hardware; userspace datapaths would pass them on undone.
plain() {
  local nic
  for nic; do ethtool -K "$nic" tx off gso off tso off gro off >/dev/null; done
}

# process PIDFILE COMMAND: prints the number if that command runs under it; one that has ended and that nobody has reaped yet does not.
process() {
  local pid comm state rest
  { read -r pid <"$1" && read -r _ comm state rest <"/proc/$pid/stat"; } 2>/dev/null || return 1
  [ "$comm" = "(\${2:0:15})" ] && [ "$state" != Z ] && echo "$pid"
}

# slay PIDFILE COMMAND [PIDFILE COMMAND]...: all at once, without notice.
slay() {
  local pids=() files=() pid
  while [ $# -gt 0 ]; do
    if pid=$(process "$1" "$2"); then pids+=("$pid"); files+=("$1"); fi
    shift 2
  done
  [ \${#pids[@]} -eq 0 ] && return 0
  kill -9 "\${pids[@]}" 2>/dev/null
  rm -f "\${files[@]}"
}

node_env() { export OVS_RUNDIR=$dir/nodes/$1 OVN_RUNDIR=$dir/nodes/$1 OVS_LOGDIR=$dir/nodes/$1 OVN_LOGDIR=$dir/nodes/$1 OVS_DBDIR=$dir/nodes/$1; }
`;

const ovsdb = `
# ovn_database nb|sb: the database alone, in central.
start_alone() {
  local db=$1 home=$dir/central schema=$ovn_schemas/ovn-$1.ovsschema port=\${1}_port
  process "$home/ovn\${db}_db.pid" ovsdb-server >/dev/null && return
  [ -e "$home/ovn\${db}_db.db" ] || ovsdb-tool create "$home/ovn\${db}_db.db" "$schema"
  ovsdb-server --detach --no-chdir -vconsole:off -vfile:info --log-file="$home/ovsdb-server-$db.log" \\
    --pidfile="$home/ovn\${db}_db.pid" --unixctl="$home/ovn\${db}_db.ctl" \\
    --remote="punix:$dir/$db.sock" --remote="ptcp:\${!port}:$central_ip" "$home/ovn\${db}_db.db"
}

# start_member nb|sb NODE: the node's member of the cluster; the first member makes the cluster.
start_member() {
  local db=$1 node=$2 home=$dir/nodes/$2 name=OVN_Northbound port=\${1}_port cluster=\${1}_cluster_port schema=$ovn_schemas/ovn-$1.ovsschema
  [ "$db" = sb ] && name=OVN_Southbound
  process "$home/ovn\${db}_db.pid" ovsdb-server >/dev/null && return
  local file=$home/ovn\${db}_db.db here=tcp:\${management_ip[$node]}:\${!cluster} first=\${members[0]}
  if [ ! -e "$file" ]; then
    if [ "$node" = "$first" ]; then ovsdb-tool create-cluster "$file" "$schema" "$here"
    else ovsdb-tool join-cluster "$file" "$name" "$here" "tcp:\${management_ip[$first]}:\${!cluster}"; fi
  fi
  in_netns "$node" ovsdb-server --detach --no-chdir -vconsole:off -vfile:info --log-file="$home/ovsdb-server-$db.log" \\
    --pidfile="$home/ovn\${db}_db.pid" --unixctl="$home/ovn\${db}_db.ctl" \\
    --remote="punix:$home/$db.sock" --remote="ptcp:\${!port}:\${management_ip[$node]}" "$file"
  if [ ! -e "$file.joined" ]; then
    ovsdb-client -t 90 wait "unix:$home/$db.sock" "$name" connected && touch "$file.joined"
  fi
}

# start_database nb|sb: alone, or the members of all nodes named as further arguments.
start_database() {
  local db=$1 node
  shift
  if [ \${#members[@]} -eq 0 ]; then start_alone "$db"; else for node; do start_member "$db" "$node"; done; fi
}
`;

const daemons = `
start_northd() {
  process "$dir/central/ovn-northd.pid" ovn-northd >/dev/null && return
  OVN_RUNDIR=$dir/central OVS_RUNDIR=$dir/central ovn-northd --detach --no-chdir -vconsole:off -vfile:info --pidfile --n-threads=1 \\
    --log-file="$dir/central/ovn-northd.log" --ovnnb-db="$nb_local" --ovnsb-db="$sb_local"
}

start_ovsdb_server() {
  local home=$dir/nodes/$1
  process "$home/ovsdb-server.pid" ovsdb-server >/dev/null && return
  [ -e "$home/conf.db" ] || ovsdb-tool create "$home/conf.db" "$vswitch_schemas/vswitch.ovsschema"
  (node_env "$1"; in_netns "$1" ovsdb-server --detach --no-chdir -vconsole:off -vfile:info --pidfile --log-file \\
    --remote="punix:$home/db.sock" "$home/conf.db")
  # Mappings that were to be put back while the database was down.
  [ -e "$home/mappings.lost" ] || return 0
  local lost network bridge
  lost=$(<"$home/mappings.lost")
  rm "$home/mappings.lost"
  while read -r network bridge; do add_mapping "$1" "$network" "$bridge"; done <<<"$lost"
}

# The tunnel address lives on a port that goes away with the daemon.
start_ovs_vswitchd() {
  local home=$dir/nodes/$1
  process "$home/ovs-vswitchd.pid" ovs-vswitchd >/dev/null && return
  (node_env "$1"; in_netns "$1" ovs-vswitchd --detach --no-chdir -vconsole:off -vfile:info --pidfile --log-file "unix:$home/db.sock")
  printf '%s\\n' "address replace \${tunnel_ip[$1]}/24 dev br-under" "link set br-under up" | ip -n "$1" -batch -
}

# Watched, as ovn-ctl has it: 23.03.1 at times dies of SIGSEGV as it starts, which before it is a daemon is the end of both.
# The one that watches ends with a daemon that was killed or stopped, which is no crash.
start_ovn_controller() {
  local home=$dir/nodes/$1
  process "$home/ovn-controller.pid" ovn-controller >/dev/null && return
  local try
  for try in 1 2 3; do
    (node_env "$1"; in_netns "$1" ovn-controller --detach --monitor --no-chdir -vconsole:off -vfile:info --pidfile --log-file "unix:$home/db.sock") && return
  done
  return 1
}
`;

const starting = `
nb_local=unix:$dir/nb.sock sb_local=unix:$dir/sb.sock
if [ \${#members[@]} -gt 0 ]; then nb_local=$nb_remote sb_local=$sb_remote; fi

# configure_node NODE: the rows every node of the lab has; vswitchd reads them when it starts.
configure_node() {
  local node=$1 home=$dir/nodes/$1
  ovs-vsctl --db="unix:$home/db.sock" --no-wait --may-exist add-br br-int -- \\
    set Bridge br-int datapath_type=netdev fail_mode=secure other_config:disable-in-band=true -- \\
    --may-exist add-br br-under -- set Bridge br-under datapath_type=netdev other_config:disable-in-band=true -- \\
    --may-exist add-port br-under under0 -- \\
    set Open_vSwitch . "external_ids:system-id=\${system_id[$node]}" "external_ids:hostname=$node" \\
    external_ids:rundir="$home" external_ids:ovn-encap-type=geneve "external_ids:ovn-encap-ip=\${tunnel_ip[$node]}" \\
    "external_ids:ovn-remote=\\"$sb_remote\\"" external_ids:ovn-bridge=br-int external_ids:ovn-bridge-datapath-type=netdev \\
    other_config:n-handler-threads=1 other_config:n-revalidator-threads=1
}

# start_node NODE: what its boot does.
start_node() {
  start_ovsdb_server "$1"
  start_ovs_vswitchd "$1"
  start_ovn_controller "$1"
}
`;

const faults = `
# restart_vswitchd NODE: killed and started again; what its flows were is gone. On a dead host nothing starts.
restart_vswitchd() {
  process "$dir/nodes/$1/ovsdb-server.pid" ovsdb-server >/dev/null || return 0
  slay "$dir/nodes/$1/ovs-vswitchd.pid" ovs-vswitchd
  start_ovs_vswitchd "$1"
}

# exit_controller NODE: stopped gracefully; done when its chassis record is gone.
exit_controller() {
  local tries=0
  process "$dir/nodes/$1/ovn-controller.pid" ovn-controller >/dev/null || return 0
  (node_env "$1"; timeout 30 ovn-appctl -t ovn-controller exit)
  while process "$dir/nodes/$1/ovn-controller.pid" ovn-controller >/dev/null && [ $((tries += 1)) -lt 600 ]; do sleep 0.05; done
}

# cut_flows NODE PEER add|del: the overlay between the two, at the node.
cut_flows() {
  local bridge=unix:$dir/nodes/$1/br-under.mgmt peer=\${tunnel_ip[$2]} field
  process "$dir/nodes/$1/ovs-vswitchd.pid" ovs-vswitchd >/dev/null || return 0
  for field in nw_src nw_dst; do
    if [ "$3" = add ]; then ovs-ofctl add-flow "$bridge" "priority=100,ip,$field=$peer,actions=drop"
    else ovs-ofctl --strict del-flows "$bridge" "priority=100,ip,$field=$peer"; fi
  done
}

# mappings NODE [VALUE]: prints or writes ovn-bridge-mappings.
mappings() {
  local vsctl=(ovs-vsctl --timeout=20 --db="unix:$dir/nodes/$1/db.sock" --no-wait) value
  process "$dir/nodes/$1/ovsdb-server.pid" ovsdb-server >/dev/null || return 1
  if [ $# -eq 1 ]; then
    value=$("\${vsctl[@]}" --if-exists get Open_vSwitch . external_ids:ovn-bridge-mappings) && value=\${value%\\"} && echo "\${value#\\"}"
  elif [ -z "$2" ]; then "\${vsctl[@]}" remove Open_vSwitch . external_ids ovn-bridge-mappings
  else "\${vsctl[@]}" set Open_vSwitch . "external_ids:ovn-bridge-mappings=\\"$2\\""; fi
}

# remove_mapping NODE NETWORK, add_mapping NODE NETWORK BRIDGE
remove_mapping() {
  local all kept='' one
  all=$(mappings "$1") || return 0
  for one in \${all//,/ }; do [ "\${one%%:*}" = "$2" ] || kept+=\${kept:+,}$one; done
  [ "$kept" = "$all" ] || mappings "$1" "$kept"
}
add_mapping() {
  local all
  all=$(mappings "$1") || { echo "$2 $3" >>"$dir/nodes/$1/mappings.lost"; return 0; }
  case ",$all" in *,"$2":*) ;; *) mappings "$1" "\${all:+$all,}$2:$3" ;; esac
}

# pod_link NETNS down|up: keeps and restores what the kernel forgets with the link.
pod_link() {
  local netns=$1 file=$dir/pods/$1 nic family
  ip netns list | grep -q "^$netns\\( \\|$\\)" || return 0
  for nic in $(ip -n "$netns" -o link show | awk -F': ' '$2 !~ /^lo/ { sub(/@.*/, "", $2); print $2 }'); do
    if [ "$2" = down ]; then
      ip -n "$netns" link show "$nic" | grep -q '[<,]UP[,>]' || continue
      for family in 4 6; do ip -n "$netns" -$family route save dev "$nic" >"$file.$nic.$family"; done
      ip -n "$netns" link set "$nic" down
    else
      ip -n "$netns" link set "$nic" up
      for family in 4 6; do
        [ -s "$file.$nic.$family" ] && ip -n "$netns" -$family route restore <"$file.$nic.$family" 2>/dev/null
        rm -f "$file.$nic.$family"
      done
    fi
  done
}
`;
