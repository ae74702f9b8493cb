import { lookAtVersions } from '../../src/doctor/gather/versions.js';
import { judgeVersions } from '../../src/doctor/versions.js';

const SEEN = { registrar: '1.2.3', wanted: '>=20.19' };

test.each([
  ['20.19.0', 'pass'],
  ['24.1.0', 'pass'],
  ['20.18.3', 'fail'],
  ['18.20.0', 'fail'],
])('Node %s: %s', (node, mark) => {
  expect(judgeVersions({ ...SEEN, node })).toMatchObject([{ mark, what: expect.stringContaining('Registrar 1.2.3') }]);
});

test('they are read where Registrar stands', async () => {
  expect(await lookAtVersions()).toMatchObject([{ what: expect.stringMatching(/^Registrar \d+\.\d+\.\d+, Node \d+/) }]);
});
