import { familyOf } from '@berth/net';
import { type AddressProbe, type Announcement, arpAnnouncement, arpProbe } from './arp.ts';
import { neighborAnnouncement, neighborSolicitation } from './neighbor-discovery.ts';

/** The frame that tells where an address is, in the words of its family. */
export function announcementFrame(announcement: Announcement): Uint8Array {
  return familyOf(announcement.ip) === 'IPv4'
    ? arpAnnouncement(announcement)
    : neighborAnnouncement(announcement);
}

/** The frame that asks for an address, in the words of its family. */
export function probeFrame(probe: AddressProbe): Uint8Array {
  return familyOf(probe.target) === 'IPv4' ? arpProbe(probe) : neighborSolicitation(probe);
}
