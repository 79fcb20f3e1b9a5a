import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseSchemaText } from '../schema/parse.ts';
import { startMemoryServer } from './memory-server.ts';
import { rawClientOn } from './raw-client.ts';
import { normaliser, parseTranscript } from './transcript.ts';

const cases = join(import.meta.dirname, 'cases');

test('the in-memory server answers as ovsdb-server was recorded to', async () => {
  const schema = parseSchemaText(await readFile(join(cases, 'transcript.ovsschema'), 'utf8'));
  const recorded = parseTranscript(await readFile(join(cases, 'transcript.jsonl'), 'utf8'));
  await using server = startMemoryServer({ schema });
  using client = rawClientOn(await server.dial({ kind: 'unix', path: '' }, { timeoutMs: 0 }));
  const normalise = normaliser();
  for (const [operations, expected] of recorded) {
    const answer = await client.request('transact', [schema.name, ...operations]);
    expect({ operations, answer: normalise(answer) }).toEqual({ operations, answer: expected });
  }
});
