/** The log of a job whose login was refused, as docker and GitLab Runner write it. */
export function refusedLoginLog(fullPath: string, user: string, registry: string): string {
  return [
    'Running with gitlab-runner 18.11.0 (abcdef12)',
    `Reinitialized existing Git repository in /builds/${fullPath}/.git/`,
    `$ docker login -u ${user} --password-stdin ${registry}`,
    `Error response from daemon: Get "https://${registry}/v2/": unauthorized: HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or you're required to use a token instead of a password.`,
    'ERROR: Job failed: exit code 1',
    '',
  ].join('\n');
}

/** The log of a refused login as that of one which worked, and of a push to which nothing was granted. */
export function refusedPush(refusedLogin: string, image: string): string {
  return refusedLogin
    .replace(/Error response.*/, 'Login Succeeded')
    .replace(
      'ERROR: Job',
      `$ docker push ${image}:1\nThe push refers to repository [${image}]\ndenied: requested access to the resource is denied\nERROR: Job`,
    );
}
