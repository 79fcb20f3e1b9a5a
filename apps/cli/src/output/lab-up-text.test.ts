import { expect, test } from 'vitest';
import { kubeText, nextText } from './lab-up-text.ts';

test('a lab that is alone needs no name, another one does', () => {
  expect(nextText('lab', [], false)).toBe('Next: berth run -f DIR\n');
  expect(nextText('blue', [], true)).toBe('Next: berth run --kube --lab blue\n');
});

test('where other labs run they are named, and how to say which is meant', () => {
  expect(nextText('lab', ['red', 'blue'], false)).toBe(
    'Next: berth run -f DIR --lab lab\nlabs that run: blue, lab, red; every command needs to know which: --lab lab, or export BERTH_LAB=lab\n',
  );
});

test('of an API server it is said how kubectl finds it, and where it asks for verdicts', () => {
  const kube = { kubeconfigs: { admin: '/labs/blue/admin' }, admission: '127.0.0.1:23456' };
  const text =
    'for admission: berth-controller --admission-listen 127.0.0.1:23456 --admission-names 127.0.0.1\n';
  const line = 'for kubectl: export KUBECONFIG=/labs/blue/admin';
  expect(kubeText(kube, { kubectl: '/cache/v1/kubectl', isOnPath: true })).toBe(`${line}\n${text}`);
  expect(kubeText(kube, { kubectl: '/cache/v1/kubectl', isOnPath: false })).toBe(
    `${line} PATH=$PATH:/cache/v1\n${text}`,
  );
  expect(kubeText(kube, { kubectl: undefined, isOnPath: false })).toContain(
    'there is no kubectl: make kube-apiserver builds one\n',
  );
});

test('a kubectl on PATH that does not go with the API server gives way to the one that was built with it', () => {
  const kube = { kubeconfigs: { admin: '/labs/blue/admin' }, admission: '127.0.0.1:23456' };
  const unfit = { isOnPath: true, unfit: 'v1.31.4' };
  const said = 'the kubectl on PATH, v1.31.4, is more than a minor version away from this API server';
  expect(kubeText(kube, { ...unfit, kubectl: '/cache/v1/kubectl', isBuilt: true })).toContain(
    `admin PATH=/cache/v1:$PATH\n${said}\n`,
  );
  expect(kubeText(kube, { ...unfit, kubectl: '/usr/bin/kubectl', isBuilt: false })).toContain(
    `admin\n${said}: make kube-apiserver builds one that goes with it\n`,
  );
});
