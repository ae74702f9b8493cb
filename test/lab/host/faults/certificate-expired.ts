import { EXPIRED } from '../certificates.js';
import type { Fault } from './fault.js';
import { serveOtherCertificate } from './other-certificate.js';

export const certificateExpired: Fault = {
  id: 'certificate-expired',
  breaks: 'the certificate of the public address ended years ago',
  link: 'TLS',
  apply: (host) => serveOtherCertificate(host, { name: 'expired', validity: EXPIRED }),
};
