/** Answers with a line that says who it is and whom it sees; by TCP it echoes all that comes after it. Ends with its standard input. */
export const serverProgram = `
const [, protocol, port, place] = process.argv;
process.stdin.on('end', () => process.exit(0)).resume();
const line = (address) => [place, port, address.replace(/^::ffff:/, '')].join(' ') + '\\n';
const ready = () => console.log('listening');
const failed = (error) => { console.error(error.message); process.exit(1); };
if (protocol === 'tcp') {
  require('node:net').createServer((socket) => {
    socket.on('error', () => {});
    socket.write(line(socket.remoteAddress));
    socket.pipe(socket);
  }).on('error', failed).listen(Number(port), '::', ready);
} else {
  const socket = require('node:dgram').createSocket('udp6');
  socket.on('error', failed);
  socket.on('message', (_, { address, port }) => socket.send(line(address), port, address));
  socket.bind(Number(port), '::', ready);
}
`;

/**
 * Asks so many servers. Prints what \`askServers\` tells, as JSON. Of several servers each is met by chance: four attempts for each leave
 * one of two out once in 250 times, sixteen never. One server is asked until it answers or time is over; an attempt that was cut short by
 * that says less than a refusal before it.
 */
export const clientProgram = `
const [, protocol, to, port, servers, others, bytes, timeoutMs] = process.argv;
const { randomBytes } = require('node:crypto');
const told = (text) => { const [place, port, peer] = text.trim().split(' '); return { place, port: Number(port), peer }; };

const connect = (limitMs) => new Promise((resolve) => {
  const sent = randomBytes(Number(bytes));
  const end = (result) => { clearTimeout(limit); socket.destroy(); resolve(result); };
  let reason = 'timed out';
  const limit = setTimeout(() => end({ reason }), limitMs);
  const parts = [];
  let size = 0;
  const socket = require('node:net').connect({ host: to, port: Number(port) }, () => { reason = 'stalled'; socket.write(sent); });
  socket.on('data', (part) => {
    parts.push(part);
    size += part.length;
    if (size <= sent.length) return;
    const all = Buffer.concat(parts);
    const line = all.indexOf(10);
    if (all.length - line - 1 < sent.length) return;
    end(all.subarray(line + 1).equals(sent) ? told(all.subarray(0, line).toString()) : { reason: 'other bytes came back' });
  });
  socket.on('error', ({ code }) => end({ reason: code }));
  socket.on('close', () => end({ reason: 'closed' }));
});

const send = (limitMs) => new Promise((resolve) => {
  const socket = require('node:dgram').createSocket(to.includes(':') ? 'udp6' : 'udp4');
  const end = (result) => { clearTimeout(limit); clearInterval(again); socket.removeAllListeners('message'); resolve(result); };
  const limit = setTimeout(() => end({ reason: 'timed out' }), limitMs);
  const ask = () => socket.send('?', Number(port), to);
  const again = setInterval(ask, 100);
  socket.on('message', (text) => end(told(text.toString())));
  socket.on('error', ({ code }) => end({ reason: code }));
  ask();
});

const attempt = protocol === 'tcp' ? connect : send;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

(async () => {
  const results = [];
  const all = Number(servers) + Number(others);
  if (all < 2) {
    const until = Date.now() + Number(timeoutMs);
    do {
      const result = await attempt(Math.max(1, until - Date.now()));
      if (result.reason !== 'timed out' || !results[0]) results[0] = result;
      if (!result.reason) break;
      await wait(50);
    } while (Date.now() < until);
  } else {
    for (const count of [4 * all, 12 * all]) {
      results.push(...await Promise.all(Array.from({ length: count }, () => attempt(Number(timeoutMs)))));
      const met = new Set(results.filter(({ reason }) => !reason).map(({ place, port }) => place + ' ' + port));
      if (met.size === Number(servers) || met.size === 0) break;
    }
  }
  const answers = results.filter(({ reason }) => !reason);
  const [reason] = results.flatMap(({ reason }) => reason ?? []);
  console.log(JSON.stringify({ sent: results.length, answers, reason }));
  process.exit(0);
})();
`;
