import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseSchemaText } from '../schema/parse.ts';
import { isJsonArray, type Json } from '../value/json.ts';
import { type OvsdbServer, startMemoryServer, startOvsdbServer } from './index.ts';
import { everything, randomTransactions } from './random-transactions.ts';
import { rawClientOn } from './raw-client.ts';
import { formatTranscript, normaliser, parseTranscript } from './transcript.ts';

const cases = join(import.meta.dirname, 'cases');
const schemaFile = join(cases, 'transcript.ovsschema');
const recordFile = join(cases, 'transcript.jsonl');
const database = 'Transcript';
const count = 400;

type Request = (method: string, params: readonly Json[]) => Promise<Json>;

async function replay(
  request: Request,
  transactions: readonly (readonly Json[])[],
): Promise<readonly Json[]> {
  const normalise = normaliser();
  const answers: Json[] = [];
  for (const operations of transactions)
    answers.push(normalise(await request('transact', [database, ...operations])));
  return answers;
}

let real: OvsdbServer;
beforeAll(async () => {
  real = await startOvsdbServer({ schema: { file: schemaFile } });
});
afterAll(() => real.stop());

const empty: readonly Json[] = [
  { op: 'delete', table: 'Owner', where: [] },
  { op: 'delete', table: 'Fan', where: [] },
  { op: 'delete', table: 'Few', where: [] },
  { op: 'delete', table: 'Root', where: [] },
];

async function onReal(transactions: readonly (readonly Json[])[]): Promise<readonly Json[]> {
  using client = rawClientOn(connect(real.remote.slice('unix:'.length)));
  await client.request('transact', [
    database,
    ...empty,
    { op: 'update', table: 'Child', where: [], row: { next: ['set', []] } },
  ]);
  return await replay(client.request, transactions);
}

async function inMemory(transactions: readonly (readonly Json[])[]): Promise<readonly Json[]> {
  await using server = startMemoryServer({ schema: parseSchemaText(await readFile(schemaFile, 'utf8')) });
  using client = rawClientOn(await server.dial({ kind: 'unix', path: '' }, { timeoutMs: 0 }));
  return await replay(client.request, transactions);
}

test('the recorded transcript is what ovsdb-server answers', async () => {
  const transactions = [...randomTransactions(1, count), everything];
  const answers = await onReal(transactions);
  if (process.env['RECORD'] === '1') {
    const transcript = transactions.map((operations, place) => [operations, answers[place] ?? null] as const);
    await writeFile(recordFile, formatTranscript(transcript));
  }
  const recorded = parseTranscript(await readFile(recordFile, 'utf8'));
  expect(recorded.map(([operations]) => operations)).toEqual(transactions);
  expect(answers).toEqual(recorded.map(([, answer]) => answer));
});

test('it holds refusals of every kind, and enough that is not refused', async () => {
  const recorded = parseTranscript(await readFile(recordFile, 'utf8'));
  const words = new Map<string, number>();
  for (const [, answer] of recorded) {
    const text = JSON.stringify(answer);
    const word = /"error":"([^"]+)"/.exec(text)?.[1] ?? 'committed';
    const place =
      isJsonArray(answer) && text.endsWith('}]') && word !== 'committed' ? `${word} at the end` : word;
    words.set(place, (words.get(place) ?? 0) + 1);
  }
  expect([...words.keys()].map((word) => word.replace(' at the end', ''))).toEqual(
    expect.arrayContaining([
      'committed',
      'constraint violation',
      'referential integrity violation',
      'duplicate uuid',
      'duplicate uuid-name',
      'domain error',
      'timed out',
      'not owner',
      'aborted',
      'unknown column',
      'syntax error',
    ]),
  );
  expect(words.get('committed')).toBeGreaterThan(count / 4);
});

describe.each([2, 3, 4, 5])('seed %d', (seed) => {
  test('both servers answer the same', async () => {
    const transactions = [
      ...randomTransactions(seed, count).flatMap((operations) => [operations, everything]),
    ];
    expect(await inMemory(transactions)).toEqual(await onReal(transactions));
  });
});
