/** An answer of the API: a status code and its object. */
export interface ApiAnswer {
  readonly code: number;
  readonly body: unknown;
}

export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** A refusal as Kubernetes words it: a Status object. Source: k8s.io/apimachinery/pkg/api/errors. */
function failure(code: number, reason: string, message: string, details?: object): ApiAnswer {
  return {
    code,
    body: {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      ...(details === undefined ? {} : { details }),
      code,
    },
  };
}

export const unauthorized = (): ApiAnswer => failure(401, 'Unauthorized', 'Unauthorized');

/** `group`: the API group of the resource, empty for the core. */
export function forbidden(
  user: string,
  verb: string,
  { resource, group = '', name, namespace }: { resource: string; group?: string; name?: string; namespace?: string },
): ApiAnswer {
  const what = `${resource}${group === '' ? '' : `.${group}`}${name === undefined ? '' : ` "${name}"`}`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return failure(
    403,
    'Forbidden',
    `${what} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`,
    { ...(name === undefined ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource },
  );
}

export const secretNotFound = (name: string): ApiAnswer =>
  failure(404, 'NotFound', `secrets "${name}" not found`, { name, kind: 'secrets' });

export const pathNotFound = (): ApiAnswer =>
  failure(404, 'NotFound', 'the server could not find the requested resource', {});

export const notAllowed = (): ApiAnswer =>
  failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

export const conflict = (name: string, why: string): ApiAnswer =>
  failure(409, 'Conflict', `Operation cannot be fulfilled on secrets "${name}": ${why}`, { name, kind: 'secrets' });

export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

export const badRequest = (message: string): ApiAnswer => failure(400, 'BadRequest', message);

export const unsupportedMediaType = (): ApiAnswer =>
  failure(
    415,
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  );

export function invalidSecret(name: string, causes: readonly Cause[]): ApiAnswer {
  const all = causes.map(({ field, message }) => `${field}: ${message}`);
  const list = all.length === 1 ? all[0] : `[${all.join(', ')}]`;
  return failure(422, 'Invalid', `Secret "${name}" is invalid: ${list}`, { name, kind: 'Secret', causes });
}
