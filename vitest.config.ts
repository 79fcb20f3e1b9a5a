import { defineConfig } from 'vitest/config';

const conditions = ['berth-source', 'node', 'import', 'module', 'default'];
const shared = { resolve: { conditions }, ssr: { resolve: { conditions } } };

/** How long something that is waited for may take on a machine that does much else; nothing is measured by it. */
const patience = { expect: { poll: { timeout: 60_000, interval: 20 } } };

/**
 * When a test counts as hanging. What reckons has the processors only when nobody else wants them, and gets by with a fraction
 * of one for minutes.
 */
const hangs = { testTimeout: 300_000, hookTimeout: 300_000 };

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
          ...hangs,
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
          ...hangs,
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
          ...hangs,
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
          ...hangs,
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
          ...hangs,
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
          ...hangs,
          fileParallelism: false,
        },
      },
    ],
  },
});
