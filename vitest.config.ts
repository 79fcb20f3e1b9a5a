import { defineConfig } from 'vitest/config';

const conditions = ['berth-source', 'node', 'import', 'module', 'default'];
const shared = { resolve: { conditions }, ssr: { resolve: { conditions } } };

/**
 * unit: pure and in-memory. peers: real ovsdb-server. kube: a real kube-apiserver. lab: a real multi-node OVN. The last
 * two one file after another.
 */
export default defineConfig({
  ...shared,
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          include: [
            'packages/**/*.test.ts',
            'apps/**/*.test.ts',
            'tools/**/*.test.ts',
            'tests/unit/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/*.{peer,kube,lab}.test.ts'],
        },
      },
      {
        ...shared,
        test: {
          name: 'peers',
          include: ['{packages,apps,tests}/**/*.peer.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'kube',
          include: ['{packages,apps,tests}/**/*.kube.test.ts'],
          testTimeout: 90_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        ...shared,
        test: {
          name: 'lab',
          include: ['{packages,apps,tests}/**/*.lab.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
