import { describe, expect, test } from 'vitest';
import { endOf, isKeyOf, makeCertificate } from './certificate.ts';

const names = ['berth-admission.berth-system.svc', '127.0.0.1', 'fd00::7'];
const nowMs = Date.parse('2026-01-01T00:00:00Z');

describe('a certificate', () => {
  test('is for its names and no others, and ends when it was told to', async () => {
    const made = await makeCertificate(names, nowMs, 60_000);
    expect(endOf(made.certificate, names)).toBe(nowMs + 60_000);
    expect(endOf(made.certificate, ['other.svc'])).toBe(0);
    expect(endOf(made.certificate, ['127.0.0.2'])).toBe(0);
    expect(endOf('', names)).toBe(0);
    expect(endOf('nonsense', [])).toBe(0);
  });

  test('fits its own key only', async () => {
    const [one, other] = await Promise.all([0, 1].map(() => makeCertificate(names, nowMs, 60_000)));
    if (!one || !other) throw new Error('no certificates');
    expect(isKeyOf(one)).toBe(true);
    expect(isKeyOf({ ...one, privateKey: other.privateKey })).toBe(false);
    expect(isKeyOf({ ...one, privateKey: '' })).toBe(false);
  });
});
