/** A program that is bundled: the file it is called by, and where it starts. */
export type BundledProgram = { readonly file: string; readonly entry: string };

/** What `make bundle` writes into `dist/`. */
export const bundledPrograms: readonly BundledProgram[] = [
  { file: 'berth.mjs', entry: 'apps/cli/src/main.ts' },
  { file: 'berth-controller.mjs', entry: 'apps/controller/src/main.ts' },
  { file: 'berth-agent.mjs', entry: 'apps/agent/src/main.ts' },
  { file: 'berth-cni.mjs', entry: 'apps/cni/src/main.ts' },
];
