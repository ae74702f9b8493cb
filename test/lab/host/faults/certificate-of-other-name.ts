import type { Fault } from './fault.js';
import { serveOtherCertificate } from './other-certificate.js';

export const certificateOfOtherName: Fault = {
  id: 'certificate-of-other-name',
  breaks: 'the certificate of the public address is that of another host',
  apply: (host) =>
    serveOtherCertificate(host, {
      name: 'other-name',
      names: ['other.example.com'],
      error: 'ERR_TLS_CERT_ALTNAME_INVALID',
    }),
};
