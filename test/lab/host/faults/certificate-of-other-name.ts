import type { Fault } from './fault.js';
import { serveOtherCertificate } from './other-certificate.js';

export const certificateOfOtherName: Fault = {
  id: 'certificate-of-other-name',
  breaks: 'the certificate of the public address is that of another host',
  link: 'TLS',
  apply: (host) => serveOtherCertificate(host, { name: 'other-name', names: ['other.example.com'] }),
};
