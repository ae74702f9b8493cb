import type { Http, HttpAnswer } from '../../src/http.js';
import { openRegistry } from '../../src/registry/client.js';

/** A peer that answers with anything; what was sent to it, and where, is the proof. */
function peer(answers: (method: string, url: URL) => Partial<HttpAnswer>) {
  const sent: { method: string; url: string; authorization: string | undefined }[] = [];
  const http: Http = async (url, { method = 'GET', headers = {} } = {}) => {
    sent.push({ method, url: String(url), authorization: headers.authorization });
    return { status: 200, headers: {}, text: '', ...answers(method, new URL(url)) };
  };
  return { registry: openRegistry('https://registry.example.com:5050', http, ['https://gitlab.example.com']), sent };
}

const ana = { username: 'ana', password: 'hunter2' };

describe('a realm that the configuration does not name', () => {
  test.each([
    'https://evil.example/jwt/auth',
    'http://gitlab.example.com/jwt/auth',
    'https://gitlab.example.com:8443/jwt/auth',
    'https://gitlab.example.com.evil.example/jwt/auth',
    'https://gitlab.example.com@evil.example/jwt/auth',
    'https://ana@gitlab.example.com/jwt/auth',
    'https://:x@gitlab.example.com/jwt/auth',
    'https://evil.example\\@gitlab.example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '//gitlab.example.com/jwt/auth',
    '/jwt/auth',
    '',
  ])('%j is refused before anything is sent', async (realm) => {
    const { registry, sent } = peer(() => ({}));
    await expect(registry.handshake({ realm }, [], ana)).rejects.toMatchObject({
      part: 'registry',
      code: 'realm-not-trusted',
      retry: 'never',
    });
    expect(sent).toEqual([]);
  });

  test('the error names where it leads, and no credential', async () => {
    const { registry } = peer(() => ({}));
    const error: unknown = await registry.handshake({ realm: 'http://evil.example:81/x?a=b' }, [], ana).catch((e) => e);
    expect(error).toMatchObject({ forPerson: { what: expect.stringContaining('http://evil.example:81 ') } });
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });
});

describe('a token endpoint', () => {
  const realm = 'https://gitlab.example.com/jwt/auth?fixed=1';

  test('that redirects is not followed', async () => {
    const { registry, sent } = peer(() => ({ status: 302, headers: { location: 'https://evil.example/' }, text: '' }));
    expect(await registry.handshake({ realm }, [], ana)).toMatchObject({ is: 'refused', status: 302 });
    expect(sent).toHaveLength(1);
  });

  test('keeps the parameters of its realm, and takes each scope as its own', async () => {
    const { registry, sent } = peer(() => ({ text: '{"token":"t"}' }));
    await registry.handshake({ realm, service: 'a&b=c' }, ['repository:a:pull', 'repository:b:pull'], ana);
    const asked = new URL(sent[0]?.url ?? '').searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({ fixed: '1', service: 'a&b=c', account: 'ana' });
    expect(asked.getAll('scope')).toEqual(['repository:a:pull', 'repository:b:pull']);
  });

  test.each(['', '<html>sign in</html>', '{}', '{"token":""}', '{"token":7}', 'null', '[]'])(
    'that answers 200 with %j is none',
    async (text) => {
      const { registry } = peer(() => ({ text }));
      await expect(registry.handshake({ realm }, [], ana)).rejects.toMatchObject({ code: 'registry-protocol' });
    },
  );

  test('may call the token access_token', async () => {
    const { registry } = peer(() => ({ text: '{"access_token":"t"}' }));
    expect(await registry.handshake({ realm }, [])).toMatchObject({ is: 'granted', token: 't' });
  });

  test.each(['t', 'a.b.c', `a.${Buffer.from('null').toString('base64url')}.c`])(
    'whose token %j has no claims grants nothing that is known',
    async (token) => {
      const { registry } = peer(() => ({ text: JSON.stringify({ token }) }));
      expect(await registry.handshake({ realm }, [])).toEqual({ is: 'granted', token, access: [] });
    },
  );

  test.each([
    ['{"errors":[{"code":"DENIED","message":"no"}]}', { code: 'DENIED', message: 'no' }],
    ['{"errors":[]}', { message: '{"errors":[]}' }],
    ['<html>502 Bad Gateway</html>', { message: 'a web page instead of an answer' }],
    ['Forbidden', { message: 'Forbidden' }],
    ['', { message: '' }],
  ])('that refuses with %j is quoted', async (text, said) => {
    const { registry } = peer(() => ({ status: 403, text }));
    expect(await registry.handshake({ realm }, [])).toEqual({ is: 'refused', status: 403, ...said });
  });

  test('is quoted shortly', async () => {
    const { registry } = peer(() => ({
      status: 403,
      text: JSON.stringify({ errors: [{ message: 'x'.repeat(9999) }] }),
    }));
    expect(await registry.handshake({ realm }, [])).toMatchObject({ message: 'x'.repeat(400) });
  });
});

describe('an upload', () => {
  test.each([
    'https://evil.example/v2/u',
    'http://registry.example.com:5050/v2/u',
    'https://registry.example.com/v2/u',
  ])('whose Location is %s is a finding: the token does not go there', async (location) => {
    const { registry, sent } = peer(() => ({ status: 202, headers: { location } }));
    expect(await registry.probeUpload('shop/api', 't')).toEqual({
      is: 'accepted',
      location,
      left: 'it is at another address',
    });
    expect(sent.map(({ url }) => url)).toEqual(['https://registry.example.com:5050/v2/shop/api/blobs/uploads/']);
  });

  test.each([undefined, 'http://', 'https://[', '//'])(
    'without a usable Location (%s) is no registry’s',
    async (location) => {
      const { registry } = peer(() => ({ status: 202, headers: location === undefined ? {} : { location } }));
      await expect(registry.probeUpload('shop/api', 't')).rejects.toMatchObject({ code: 'registry-protocol' });
    },
  );

  test('a relative Location is the registry’s own, and the session is cancelled', async () => {
    const { registry, sent } = peer((method) =>
      method === 'POST' ? { status: 202, headers: { location: '/v2/u?_state=s' } } : { status: 204 },
    );
    await registry.probeUpload('shop/api', 't');
    expect(sent[1]).toEqual({
      method: 'DELETE',
      url: 'https://registry.example.com:5050/v2/u?_state=s',
      authorization: 'Bearer t',
    });
  });
});
