/** An answer that doesn't come from the application. */
export interface CannedAnswer {
  readonly status: number;
  /** Default: what GitLab or its nginx sends with this status. */
  readonly body?: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const reasons: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Time-out',
};

/** 502 to 504 come from the proxy as a page, everything else under the API from GitLab as JSON. */
export function gatewayPage(status: number, path: string): string {
  const reason = reasons[status] ?? 'Error';
  if (path.startsWith('/api/') && (status < 502 || status > 504)) {
    return JSON.stringify({ message: `${status} ${reason}` });
  }
  return `<html>\r\n<head><title>${status} ${reason}</title></head>\r\n<body>\r\n<center><h1>${status} ${reason}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
}

export const signInPage = `<!DOCTYPE html>
<html class="html-devise-layout" lang="en">
<head><meta charset="utf-8"><title>Sign in · GitLab</title></head>
<body class="login-page" data-page="sessions:new">
<h1>GitLab</h1>
<form class="gl-p-5" action="/users/sign_in" method="post">
<input type="text" name="user[login]" autocomplete="username"><input type="password" name="user[password]">
<button type="submit">Sign in</button>
</form>
</body>
</html>
`;

export const notFoundPage = `<!DOCTYPE html>
<html>
<head><title>The page you're looking for could not be found (404)</title></head>
<body><h1>404</h1><h3>The page could not be found or you don't have permission to view it.</h3></body>
</html>
`;
