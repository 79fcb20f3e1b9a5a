#!/bin/sh
# Makes ovnnb_db.db and ovnsb_db.db in a folder, with OVN's own tools: make.sh FOLDER
# Five nodes of which nothing runs: ovn-sbctl says what their ovn-controllers would.
set -eu
folder=$(mkdir -p "$1" && cd "$1" && pwd)
run=$(mktemp -d)
stop() {
  for file in "$run"/*.pid; do [ ! -e "$file" ] || kill "$(cat "$file")" || true; done
  rm -rf "$run"
}
trap stop EXIT
trap 'exit 1' INT TERM

for side in nb sb; do
  rm -f "$folder/ovn${side}_db.db"
  ovsdb-tool create "$folder/ovn${side}_db.db" "/usr/share/ovn/ovn-$side.ovsschema"
  ovsdb-server --detach --no-chdir --pidfile="$run/$side.pid" \
    --unixctl="$run/$side.ctl" --remote="punix:$run/$side.sock" "$folder/ovn${side}_db.db"
done
ovn-northd --detach --no-chdir --pidfile="$run/northd.pid" --unixctl="$run/northd.ctl" \
  --ovnnb-db="unix:$run/nb.sock" --ovnsb-db="unix:$run/sb.sock"
nb() { ovn-nbctl --db="unix:$run/nb.sock" --timeout=20 "$@"; }
sb() { ovn-sbctl --db="unix:$run/sb.sock" --timeout=20 "$@"; }

# Nodes: two gateways, two for workloads with a bridge to the external network, one without.
address=0
for node in gw-1 gw-2 compute-1 compute-2 compute-3; do
  address=$((address + 1))
  sb chassis-add "$node" geneve "192.0.2.$address"
  sb set Chassis "$node" hostname="$node"
  [ "$node" = compute-3 ] || sb set Chassis "$node" other_config:ovn-bridge-mappings=physnet1:br-ex
done

# A router between the external network and one of its own, with two gateway nodes.
nb lr-add office
nb lrp-add office office-public 02:00:00:00:01:01 203.0.113.2/24
nb lrp-set-gateway-chassis office-public gw-1 20
nb lrp-set-gateway-chassis office-public gw-2 10
nb lr-route-add office 0.0.0.0/0 203.0.113.1
nb lrp-add office office-inside 02:00:00:00:02:01 10.0.0.1/24
nb ls-add public
nb lsp-add public public-office
nb lsp-set-type public-office router
nb lsp-set-addresses public-office router
nb lsp-set-options public-office router-port=office-public nat-addresses=router
nb lsp-add public physical
nb lsp-set-type physical localnet
nb lsp-set-addresses physical unknown
nb lsp-set-options physical network_name=physnet1
nb ls-add inside
nb lsp-add inside inside-office
nb lsp-set-type inside-office router
nb lsp-set-addresses inside-office router
nb lsp-set-options inside-office router-port=office-inside

# Four workloads; three have an address of their own, the fourth shares the router's.
place=10
for port in shop mail wiki desk; do
  nb lsp-add inside "$port"
  nb lsp-set-addresses "$port" "02:00:00:00:02:$place 10.0.0.$place"
  place=$((place + 1))
done
nb lr-nat-add office dnat_and_snat 203.0.113.10 10.0.0.10 shop 02:00:00:00:03:10
nb lr-nat-add office dnat_and_snat 203.0.113.11 10.0.0.11
nb lr-nat-add office dnat_and_snat 203.0.113.12 10.0.0.12 wiki 02:00:00:00:03:12
nb lr-nat-add office snat 203.0.113.2 10.0.0.0/24
nb --wait=sb sync

# Who has claimed what.
sb lsp-bind shop compute-1
sb lsp-bind mail compute-2
sb lsp-bind wiki compute-3
sb lsp-bind desk compute-2
sb lsp-bind cr-office-public gw-1
nb --wait=sb sync
change=$(nb get NB_Global . nb_cfg)
for node in gw-1 gw-2 compute-1 compute-2 compute-3; do
  sb create Chassis_Private name="$node" chassis="$(sb get Chassis "$node" _uuid)" nb_cfg="$change" >>"$run/made"
done

# What northd makes of the rest is large and nobody reads it here.
kill "$(cat "$run/northd.pid")"
while [ -e "$run/northd.pid" ]; do sleep 0.1; done
ovsdb-client transact "unix:$run/sb.sock" '["OVN_Southbound",
  {"op":"delete","table":"Logical_Flow","where":[]}, {"op":"delete","table":"Logical_DP_Group","where":[]}]' >"$run/deleted"
for side in nb sb; do ovs-appctl -t "$run/$side.ctl" ovsdb-server/compact; done
# The servers leave files of their own behind.
rm -f "$folder"/.ovn?b_db.db.~lock~
