export {
  applyTransaction,
  type TransactionContext,
  type TransactionOutcome,
} from './apply-transaction.ts';
export { valueProblem } from './constraint.ts';
export type { Refusal } from './refusal.ts';
