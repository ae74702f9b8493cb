import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mustRun } from './process.js';

export type CertificateFiles = { cert: string; key: string };

export type Validity = { from: string; to: string };

export type Authority = {
  certPath: string;
  /** Folder with the authority's certificate alone, for --cert-dir of skopeo and certs.d of Docker. */
  trustDir: string;
  pem: string;
  /** A server certificate for these names and addresses. */
  issue(name: string, names: readonly string[], validity?: Validity): Promise<CertificateFiles>;
};

export const EXPIRED: Validity = { from: '20200101000000Z', to: '20200201000000Z' };

const DAY_MS = 86_400_000;

/** From yesterday until so many days from now. */
export const validFor = (days: number): Validity => {
  const at = (time: number): string => `${new Date(time).toISOString().replace(/\D/g, '').slice(0, 14)}Z`;
  return { from: at(Date.now() - DAY_MS), to: at(Date.now() + days * DAY_MS) };
};

const config = (dir: string): string => `[ca]
default_ca = lab
[lab]
database = ${dir}/index.txt
new_certs_dir = ${dir}
certificate = ${dir}/ca.crt
private_key = ${dir}/ca.key
default_md = sha256
default_days = 30
rand_serial = yes
unique_subject = no
policy = any
[any]
commonName = supplied
`;

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A certificate authority of the lab's own in `dir`. */
export const createAuthority = async (dir: string): Promise<Authority> => {
  await mkdir(dir, { recursive: true });
  const at = (name: string): string => path.join(dir, name);
  await writeFile(at('ca.cnf'), config(dir));
  await writeFile(at('index.txt'), '');
  const subject = ['-subj', '/CN=Lab CA', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
  await mustRun('openssl', [
    'req',
    '-x509',
    ...KEY,
    '-days',
    '30',
    ...subject,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.crt'),
  ]);
  const trustDir = at('trust');
  await mkdir(trustDir);
  await copyFile(at('ca.crt'), path.join(trustDir, 'ca.crt'));
  return {
    certPath: at('ca.crt'),
    trustDir,
    pem: await readFile(at('ca.crt'), 'utf8'),
    issue: async (name, names, validity) => {
      const files = { cert: at(`${name}.crt`), key: at(`${name}.key`) };
      const request = at(`${name}.csr`);
      const cn = ['-subj', `/CN=${names[0] ?? name}`];
      await mustRun('openssl', ['req', '-new', ...KEY, ...cn, '-keyout', files.key, '-out', request]);
      await writeFile(at(`${name}.ext`), extensions(names));
      const dates = validity === undefined ? [] : ['-startdate', validity.from, '-enddate', validity.to];
      const inOut = ['-in', request, '-out', files.cert, '-extfile', at(`${name}.ext`)];
      await mustRun('openssl', ['ca', '-batch', '-notext', '-config', at('ca.cnf'), ...dates, ...inOut]);
      return files;
    },
  };
};

const extensions = (names: readonly string[]): string => {
  const alternatives = names.map((name) => (/^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`));
  return `basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=${alternatives.join(',')}\n`;
};
