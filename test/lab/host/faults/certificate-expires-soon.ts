import { validFor } from '../certificates.js';
import type { Fault } from './fault.js';
import { serveOtherCertificate } from './other-certificate.js';

export const certificateExpiresSoon: Fault = {
  id: 'certificate-expires-soon',
  breaks: 'nothing yet: the certificate of the public address ends within five days',
  link: 'TLS',
  apply: (host) => serveOtherCertificate(host, { name: 'expires-soon', validity: validFor(5) }),
};
