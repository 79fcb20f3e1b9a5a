// node --conditions=berth-source tools/bench/ovsdb.ts [load] [resume] [transact]
// Times the OVSDB client beside others: loading (P1), coming back after a cut (P2), transactions (P3). Ratios within one run.
import { benchLoad } from './ovsdb-load.ts';
import { benchResume } from './ovsdb-resume.ts';
import { benchTransact } from './ovsdb-transact.ts';

const benches = { load: benchLoad, resume: benchResume, transact: benchTransact };

/** Runs some of the benches, all by default, and prints what they found. */
export async function benchOvsdb(names: readonly string[] = []): Promise<void> {
  for (const [name, bench] of Object.entries(benches)) {
    if (names.length > 0 && !names.includes(name)) continue;
    for await (const line of bench()) console.log(line);
  }
}

if (import.meta.main) await benchOvsdb(process.argv.slice(2));
