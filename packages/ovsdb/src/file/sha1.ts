/** SHA-1 (RFC 3174) as 40 hexadecimal digits. It guards records against accidents, not against anybody. */
export function sha1(bytes: Uint8Array): string {
  const blocks = padded(bytes);
  const view = new DataView(blocks.buffer);
  const state = new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]);
  const words = new Int32Array(80);
  for (let offset = 0; offset < blocks.length; offset += 64) {
    for (let place = 0; place < 16; place++) words[place] = view.getInt32(offset + 4 * place);
    addBlock(state, words);
  }
  return [...state].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** The bytes, a one bit, zeros, and the length in bits: a multiple of 64 bytes. */
function padded(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  new DataView(whole.buffer).setBigUint64(whole.length - 8, BigInt(bytes.length) * 8n);
  return whole;
}

function addBlock(state: Int32Array, words: Int32Array): void {
  for (let place = 16; place < 80; place++) {
    const mixed = at(words, place - 3) ^ at(words, place - 8) ^ at(words, place - 14) ^ at(words, place - 16);
    words[place] = (mixed << 1) | (mixed >>> 31);
  }
  let [a, b, c, d, e] = [at(state, 0), at(state, 1), at(state, 2), at(state, 3), at(state, 4)];
  for (let round = 0; round < 80; round++) {
    const next = (((a << 5) | (a >>> 27)) + choose(round, b, c, d) + e + at(words, round)) | 0;
    [e, d, c, b, a] = [d, c, (b << 30) | (b >>> 2), a, next];
  }
  for (const [place, value] of [a, b, c, d, e].entries()) state[place] = at(state, place) + value;
}

/** The function and the constant of a round. */
function choose(round: number, b: number, c: number, d: number): number {
  if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

function at(words: Int32Array, place: number): number {
  return words[place] ?? 0;
}
