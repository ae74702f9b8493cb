import { CHECKS } from '../../src/checks/index.js';
import { faults } from '../lab/host/faults/index.js';
import { look } from '../lab/look.js';
import { complaints, lab, testFaultsOf, useLab } from './broken.js';
import { NOTICED } from './noticed.js';

/** What no fault of the lab is about: it is one host, its name is an address, and its clock is Registrar's own. */
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

test('after all that, the instance is healthy again, and GitLab refused no login', async () => {
  expect(complaints(await look(lab))).toEqual({});
  expect(lab.gitlab.requests.filter(({ path, status }) => path.startsWith('/jwt/auth') && status === 401)).toEqual([]);
});
