import { SourceFault } from '@berth/source';
import { expect, test } from 'vitest';
import { styleOf } from '../output/style.ts';
import { labFaults } from './lab-faults.ts';

/** What is said of a lab. */
function told(isRunning = true) {
  const lines: string[] = [];
  const err = { write: (text: string) => void lines.push(text), style: styleOf(false) };
  return { lines, ...labFaults({ err }, { isRunning: () => isRunning }) };
}

const away = new SourceFault('cluster-unreachable', 'the API server cannot be reached');

test('a complaint is told once, and taken back once when the agent reports again', () => {
  const { lines, failed, reported } = told();
  failed('node/n1', away);
  failed('node/n1', new SourceFault('cluster-unreachable', 'the API server does not answer'));
  reported('n2');
  reported('n1');
  reported('n1');
  expect(lines).toEqual([
    'node/n1: error: the API server cannot be reached\n',
    'node/n1: its agent reports again\n',
  ]);
  failed('node/n1', away);
  expect(lines).toHaveLength(3);
});

test('a report takes nothing back that has to do with the node itself', () => {
  const { lines, failed, reported } = told();
  failed('node/n1', new Error('there is no bridge'));
  reported('n1');
  expect(lines).toHaveLength(1);
});

test('nothing is said of a lab that has ended', () => {
  const { lines, failed } = told(false);
  failed('node/n1', away);
  expect(lines).toEqual([]);
});
