import { OvsdbFault, type OvsdbFaultCode } from '../value/fault.ts';

/** Why OpenSSL and Node do not believe a server's certificate. */
const distrust = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Which fault an error of a socket is; `otherwise` for what is not about certificates. */
export function codeOfStreamError(cause: Error, otherwise: OvsdbFaultCode): OvsdbFaultCode {
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  if (distrust.has(code)) return 'bad-certificate';
  return /^ERR_SSL_.*ALERT.*(CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE|ACCESS_DENIED|DECRYPT_ERROR)/.test(code)
    ? 'certificate-refused'
    : otherwise;
}

/** The fault of a connection that broke. */
export function connectionLost(cause: Error): OvsdbFault {
  const code = codeOfStreamError(cause, 'disconnected');
  const message =
    code === 'certificate-refused'
      ? `the server refuses this client's certificate: ${cause.message}`
      : `connection lost: ${cause.message}`;
  return new OvsdbFault(code, message, { retry: 'backoff', cause });
}
