import { deniedIn } from '../denied.js';
import type { AccessFinding } from '../findings.js';
import { isSuspected, type Testimony, type Witness } from '../testimony.js';

/** How the project is set: off, closed to others, or frozen. */
export const access: Witness<AccessFinding> = (finding, diagnosis) => {
  const { path, registry, instanceHasOne, visibility, archived, deletion } = finding;
  const denied = deniedIn(diagnosis);
  const failure = diagnosis.facts?.failure ?? '';
  const suspected = isSuspected(diagnosis, 'registry-disabled');
  const said: Testimony[] = [];
  const off = (says: Testimony['says'], why: string) => said.push({ cause: 'registry-disabled', says, why });

  if (!instanceHasOne && suspected) {
    const why = `GitLab has no registry: it gives ${path} no prefix for images`;
    off(/registry is not enabled|registry not enabled/i.test(failure) ? 'confirms' : 'supports', why);
  }
  if (registry === 'disabled') {
    // A project without registry has no CI_REGISTRY_IMAGE, and no action on it is ever granted.
    const explains = denied.silently || (suspected && /invalid reference format/i.test(failure));
    const why = `the container registry of ${path} is switched off in the project's settings`;
    if (explains) off('confirms', why);
    else if (suspected) off('supports', why);
  } else if (suspected && instanceHasOne && registry !== 'unknown') {
    off('remarks', `the container registry of ${path} is switched on, now`);
  }

  if (archived && denied.silently && denied.action === 'push') {
    said.push({ cause: 'insufficient-rights', says: 'confirms', why: `${path} is archived: nobody may push to it` });
  } else if (deletion !== undefined && isSuspected(diagnosis, 'insufficient-rights', 'name-unknown')) {
    const cause = isSuspected(diagnosis, 'insufficient-rights') ? 'insufficient-rights' : 'name-unknown';
    said.push({ cause, says: 'supports', why: `${path} was marked for deletion on ${deletion}` });
  }

  const closed = registry === 'private' && visibility !== 'private';
  if (closed && denied.silently && denied.action === 'pull' && isSuspected(diagnosis, 'insufficient-rights')) {
    const why = `${path} is ${visibility}, but its registry is for members from Reporter up`;
    said.push({ cause: 'insufficient-rights', says: 'supports', why });
  }
  return said;
};
