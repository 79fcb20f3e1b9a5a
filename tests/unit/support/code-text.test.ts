import { expect, test } from 'vitest';
import { codeOnly, withoutComments } from './code-text.ts';

const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim();

test.each([
  ['a(); // Date', 'a();'],
  ['/* Date\n Date */ b', 'b'],
  ["const x = 'Date \\' Date'; y", 'const x = ; y'],
  ['const x = "//"; Date', 'const x = ; Date'],
  [`\`Date \${Date} Date\` + c`, 'Date + c'],
  [`\`\${ { a: \`\${b}\` }.a }Date\` d`, '{ a: b }.a d'],
  ['x.match(/Date\'"`/g); e', 'x.match( ); e'],
  ['x.match(/[/"]Date/); e', 'x.match( ); e'],
  ['a / Date / b', 'a / Date / b'],
  ['return /Date/.test(x)', 'return .test(x)'],
  ["f('a') / Date / 'b'", 'f( ) / Date /'],
])('%j is the code %j', (source, code) => {
  expect(squeeze(codeOnly(source))).toBe(squeeze(code));
});

test('places and lines stay where they are', () => {
  const source = "a /* x\ny */ 'z' b";
  expect(codeOnly(source)).toHaveLength(source.length);
  expect(codeOnly(source).split('\n')).toHaveLength(2);
  expect(withoutComments(source)).toBe("a     \n     'z' b");
});
