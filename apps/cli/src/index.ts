export { answerSchemas } from './schema/answers.ts';
