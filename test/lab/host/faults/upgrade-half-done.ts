import { editFile, type Fault } from './fault.js';

export const upgradeHalfDone: Fault = {
  id: 'upgrade-half-done',
  breaks: 'nothing yet: the package on the host is another version than the GitLab that runs',
  link: undefined,
  apply: (host) => editFile(host.files.manifest, (manifest) => manifest.replace(/\d+\.\d+/, '18.12')),
};
