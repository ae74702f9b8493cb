import { isReadOnly } from '../host/registry-config.js';
import { type Check, fail, pass, skipped } from './check.js';
import { sampleHost } from './sample.js';

/** Does the registry take writes at all? Read-only mode is for garbage collection, and easily forgotten. */
export const readOnly = {
  id: 'read-only',
  asks: 'Does the registry take writes?',
  link: 'storage',
  explains: ['upload', 'image'],
  needs: ['host'],
  judge({ host: { registryConfig } }) {
    if (registryConfig === undefined || !('text' in registryConfig))
      return skipped('registry/config.yml could not be read');
    if (!isReadOnly(registryConfig)) return pass('it is not in read-only mode');
    return fail(
      'the registry is in read-only mode: every push is refused',
      "take maintenance.readonly out of registry['storage'] in gitlab.rb, then gitlab-ctl reconfigure",
    );
  },
  examples: [
    { given: {}, is: 'pass', under: 'not in read-only' },
    {
      given: {
        host: sampleHost({
          registryConfig: { path: '/c', text: 'storage: {"maintenance":{"readonly":{"enabled":true}}}\n' },
        }),
      },
      is: 'fail',
      under: 'every push is refused',
    },
    { given: { host: sampleHost() }, is: 'skipped', under: 'could not be read' },
  ],
} as const satisfies Check<'host'>;
