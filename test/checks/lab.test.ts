import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CHECKS } from '../../src/checks/index.js';
import { brokenLink } from '../../src/checks/report.js';
import { faults } from '../lab/host/faults/index.js';
import { look } from '../lab/look.js';
import { complaints, lab, testFaultsOf, useLab } from './broken.js';
import { NOTICED } from './noticed.js';

/** Broken below, by the configuration or beside the host: none of the lab's faults is about them. */
const UNBROKEN = ['hosts', 'dns', 'clock'];

useLab();

test('every check notices a fault, and every fault is noticed', () => {
  const checks = new Set(Object.values(NOTICED).flatMap((words) => Object.keys(words)));
  expect(CHECKS.map(({ id }) => id).filter((id) => !checks.has(id))).toEqual(UNBROKEN);
  expect(Object.keys(NOTICED).sort()).toEqual(faults.map(({ id }) => id).sort());
});

test('a healthy instance passes every check', async () => {
  const results = await look(lab);
  expect(complaints(results)).toEqual({});
  expect(results.filter(({ verdict }) => verdict.is !== 'pass')).toEqual([]);
});

testFaultsOf([undefined]);

test('GitLab that is away fails its own check, and hides no other', async () => {
  await lab.gitlab.pause();
  try {
    const results = await look(lab);
    expect(complaints(results)).toMatchObject({
      gitlab: expect.stringMatching(/^fail: GitLab at .* does not answer.*→ look at gitlab-ctl status/),
    });
    expect(
      results
        .filter(({ id }) => ['host', 'running', 'endpoint', 'tls', 'drift'].includes(id))
        .every(({ verdict }) => verdict.is === 'pass'),
    ).toBe(true);
  } finally {
    await lab.gitlab.resume();
  }
});

test('of several hosts, one that is away costs only its own check', async () => {
  const { port, username, privateKeyPath, hostKeyFingerprint } = lab.host.ssh;
  const web = (at: number) =>
    `      - { address: 127.0.0.1, port: ${at}, user: ${username}, key: "file:${privateKeyPath}", hostKey: "${hostKeyFingerprint}", roles: [web] }`;
  try {
    await lab.configure({ instance: web(port) });
    expect((await look(lab)).filter(({ verdict }) => verdict.is !== 'pass')).toEqual([]);
    await lab.configure({ instance: web(1) });
    expect(complaints(await look(lab))).toEqual({
      hosts: expect.stringMatching(/^fail: 127\.0\.0\.1 \(web\): .*:1 can’t be reached by SSH.* → try ssh -p 1 /),
    });
  } finally {
    await lab.configure();
  }
});

test('a registry whose name resolves nowhere', async () => {
  const before = await readFile(lab.configPath, 'utf8');
  const port = new URL(lab.host.registryUrl).port;
  try {
    await writeFile(lab.configPath, before.replace(lab.host.registryUrl, `https://registry.invalid:${port}`));
    const results = await look(lab);
    expect(complaints(results)).toMatchObject({
      dns: expect.stringMatching(
        /^fail: registry\.invalid does not resolve where Registrar runs \(\w+\) → add the name/,
      ),
    });
    expect(brokenLink(results)).toBe('DNS');
  } finally {
    await writeFile(lab.configPath, before);
  }
});

test('a host whose clock is ahead', async () => {
  const date = join(lab.host.root, 'bin', 'date');
  await writeFile(date, '#!/bin/sh\nexec /bin/date -d "+300 seconds" "$@"\n');
  await chmod(date, 0o755);
  try {
    expect(complaints(await look(lab))).toMatchObject({
      // What a host that answers late tells is taken for as little as it proves; it is waited for 25 s at most.
      clock: expect.stringMatching(
        /^fail: the host's clock is (27[4-9]|2[89]\d|30[01]) s ahead of Registrar's → timedatectl/,
      ),
    });
  } finally {
    await rm(date);
  }
});

test('after all that, the instance is healthy again, and GitLab refused no login', async () => {
  expect(complaints(await look(lab))).toEqual({});
  expect(lab.gitlab.requests.filter(({ path, status }) => path.startsWith('/jwt/auth') && status === 401)).toEqual([]);
});
