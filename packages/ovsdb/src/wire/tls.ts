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

/** How long a server may take to say that it takes the client's certificate, before silence is read as consent. */
const verdictMs = 250;

/**
 * Calls `done` when the server has taken this client. In TLS 1.3 it looks at the client's certificate only after the handshake is over here;
 * its session ticket shows that it was content. Nothing must be sent before, or the reason of a refusal is lost; nor from within the ticket's
 * event, which is told while OpenSSL reads.
 */
export function whenTaken(secure: TLSSocket, done: () => void): void {
  secure.once('secureConnect', () => {
    if (secure.getProtocol() !== 'TLSv1.3') return done();
    const timer = setTimeout(done, verdictMs);
    secure.once('close', () => clearTimeout(timer));
    secure.once('session', () => {
      clearTimeout(timer);
      setImmediate(done);
    });
  });
}
