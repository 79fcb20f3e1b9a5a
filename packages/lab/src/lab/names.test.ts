import { describe, expect, it } from 'vitest';
import { checkNames, checkPodName, unknown } from './names.ts';
import { nearest } from './nearest.ts';

const wires = ['ext0'];

describe('checkNames', () => {
  it('takes what a lab can have', () => {
    expect(() => checkNames('lab-1', ['vnode-103-176', 'a.example'], ['ext0', 'lan'])).not.toThrow();
  });

  it.each([
    ['Lab', ['a'], wires, '"Lab" cannot name a lab'],
    ['-', ['a'], wires, '"-" cannot name a lab'],
    ['lab', [], wires, 'a lab needs a node'],
    ['lab', ['A'], wires, '"A" cannot name a node'],
    ['lab', ['a/b'], wires, '"a/b" cannot name a node'],
    ['lab', ['central'], wires, 'cannot be named "central"'],
    ['lab', ['pod.a.b'], wires, 'cannot be named "pod.a.b"'],
    ['lab', ['a', 'b', 'a'], wires, '"a" is named twice'],
    ['lab', ['a'], ['mgmt'], '"mgmt" cannot name a wire'],
    ['lab', ['a'], ['too-long-for-a-nic'], 'cannot name a wire'],
    ['lab', Array.from({ length: 33 }, (_, place) => `n${place}`), wires, '33 nodes are too many'],
  ])('refuses %s %j %j', (name, nodes, given, message) => {
    expect(() => checkNames(name, nodes, given)).toThrow(message);
  });
});

describe('checkPodName', () => {
  it('wants names that Kubernetes allows', () => {
    expect(() => checkPodName('default', 'web-0.x')).not.toThrow();
    expect(() => checkPodName('a.b', 'web')).toThrow('cannot name a pod');
    expect(() => checkPodName('default', '../x')).toThrow('cannot name a pod');
  });
});

describe('unknown', () => {
  it('names the nearest, if any is near', () => {
    expect(unknown('node', 'ndoe-1', ['node-1', 'node-2'])).toMatchObject({
      code: 'lab-usage',
      message: 'there is no node "ndoe-1"',
      cure: 'did you mean node-1? there is node-1, node-2',
    });
    expect(unknown('node', 'zzz', ['node-1']).cure).toBe('there is node-1');
    expect(unknown('pod', 'a/b', []).cure).toBe('there is none');
  });

  it('prefers the fewest changes, then the alphabet', () => {
    expect(nearest('node-3', ['node-1', 'node-2', 'node-30'])).toBe('node-1');
    expect(nearest('', ['a'])).toBeUndefined();
  });
});
