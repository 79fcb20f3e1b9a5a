export { run } from '../demo/demo.ts';
