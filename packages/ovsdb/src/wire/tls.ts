import { isIP, type Socket } from 'node:net';
import {
  checkServerIdentity,
  connect,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';

/** TLS over a socket. The server's certificate must be signed by the CA of the credentials and carry `serverName`. */
export function secured(socket: Socket, credentials: SecureContext, serverName: string): TLSSocket {
  const secure = connect({
    socket,
    secureContext: credentials,
    rejectUnauthorized: true,
    servername: isIP(serverName) === 0 ? serverName : '',
    checkServerIdentity: (_host, certificate) => nameMismatch(serverName, certificate),
  });
  socket.on('error', (error) => secure.destroy(error));
  return secure;
}

/** Certificates of `ovs-pki` have a common name that is no host name, and no other: it must then be named exactly. */
function nameMismatch(serverName: string, certificate: PeerCertificate): Error | undefined {
  const isNamed = certificate.subjectaltname === undefined && certificate.subject.CN === serverName;
  return isNamed ? undefined : checkServerIdentity(serverName, certificate);
}
