// node --conditions=berth-source tools/failover/main.ts [--only WORDS] [--keeper berth|ovn]
// Plays every scenario, with a controller and by OVN alone, and prints what packets say.
import { parseArgs } from 'node:util';
import type { Watched } from '@berth/lab';
import { play } from './play.ts';
import { scenarios } from './scenarios.ts';
import type { Keeper } from './stage.ts';

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, keeper: { type: 'string', multiple: true } },
});
const keepers: readonly Keeper[] = ['ovn', 'berth'];
let failed = 0;
for (const scenario of scenarios.filter(({ name }) =>
  values.only.split('|').some((part) => name.includes(part)),
)) {
  for (const keeper of keepers.filter((each) => values.keeper?.includes(each) ?? true)) {
    if (!scenario.expected[keeper]) continue;
    try {
      const { seen, wrong, log } = await play(scenario, keeper);
      const { inbound, outbound, answerers } = seen;
      const said = wrong.length === 0 ? 'as expected' : `WRONG: ${wrong.join('; ')}`;
      console.log(
        `${keeper.padEnd(5)} ${scenario.name}: in ${inbound.lost} lost of ${inbound.sent}, longest ${inbound.longestGapMs} ms${late(inbound)}; out ${outbound.lost} of ${outbound.sent}, longest ${outbound.longestGapMs} ms${late(outbound)}; answered by [${answerers.join(' ')}]; ${said}`,
      );
      if (wrong.length > 0) console.log(log);
      failed += wrong.length > 0 ? 1 : 0;
    } catch (fault) {
      failed += 1;
      console.log(`${keeper.padEnd(5)} ${scenario.name}: ${fault instanceof Error ? fault.message : fault}`);
    }
  }
}
process.exitCode = failed > 0 ? 1 : 0;

/** The longest time without an answer after the first one, where that is another. */
function late({ longestGapMs, laterGapMs }: Watched): string {
  return laterGapMs === longestGapMs ? '' : `, ${laterGapMs} ms once answered`;
}
