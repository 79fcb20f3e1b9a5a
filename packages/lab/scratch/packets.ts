import { openLab, ping, startPinging, whoAnswers, tcpEcho, type Lab } from '@berth/lab';
const lab: Lab = openLab('t1');
const sh = async (where:string, s:string) => { const r = await lab.exec(where, ['bash','-ec',s]); if (r.exitCode) console.log('!!',where,s,r.stderr); return r.stdout.trim(); };
const mode = process.argv[2];
if (mode==='setup') {
  for (const n of lab.nodeNames) await sh(n, `ovs-vsctl --may-exist add-br br-ext -- set bridge br-ext datapath_type=netdev -- --may-exist add-port br-ext eth1 -- set open . external_ids:ovn-bridge-mappings=net0:br-ext; ethtool -K br-ext tx off >/dev/null`);
  await lab.outside.configure([{wire:'ext0',vlanId:Number(process.argv[3]??0),addresses:['10.9.101.1/24','fd00:101::1/64']}]);
  const netns = await lab.createPod({namespace:'default',name:'web'});
  await sh('node-1', `ip link add web0 type veth peer name eth0 netns ${netns}; ip link set web0 up; ethtool -K web0 tx off gso off tso off gro off >/dev/null; ovs-vsctl --may-exist add-port br-int web0 -- set interface web0 external_ids:iface-id=web`).catch(()=>0);
  await sh('default/web', `ip link set eth0 address 02:00:00:00:00:04 mtu 1400 up; ip addr replace 192.168.0.4/24 dev eth0; ip addr replace fd00:168::4/64 dev eth0; ip route replace default via 192.168.0.1; ip -6 route replace default via fd00:168::1; ethtool -K eth0 tx off gso off tso off gro off >/dev/null`);
  const tag = process.argv[3] ? `-- set logical_switch_port ln tag=${process.argv[3]}`:'';
  const c = JSON.parse(JSON.stringify(lab.plan.nodes));
  console.log(await sh('central', `ovn-nbctl ls-add ls -- lsp-add ls web -- lsp-set-addresses web "02:00:00:00:00:04 192.168.0.4 fd00:168::4" -- lr-add lr -- lrp-add lr lr-ls 02:00:00:00:01:01 192.168.0.1/24 fd00:168::1/64 -- lsp-add ls ls-lr -- lsp-set-type ls-lr router -- lsp-set-addresses ls-lr router -- lsp-set-options ls-lr router-port=lr-ls -- ls-add ext -- lsp-add ext ln -- lsp-set-type ln localnet -- lsp-set-addresses ln unknown -- lsp-set-options ln network_name=net0 ${tag} -- lrp-add lr lr-ext 02:00:00:00:02:01 10.9.101.2/24 fd00:101::2/64 -- lsp-add ext ext-lr -- lsp-set-type ext-lr router -- lsp-set-addresses ext-lr router -- lsp-set-options ext-lr router-port=lr-ext nat-addresses=router -- lrp-set-gateway-chassis lr-ext ${c[1].systemId} 20 -- lrp-set-gateway-chassis lr-ext ${c[2].systemId} 10
  ovn-nbctl set nb_global . options:bfd-min-rx=300 options:bfd-min-tx=300 options:bfd-mult=3
  ovn-nbctl --wait=sb -t 5 sync`));
  // v4 dist and central
  await sh('central', `ovn-nbctl lr-nat-add lr dnat_and_snat 10.9.101.9 192.168.0.4 web 02:00:00:00:09:09; ovn-nbctl lr-nat-add lr dnat_and_snat fd00:101::9 fd00:168::4 web 02:00:00:00:09:09; ovn-nbctl -t 10 --wait=hv sync`);
}
const show = async (label:string) => {
  for (const to of ['10.9.101.9','fd00:101::9']) console.log(label, to, JSON.stringify(await ping(lab,{from:'outside',to,count:10})), JSON.stringify(await whoAnswers(lab,to)));
  for (const to of ['10.9.101.1','fd00:101::1']) console.log(label,'pod->', to, JSON.stringify(await ping(lab,{from:'default/web',to,count:10})));
};
let port = 20000 + process.pid % 20000;
const tcp = async (label:string) => { for (const [from,server,to] of [['outside','default/web','10.9.101.9'],['default/web','outside','10.9.101.1'],['outside','default/web','fd00:101::9']] as const) { const t=Date.now(); console.log(label,'tcp',from,to, JSON.stringify(await tcpEcho(lab,{from,server,to,port:port++,bytes:4<<20,timeoutMs:8000})), Date.now()-t,'ms'); } };
if (mode==='setup' || mode==='show') { await show('distributed'); await tcp('distributed'); }
if (mode==='central') {
  await sh('central', `for u in $(ovn-nbctl --bare --columns=_uuid find nat); do ovn-nbctl clear nat $u logical_port external_mac; done; ovn-nbctl -t 10 --wait=hv sync`);
  await new Promise(r=>setTimeout(r,2000));
  await show('centralized'); await tcp('centralized');
  await lab.fail([]);
  const p = await startPinging(lab,{from:'outside',to:'10.9.101.9',intervalMs:20});
  const q = await startPinging(lab,{from:'outside',to:'fd00:101::9',intervalMs:20});
  await new Promise(r=>setTimeout(r,1000));
  let t=Date.now(); await lab.fail([{kind:'host',node:'node-2'}]); console.log('fail took',Date.now()-t);
  await new Promise(r=>setTimeout(r,6000));
  console.log('host:ACTIVE v4', JSON.stringify(await p.stop()));
  console.log('host:ACTIVE v6', JSON.stringify(await q.stop()));
  await show('after'); await tcp('after');
  t=Date.now(); await lab.heal(); console.log('heal took',Date.now()-t);
  await new Promise(r=>setTimeout(r,5000));
  await show('healed');
}
