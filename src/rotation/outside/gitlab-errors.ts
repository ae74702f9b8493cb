import { EdgeError } from '../../errors.js';
import { isCertificateError, outsideError, quote } from './consumer.js';

/** Where the variables are, and how they are spoken of. */
export interface VariablesPlace {
  /** In people's words. */
  name: string;
  url: string;
  path: string;
  isGroup: boolean;
  scope: string;
}

/**
 * An error of the GitLab client in words about the other GitLab, for its own are about ours; any other as it is. None
 * of `secrets` is in it.
 */
export function ofGitLab(place: VariablesPlace, error: unknown, secrets: readonly string[]): unknown {
  if (!(error instanceof EdgeError) || error.part !== 'gitlab') return error;
  const { name, url, path, isGroup } = place;
  const what = `${name}: ${quote(error.forPerson.what, secrets)}`;
  const why = quote(error.forPerson.why ?? '', secrets);
  const known = { cause: error, ...(error.status === undefined ? {} : { status: error.status }) };
  switch (error.code) {
    case 'gitlab-unreachable':
    case 'gitlab-rate-limited':
      return isCertificateError(error.cause)
        ? outsideError(
            'outside-failed',
            { what, why, next: 'put the authority of its certificate where gitlab.ca of rotation.outside points' },
            known,
          )
        : outsideError(
            'outside-unreachable',
            { what, why, next: `look whether it is up: curl ${url}/-/readiness; the job goes on by itself when it is` },
            error.retry === 'never' ? known : { ...known, retry: error.retry },
          );
    case 'gitlab-refused':
      return outsideError(
        'outside-refused',
        {
          what: `${name}: the other GitLab refuses the access token`,
          why,
          next: `make one with scope api at ${url}/-/user_settings/personal_access_tokens and put it where gitlab.token of rotation.outside points`,
        },
        known,
      );
    case 'gitlab-forbidden':
      return outsideError(
        'outside-refused',
        {
          what,
          why,
          next: `give the token’s user the role ${isGroup ? 'Owner' : 'Maintainer'} at ${membersOf(place)}, and the token the scope api`,
        },
        known,
      );
    case 'gitlab-not-found':
      return variableMissing(place, path);
    default:
      return outsideError('outside-failed', { what, why, next: `look at the variables: ${settingsOf(place)}` }, known);
  }
}

/** `missing`: the path, or a variable's key. */
export function variableMissing(place: VariablesPlace, missing: string): EdgeError {
  const { name, url, path, isGroup, scope } = place;
  if (missing === path) {
    return outsideError('outside-failed', {
      what: `${name}: there is no such ${isGroup ? 'group' : 'project'}, or the token’s user is no member of it`,
      next: `compare the path with ${url}/${path}, and its members with ${membersOf(place)}`,
    });
  }
  const where = isGroup ? `-g ${path}` : `-R ${url}/${path}`;
  return outsideError('outside-failed', {
    what: `${name}: the variable ${missing} is not there`,
    next: `glab variable set ${missing} TOKEN ${where} --scope '${scope}' --masked; or make it at ${settingsOf(place)}`,
  });
}

export function variableUnusable(place: VariablesPlace, why: string): EdgeError {
  return outsideError('outside-failed', {
    what: `${place.name} can’t be kept up`,
    why,
    next: `look at the variables: ${settingsOf(place)}`,
  });
}

function settingsOf({ url, path, isGroup }: VariablesPlace): string {
  return `${url}/${isGroup ? 'groups/' : ''}${path}/-/settings/ci_cd`;
}

function membersOf({ url, path, isGroup }: VariablesPlace): string {
  return isGroup ? `${url}/groups/${path}/-/group_members` : `${url}/${path}/-/project_members`;
}
