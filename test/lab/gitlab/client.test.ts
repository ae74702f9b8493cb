import { Gitlab } from '@gitbeaker/rest';
import { gitlab, team, useGitLab } from './bench.js';
import { startGitLab } from './double.js';
import { makeSigningPair } from './keys.js';

useGitLab();

it('serves the client library of the project', async () => {
  const { owner, project } = team();
  const api = new Gitlab({ host: gitlab.url, token: owner });
  const token = await api.DeployTokens.create('n', ['read_registry'], { projectId: project.id });
  expect(token).toMatchObject({ id: 1, token: expect.stringMatching(/^gldt-/) });
  expect(await api.DeployTokens.all({ projectId: 'acme/web/shop' })).toHaveLength(1);
  await api.DeployTokens.remove(1, { projectId: project.id });
  const variables = api.ProjectVariables;
  await variables.create(project.id, 'KEY', 'value', { environmentScope: 'a' });
  await variables.create(project.id, 'KEY', 'value', { environmentScope: 'b' });
  const filter = { environment_scope: 'b' };
  expect(await variables.edit(project.id, 'KEY', 'other', { filter })).toMatchObject({ environment_scope: 'b' });
  expect(await variables.show(project.id, 'KEY', { filter })).toMatchObject({ value: 'other' });
  await variables.remove(project.id, 'KEY', { filter });
  expect(gitlab.variables.map((one) => one.environment_scope)).toEqual(['a']);
  await expect(variables.show(project.id, 'NONE')).rejects.toThrow('404 Variable Not Found');
  for (const name of ['a', 'b', 'c']) gitlab.addProject(`acme/web/${name}`);
  expect(await api.Projects.all({ perPage: 2, simple: true, pagination: 'offset' })).toHaveLength(4);
  expect(await api.Projects.all({ perPage: 2, pagination: 'keyset', orderBy: 'id', sort: 'asc' })).toHaveLength(4);
});

it('speaks TLS', async () => {
  const pair = await makeSigningPair('localhost');
  const tls = { key: pair.keyPem, cert: pair.certificatePem };
  const secure = await startGitLab({ signingKeyPem: pair.keyPem, certificatePem: pair.certificatePem, tls });
  await expect(fetch(`${secure.url}/-/health`)).rejects.toMatchObject({
    cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
  });
  expect(secure.url).toMatch(/^https:/);
  await secure.stop();
});
