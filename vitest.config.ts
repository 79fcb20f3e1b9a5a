import { defineConfig } from 'vitest/config';

const conditions = ['berth-source', 'node', 'import', 'module', 'default'];
const shared = { resolve: { conditions }, ssr: { resolve: { conditions } } };

/** How long something that is waited for may take on a machine that does much else; nothing is measured by it. */
const patience = { expect: { poll: { timeout: 15_000, interval: 20 } } };

/** Test files share the modules of a worker: each would spend more on importing them than on its tests. */
const sharedModules = { isolate: false };

/** As many workers as processors: vitest leaves one of them to itself, which on a machine of two is half. */
const allProcessors = { maxWorkers: '100%' };

/** Where packets that are lost, or milliseconds without an answer, are judged: nothing else is at work beside. */
const figures = [
  'tests/adopt/adopt.lab.test.ts',
  'tests/drill.lab.test.ts',
  'tests/failover.lab.test.ts',
  'tests/gateway/sentry.lab.test.ts',
  'packages/lab/src/prober/prober.lab.test.ts',
];

/**
 * unit: pure and in-memory. peers: real ovsdb-server. kube: a real kube-apiserver. kubelet: also a real kubelet and containerd.
 * lab: a real multi-node OVN. packets: labs that count packets, one file after another.
 */
export default defineConfig({
  ...shared,
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          ...patience,
          include: [
            'packages/**/*.test.ts',
            'apps/**/*.test.ts',
            'tools/**/*.test.ts',
            'tests/unit/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/*.{peer,kube,lab}.test.ts'],
          // Some start a Node several times, which takes its time where others have the processors.
          testTimeout: 60_000,
          ...sharedModules,
          ...allProcessors,
        },
      },
      {
        ...shared,
        test: {
          name: 'peers',
          ...patience,
          include: ['{packages,apps,tests}/**/*.peer.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          ...sharedModules,
          ...allProcessors,
        },
      },
      {
        ...shared,
        test: {
          name: 'kube',
          ...patience,
          include: ['{packages,apps,tests}/**/*.kube.test.ts'],
          testTimeout: 90_000,
          hookTimeout: 120_000,
          ...sharedModules,
          // Each has an API server of its own, and waits for it as much as it works.
          maxWorkers: 2,
          // kube-apiserver and kubectl live shortly: memory is cheaper than collecting it.
          env: { GOGC: '400' },
        },
      },
      {
        ...shared,
        test: {
          name: 'kubelet',
          ...patience,
          include: ['tests/**/*.kubelet.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        ...shared,
        test: {
          name: 'lab',
          ...patience,
          include: ['{packages,apps,tests}/**/*.lab.test.ts'],
          exclude: ['**/node_modules/**', ...figures],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // A lab mostly waits for OVN: three take less than two processors.
          maxWorkers: 3,
        },
      },
      {
        ...shared,
        test: {
          name: 'packets',
          ...patience,
          include: figures,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
