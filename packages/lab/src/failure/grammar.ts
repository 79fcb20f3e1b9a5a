export { type Failure, formatFailure } from '../../../core/src/fabric/failure.ts';
