import type { Fault } from './fault.js';
import { replaceCertificate } from './other-certificate.js';

export const certificateNotReloaded: Fault = {
  id: 'certificate-not-reloaded',
  breaks: 'nothing yet: the certificate was renewed, but nginx was not told and shows the old one until it ends',
  link: 'TLS',
  apply: (host) => replaceCertificate(host, { name: 'renewed' }),
};
