import type { IP } from '@berth/api';
import { type Ip, parseIp } from '@berth/net';
import { perObject } from '../../memo/per-object.ts';

/** The addresses an IP object has; `spec.ipAddress` counts where it is all that the user wrote. */
export const storedIps = perObject(({ spec }: IP): readonly Ip[] => {
  const texts =
    spec.v4IpAddress || spec.v6IpAddress
      ? [spec.v4IpAddress, spec.v6IpAddress]
      : (spec.ipAddress ?? '').split(',').map((text) => text.trim());
  return texts.flatMap((text) => (text && parseIp(text)) || []);
});
