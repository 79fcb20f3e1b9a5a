import { nbSchema } from '@berth/ovn';
import type { DatabaseSchema } from '@berth/ovsdb/schema';
import { describe, expect, it } from 'vitest';
import { fieldFabric, fieldStoryWith } from '../testing/field-story.ts';
import { desiredRows } from '../testing/program.ts';
import { eip, subnet, vpc } from '../testing/resources.ts';
import { rowTexts } from '../testing/row-text.ts';
import { offered } from './offers.ts';

const rows = desiredRows(
  fieldStoryWith(
    vpc('vpc1', { enableExternal: true, extraExternalSubnets: ['external0'], enableBfd: true }),
    subnet('vpc1-subnet1', { vpc: 'vpc1', cidrBlock: '192.168.0.0/24', enableEcmp: true }),
    eip('n1', { externalSubnet: 'external0', type: 'lsp' }),
    eip('n2', { externalSubnet: 'external0', type: 'lsp' }),
  ),
  fieldFabric,
);

/** The schema as an older release had it. */
function without(table: string, column?: string): Pick<DatabaseSchema, 'tables'> {
  const { [table]: own, ...tables } = nbSchema.tables;
  if (column === undefined || !own) return { tables };
  const { [column]: _, ...columns } = own.columns;
  return { tables: { ...tables, [table]: { ...own, columns } } };
}

describe('an OVN', () => {
  it('that offers everything gets everything', () => {
    expect(offered(rows, nbSchema)).toEqual({ rows, findings: [] });
  });

  it('without a column gets the rest of the row, and who asked for it is told', () => {
    const { rows: kept, findings } = offered(rows, without('Logical_Router_Static_Route', 'bfd'));
    expect(kept).toHaveLength(rows.length);
    expect(rowTexts(kept).filter((text) => text.includes('bfd='))).toEqual([]);
    expect(findings.map(({ code, object, field }) => [code, object?.name, field])).toEqual([
      ['not-offered', 'vpc1', 'spec.enableEcmp'],
      ['not-offered', 'vpc1', 'spec.enableEcmp'],
    ]);
    expect(findings[0]?.message).toContain('no column bfd of Logical_Router_Static_Route');
  });

  it('without a column that nobody uses is told nothing', () => {
    expect(offered(rows, without('NAT', 'gateway_port')).findings).toEqual([]);
  });

  it('without a table gets none of its rows, nor what they would hold', () => {
    const { rows: kept, findings } = offered(rows, without('BFD'));
    expect(kept.map(({ table }) => table)).not.toContain('BFD');
    expect(findings).toHaveLength(3);
    const bare = offered(rows, without('Logical_Router')).rows.map(({ table }) => table);
    expect(bare).not.toContain('NAT');
    expect(bare).toContain('Logical_Switch');
  });
});
