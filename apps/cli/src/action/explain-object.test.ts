import { finding } from '@berth/core';
import { folderReader } from '@berth/source';
import { beforeAll, expect, test } from 'vitest';
import { storyText } from '../output/story-text.ts';
import { styleOf } from '../output/style.ts';
import { objectStory, storyExplanation } from './explain-object.ts';

const folder = new URL('../../../../examples/01-field-story', import.meta.url).pathname;
const intent = { vpcs: [], externals: [] };
let resources: Parameters<typeof objectStory>[1];

beforeAll(async () => {
  await using reader = folderReader({ folder, now: () => '2026-01-01T00:00:00Z' });
  resources = (await reader.list()).resources;
});

const missing = finding('not-programmed', {
  object: { kind: 'OvnFip', name: 'web' },
  message: 'NB lacks what it asks for: NAT vpc1 dnat_and_snat 10.9.101.9',
  cure: 'start it',
});

test('an object without rows is told with what is wrong with it and with what it is about', () => {
  const story = objectStory({ kind: 'OvnFip', name: 'web' }, resources, { intent }, [missing]);
  expect(story).toMatchObject({ isWrong: true, now: 'does not work: not-programmed' });
  const text = storyText('fip/web', story, { style: styleOf(false), columns: 100 });
  expect(text).toMatch(/^fip\/web {2}ovn-fip\/web\nnow {9}does not work: not-programmed\n/);
  expect(text).toContain('NB lacks what it asks for');
  // The EIP is not wrong itself, but what uses it is.
  expect(objectStory({ kind: 'OvnEip', name: 'web' }, resources, { intent }, [missing]).findings).toEqual([
    missing,
  ]);
});

test('an object that nothing is wrong with says that nothing of it leads outside', () => {
  const story = objectStory({ kind: 'Pod', namespace: 'default', name: 'web' }, resources, { intent }, [
    missing,
  ]);
  expect(story).toMatchObject({ isWrong: false, findings: [] });
  expect(story.now).toContain('no floating IP');
});

test('a node without chassis is not taken for one that merely has no address', () => {
  const node = { kind: 'Node', name: 'vnode-117-46' };
  const story = objectStory(node, resources, { intent }, []);
  expect(story).toMatchObject({ isWrong: true, now: 'is not part of this OVN: SB has no chassis of it' });
});

test('what is wrong with another address on the same network is not taken for its trouble', () => {
  const other = finding('address-outside-subnet', {
    object: { kind: 'OvnEip', name: 'far' },
    message: '10.9.102.9 is not in 10.9.101.0/24 of subnet/external0',
    cure: 'choose another',
    related: [{ kind: 'Subnet', name: 'external0' }],
  });
  const kept = finding('keep-unreadable', {
    object: { kind: 'OvnFip', name: 'web' },
    message: 'the annotation berth.dev/keep of ovn-fip/web cannot be read',
    cure: 'remove it',
  });
  const story = objectStory({ kind: 'OvnFip', name: 'web' }, resources, { intent }, [other, kept, missing]);
  expect(story.findings).toEqual([kept, missing]);
  expect(story.now).toBe('does not work: not-programmed');
  const eip = objectStory({ kind: 'OvnEip', name: 'web' }, resources, { intent }, [other]);
  expect(eip).toMatchObject({ isWrong: false, findings: [] });
});

test('what is wrong with an object it needs is told as that one’s', () => {
  const lost = finding('gateways-lost', {
    object: { kind: 'OvnEip', name: 'web' },
    message: 'lost',
    cure: 'start one',
  });
  const story = objectStory({ kind: 'OvnFip', name: 'web' }, resources, { intent }, [lost]);
  expect(story).toMatchObject({ isWrong: true, now: 'does not work: ovn-eip/web has gateways-lost' });
});

test('what was given back is somebody else’s, and it is said where to look', () => {
  const given = finding('given-back', {
    ...missing,
    message: 'the row was given back',
    cure: 'take it over',
  });
  const [eip] = resources.OvnEip;
  const known = {
    ...resources,
    OvnEip: eip ? [{ ...eip, status: { ...eip.status, v4Ip: '10.9.101.9' } }] : [],
  };
  const story = objectStory({ kind: 'OvnFip', name: 'web' }, known as typeof resources, { intent }, [given]);
  expect(story).toMatchObject({ isWrong: false, findings: [given] });
  expect(story.now).toMatch(/^is somebody else's .*; berth explain 10\.9\.101\.9 tells/);
  expect(storyExplanation('fip/web', story).now.outcome).toBe('unknown');
});
