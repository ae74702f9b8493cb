/** The host of the registry in these logs. */
export const REGISTRY = 'registry.example.com:5050';

/** The log of a job of shop/api. */
export function jobLog(...rest: string[]): string {
  return [
    'Running with gitlab-runner 18.11.0 (abcdef12)',
    'Reinitialized existing Git repository in /builds/shop/api/.git/',
    ...rest,
    'ERROR: Job failed: exit code 1',
    '',
  ].join('\n');
}

export function loginAs(user: string): string[] {
  return [`$ docker login -u ${user} --password-stdin ${REGISTRY}`, 'Login Succeeded'];
}

/** A push that fails with these words: as docker prints them where nothing was granted on the name. */
export function pushOf(
  path: string,
  words = 'denied: requested access to the resource is denied',
  host = REGISTRY,
): string[] {
  const image = host === '' ? path : `${host}/${path}`;
  return [`$ docker push ${image}:1`, `The push refers to repository [${image}]`, words];
}

/** A pull likewise. */
export function pullOf(path: string, words?: string): string[] {
  const image = `${REGISTRY}/${path}`;
  const denied = `pull access denied for ${image}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`;
  return [`$ docker pull ${image}:1`, `Error response from daemon: ${words ?? denied}`];
}
