/** The lines of a stream of bytes, without their ends; a last line without one counts too. */
export async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  for await (const chunk of stream) {
    let rest = decoder.decode(chunk, { stream: true });
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = parts.splice(0).join('') + rest.slice(0, end);
      rest = rest.slice(end + 1);
      if (line.trim() !== '') yield line;
    }
    if (rest !== '') parts.push(rest);
  }
  const last = parts.join('') + decoder.decode();
  if (last.trim() !== '') yield last;
}
