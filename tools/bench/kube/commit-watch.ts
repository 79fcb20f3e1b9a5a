import { openDatabase } from '@berth/ovsdb';

/** Hears of NAT rows as NB commits them. */
export type CommitWatch = AsyncDisposable & {
  /** When the row that leads to an address inside was there. */
  committed(insideIp: string): Promise<number>;
};

/** Follows the NAT rows of NB. */
export async function watchCommits(remote: string): Promise<CommitWatch> {
  const nb = await openDatabase({ remotes: [remote], database: 'OVN_Northbound' });
  const replica = await nb.monitor({ tables: { NAT: ['logical_ip'] }, indexes: { NAT: [['logical_ip']] } });
  return {
    committed(insideIp) {
      const { promise, resolve } = Promise.withResolvers<number>();
      const look = (): void => {
        const found = replica.snapshot().table('NAT').find({ logical_ip: insideIp });
        if (found.length > 0) resolve(performance.now());
      };
      const stop = replica.subscribe(look);
      look();
      return promise.finally(stop);
    },
    [Symbol.asyncDispose]: () => nb.close(),
  };
}
