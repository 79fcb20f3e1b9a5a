/**
 * A program for python3 that announces an address from `eth0`, as whoever takes an address over does (RFC 5227 section 2.3); the
 * address is its argument.
 */
export const gratuitousArp = `
import socket, struct, sys
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
link.bind(('eth0', 0))
mac, ip = link.getsockname()[4], socket.inet_aton(sys.argv[1])
link.send(b'\\xff' * 6 + mac + b'\\x08\\x06' + struct.pack('!HHBBH', 1, 0x800, 6, 4, 1) + mac + ip + bytes(6) + ip)
`;
