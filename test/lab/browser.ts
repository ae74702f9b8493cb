/** A page or redirect, as a browser got it. */
export interface Shown {
  status: number;
  url: string;
  text: string;
  headers: Headers;
  /** Where a redirect leads; nothing follows it by itself. */
  location: string | undefined;
}

/** A browser as far as a sign-in needs one: cookies by origin, forms, redirects one by one. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  setCookie(url: string, name: string, value: string): void {
    this.#jar(url).set(name, value);
  }

  cookie(url: string, name: string): string | undefined {
    return this.#jar(url).get(name);
  }

  get(url: string): Promise<Shown> {
    return this.#send(url, {});
  }

  /** Presses the button of the page's only form. `fields` change or add what it sends. */
  submit(page: Shown, fields: Record<string, string> = {}): Promise<Shown> {
    const form = /<form[^>]*action="([^"]*)"/.exec(page.text)?.[1];
    if (form === undefined) throw new Error(`no form in ${page.status} ${page.text}`);
    const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
    const sent = { ...Object.fromEntries(hidden.map(([, name, value]) => [name, unescaped(value ?? '')])), ...fields };
    return this.#send(new URL(unescaped(form), page.url).href, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(sent).toString(),
    });
  }

  async #send(url: string, init: { method?: string; headers?: Record<string, string>; body?: string }): Promise<Shown> {
    const jar = this.#jar(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...init.headers, ...(cookie === '' ? {} : { cookie }) };
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/;\s*/);
      const at = pair.indexOf('=');
      if (attributes.some((one) => one.toLowerCase() === 'max-age=0')) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const location = answer.headers.get('location');
    return {
      status: answer.status,
      url,
      text: await answer.text(),
      headers: answer.headers,
      location: location === null ? undefined : new URL(location, url).href,
    };
  }

  #jar(url: string): Map<string, string> {
    const { origin } = new URL(url);
    const jar = this.#cookies.get(origin) ?? new Map<string, string>();
    this.#cookies.set(origin, jar);
    return jar;
  }
}

/** What a page's escaped text says. */
export function unescaped(html: string): string {
  return html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
