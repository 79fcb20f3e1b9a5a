import fc from 'fast-check';
import { expect, it } from 'vitest';
import { derivedUuid, uuidBytes } from './derived-uuid.ts';

/** RFC 9562 appendix A.4. */
const dns = uuidBytes('6ba7b810-9dad-11d1-80b4-00c04fd430c8');

it('is what the standard shows', () => {
  expect(derivedUuid(dns, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
});

it('is what another implementation gives, whatever the name', async () => {
  const { v5 } = await import('uuid');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
      fc.pre(name.isWellFormed());
      expect(derivedUuid(dns, name)).toBe(v5(name, dns));
    }),
  );
});
