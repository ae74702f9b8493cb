import { appendFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { GitLabDouble, RecordedRequest } from '../gitlab/double.js';

/**
 * What the double answers stands in the host's logs as the package's GitLab writes it: nginx's access log, and
 * auth_json.log for logins at the token endpoint that failed.
 *
 * Source: log_format gitlab_access of the package's nginx.conf; JwtController#log_authentication_failed.
 */
export async function keepGitLabLogs(gitlab: GitLabDouble, logs: string): Promise<void> {
  const access = path.join(logs, 'nginx/gitlab_access.log');
  const auth = path.join(logs, 'gitlab-rails/auth_json.log');
  for (const file of [access, auth]) {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, '', { flag: 'a' });
  }
  gitlab.onAnswer((request, bytes) => {
    const now = gitlab.clock();
    appendFileSync(access, `${accessLine(request, bytes, now)}\n`);
    if (request.status === 401 && request.login !== undefined && request.path.startsWith('/jwt/auth'))
      appendFileSync(auth, `${failedLogin(request, now)}\n`);
  });
}

/** As nginx's `gitlab_access` has it. */
export function accessLine(request: RecordedRequest, bytes: number, now: number): string {
  const { address, login, method, status, userAgent = '-' } = request;
  const uri = request.path.replace(/([?&](?:private|authenticity|feed|rss)[-_]token)=[^&]*/gi, '$1=[FILTERED]');
  return (
    `${address} - ${escaped(login ?? '-')} [${nginxTime(now)}] "${method} ${escaped(uri)} HTTP/1.1" ` +
    `${status} ${bytes} "-" "${escaped(userAgent)}" -`
  );
}

/** nginx writes bytes outside of plain ASCII, quotes and backslashes as \xXX. */
function escaped(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) =>
      byte < 32 || byte > 126 || byte === 34 || byte === 92
        ? `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`
        : String.fromCharCode(byte),
    )
    .join('');
}

function nginxTime(now: number): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+) GMT$/.exec(new Date(now).toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}

function failedLogin(request: RecordedRequest, now: number): string {
  return JSON.stringify({
    severity: 'WARN',
    time: new Date(now).toISOString(),
    message: 'JWT authentication failed',
    http_user: request.login,
    remote_ip: request.address,
    auth_service: new URL(request.path, 'http://gitlab').searchParams.get('service'),
    'auth_result.type': null,
    'auth_result.actor_type': null,
  });
}
