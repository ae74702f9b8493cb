import { lookup } from 'node:dns/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { probeTls, type TlsFacts } from './tls.js';

/** How far a connection to an address gets, from where Registrar runs. */
export interface Reach {
  /** Host and port, as in an image's name: without the port that the scheme implies. */
  authority: string;
  scheme: 'http' | 'https';
  /** Of the name; empty when it does not resolve. */
  addresses: string[];
  /** Where it ended, with the network's own code (ENOTFOUND, ECONNREFUSED, …); absent when all went well so far. */
  stopped?: { at: 'name' | 'connection' | 'tls'; code: string };
  /** With the configured authorities. */
  tls?: TlsFacts;
  /** OpenSSL's code for a client that trusts the public authorities alone; absent when it accepts the certificate. */
  publicError?: string;
  /** Of several addresses those that no connection came about with, while others answered. */
  silent?: { address: string; code: string }[];
  /** What the port speaks, where it is not what the URL says. */
  speaks?: 'http' | 'https';
}

/** Time for each of the steps: a name that is slow may leave little of the probes' deadline. Milliseconds. */
const STEP_MS = 2_000;

/**
 * Goes the way of a client up to the point where http begins: name, connection, TLS. `url` has to come from the
 * configuration. Never rejects for a part of the world: what stops it is the finding.
 */
export async function reach(url: URL, ca: string | undefined, stepMs = STEP_MS): Promise<Reach> {
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (scheme === 'https' ? 443 : 80));
  const begun: Reach = { authority: url.host, scheme, addresses: [] };
  const addresses = await resolve(host, stepMs);
  if (typeof addresses === 'string') return { ...begun, stopped: { at: 'name', code: addresses } };
  const tried = await Promise.all(
    addresses.map(async (address) => ({ address, code: await tryConnect(address, port, stepMs) })),
  );
  const silent = tried.flatMap(({ address, code }) => (code === undefined ? [] : [{ address, code }]));
  const [first] = silent;
  if (first !== undefined && silent.length === addresses.length)
    return { ...begun, addresses, stopped: { at: 'connection', code: first.code } };
  const there = { ...begun, addresses, ...(silent.length === 0 ? {} : { silent }) };
  if (scheme === 'http') {
    // nginx and Go answer plain http at a TLS port with 400.
    if ((await plainStatus(host, port, stepMs)) !== 400) return there;
    const secure = await handshake(host, port, ca, stepMs);
    return typeof secure === 'string' ? there : { ...there, tls: secure, speaks: 'https' };
  }
  const [own, open] = await Promise.all([
    handshake(host, port, ca, stepMs),
    ca === undefined ? undefined : handshake(host, port, undefined, stepMs),
  ]);
  if (typeof own === 'string') {
    // Who says nothing at all won't say it in plain http.
    const plain = own === 'ETIMEDOUT' ? undefined : await plainStatus(host, port, stepMs);
    return { ...there, stopped: { at: 'tls', code: own }, ...(plain === undefined ? {} : { speaks: 'http' }) };
  }
  const publicError = typeof open === 'object' ? open.error : own.error;
  return { ...there, tls: own, ...(publicError === undefined ? {} : { publicError }) };
}

/** Addresses, or the resolver's code. */
async function resolve(host: string, stepMs: number): Promise<string[] | string> {
  const late = new Promise<string>((done) => setTimeout(done, stepMs, 'EAI_AGAIN').unref());
  const found = lookup(host, { all: true }).then((all) => all.map(({ address }) => address), codeOf);
  return Promise.race([found, late]);
}

/** Why no connection came about. */
function tryConnect(host: string, port: number, stepMs: number): Promise<string | undefined> {
  return new Promise((done) => {
    const socket = connect({ host, port, timeout: stepMs });
    const end = (code?: string) => {
      socket.destroy();
      done(code);
    };
    socket.once('connect', () => end());
    socket.once('timeout', () => end('ETIMEDOUT'));
    socket.once('error', (error) => end(codeOf(error)));
  });
}

/** Facts of the certificate, or the code of a handshake that did not take place. */
async function handshake(host: string, port: number, ca: string | undefined, stepMs: number) {
  return probeTls(host, port, ca, stepMs).catch(codeOf);
}

/** The status of an answer in plain http; `undefined` when nothing of the kind is spoken there. */
function plainStatus(host: string, port: number, stepMs: number): Promise<number | undefined> {
  return new Promise((done) => {
    const asked = request({ host, port, path: '/v2/', agent: false, timeout: stepMs });
    asked.once('response', (answer) => {
      done(answer.statusCode);
      asked.destroy();
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => done(undefined));
    asked.once('close', () => done(undefined));
    asked.end();
  });
}

/** Node gives no code to what only took too long. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0) return codeOf(error.errors[0]);
  return 'code' in error ? String(error.code) : 'ETIMEDOUT';
}
