import { labUp, openLab } from '@berth/lab';
const t=Date.now();
const names=(process.argv[3]??'node-1,node-2,node-3').split(',');
try {
const lab = await labUp({name: process.argv[2]??'t1', nodes:names, raft: process.argv[4]==='raft', attached: process.argv[4]==='attached', onProgress:(p)=>console.log(Date.now()-t,p.done,p.total,p.text)});
console.log(Date.now()-t,'up', lab.nbRemote);
console.log(JSON.stringify(await lab.status(),null,1));
if (process.argv[4]==='attached') await new Promise(r=>setTimeout(r,1e8));
} catch (e) { console.log(e); }
