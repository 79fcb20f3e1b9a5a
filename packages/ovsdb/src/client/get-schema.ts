import type { DatabaseSchema } from '../schema/database-schema.ts';
import { parseSchema } from '../schema/parse.ts';
import { OvsdbFault } from '../value/fault.ts';
import type { Session } from './session.ts';

/** The schema of a database (RFC 7047 section 4.1.2). Rejects with `OvsdbFault` `unknown-database`, or as a request does. */
export async function requestSchema(session: Session, database: string): Promise<DatabaseSchema> {
  try {
    return await session.request('get_schema', [database], parseSchema);
  } catch (error) {
    if (isUnknownDatabase(error)) {
      throw new OvsdbFault('unknown-database', `the server has no database "${database}"`, { cause: error });
    }
    throw error;
  }
}

function isUnknownDatabase(error: unknown): boolean {
  if (!(error instanceof OvsdbFault) || error.code !== 'request-refused') return false;
  const { cause } = error;
  return (
    typeof cause === 'object' && cause !== null && 'error' in cause && cause.error === 'unknown database'
  );
}
