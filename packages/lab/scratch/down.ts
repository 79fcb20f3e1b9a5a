import { openLab, listLabs } from '@berth/lab';
const t=Date.now(); const l=openLab(process.argv[2]); await l.down(); console.log('down', Date.now()-t, listLabs().map(l=>l.name));
