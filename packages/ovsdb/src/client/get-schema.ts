import type { DatabaseSchema } from '../schema/database-schema.ts';
import { parseSchema } from '../schema/parse.ts';
import { OvsdbFault } from '../value/fault.ts';
import { refusalWord } from './request-fault.ts';
import type { Session } from './session.ts';

/** The schema of a database (RFC 7047 section 4.1.2). Rejects with `OvsdbFault` `unknown-database`, or as a request does. */
export async function requestSchema(session: Session, database: string): Promise<DatabaseSchema> {
  try {
    return await session.request('get_schema', [database], parseSchema);
  } catch (error) {
    if (refusalWord(error) === 'unknown database') {
      throw new OvsdbFault('unknown-database', `the server has no database "${database}"`, { cause: error });
    }
    throw error;
  }
}
