import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the checkout. */
export const root: string = fileURLToPath(new URL('../../..', import.meta.url));

const skippedFolders = new Set(['.git', '.tools', 'node_modules', 'dist', 'coverage']);

/** Every file of the repository, as a path from its top, sorted. What set-up and builds put there is left out. */
export function repositoryFiles(top: string = root): readonly string[] {
  return readdirSync(top, { withFileTypes: true, recursive: false })
    .flatMap((entry) => {
      if (entry.isDirectory()) {
        if (skippedFolders.has(entry.name)) return [];
        return repositoryFiles(join(top, entry.name)).map((path) => `${entry.name}/${path}`);
      }
      return entry.isFile() && !entry.name.endsWith('.log') ? [entry.name] : [];
    })
    .toSorted();
}

/** The text of a file named by its path from the top. */
export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Hand-written TypeScript: packages, apps, tools and repository tests. Test files only when asked for. */
export function sourceFiles({ tests }: { readonly tests: boolean }): readonly string[] {
  return repositoryFiles().filter(
    (path) =>
      /^(packages|apps|tools|tests)\/.*\.ts$/.test(path) &&
      !path.includes('/generated/') &&
      (tests || !(path.endsWith('.test.ts') || path.startsWith('tests/'))),
  );
}
