/**
 * A column of the table `kubectl get` prints. An empty cell is undefined, a list is printed with commas between; a
 * `date` cell is an RFC 3339 time, to be printed as an age.
 */
export type Column<Object> = {
  /** Title-Case without spaces, as in the CRD. */
  readonly heading: string;
  readonly type: 'string' | 'number' | 'boolean' | 'date';
  /** Only shown by `-o wide`. */
  readonly wide?: true;
  readonly cell: (object: Object) => Cell;
};

/** What stands in one cell. */
export type Cell = string | number | boolean | readonly string[] | undefined;

type WithConditions = {
  readonly metadata: { readonly creationTimestamp?: string | undefined };
  readonly status?:
    | {
        readonly conditions?:
          | readonly {
              readonly type: string;
              readonly status: string;
              readonly reason?: string | undefined;
              readonly node?: string | undefined;
            }[]
          | undefined;
      }
    | undefined;
};

/** When the object was made; the last column of every kind. */
export const age: Column<Pick<WithConditions, 'metadata'>> = {
  heading: 'Age',
  type: 'date',
  cell: (object) => object.metadata.creationTimestamp,
};

/** Status of the condition `Ready` of the whole object: True, False or Unknown. */
export const ready: Column<WithConditions> = {
  heading: 'Ready',
  type: 'string',
  cell: (object) => readyCondition(object)?.status,
};

/** Reason of the condition `Ready`. */
export const reason: Column<WithConditions> = {
  heading: 'Reason',
  type: 'string',
  cell: (object) => readyCondition(object)?.reason,
};

function readyCondition({ status }: WithConditions) {
  return status?.conditions?.find(({ type, node }) => type === 'Ready' && node === undefined);
}
