import fc from 'fast-check';
import { askPage, donePage, faultPage } from '../../../src/access/link/pages.js';
import { type Shown, unescaped } from '../../lab/browser.js';
import { type Bench, headingOf, MALLORY, startBench } from './bench.js';

/** What somebody sees who opens a link, whoever sent it. */

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());
beforeEach(() => bench.redis.flushall());

/** A page without the words that differ from link to link. */
const skeleton = ({ text }: Shown) => text.replace(/<bdi>.*?<\/bdi>/g, '').replace(/ (?:value|action)="[^"]*"/g, '');

describe('the page', () => {
  test('names the account before anything happens: who is sent another’s link sees whose it is', async () => {
    const link = await bench.ask(MALLORY, 'mallory');
    const page = await bench.browser(bench.ana).get(link);
    expect(page.text).toContain('The Slack account <strong><bdi>mallory</bdi></strong> (id <bdi>U0MALLORY</bdi>)');
    expect(page.text).toContain('Only go on if you typed /registry link yourself');
    expect(page.text).toContain(bench.gitlab.url);
  });

  test('is nobody’s to frame, keep, or run anything in', async () => {
    const link = await bench.ask();
    const browser = bench.browser(bench.ana);
    const pages = [
      await browser.get(link),
      await browser.get(`${bench.url}/link/callback?state=x&code=y`),
      await browser.get(`${bench.url}/link/nothing`),
    ];
    for (const { headers } of pages) {
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; frame-ancestors 'none'$/,
      );
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    }
    expect(pages[0]?.headers.get('set-cookie')).toMatch(
      /^registrar-link=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/,
    );
  });

  test.each([
    '<script>alert(1)</script>',
    '"><form action="https://evil.example.com"><button>',
    "</strong><meta http-equiv='refresh' content='0;url=https://evil.example.com'>",
    'a\u202Egnp.exe\u2066\0',
  ])('shows a name as it is: %j', async (called) => {
    const browser = bench.browser(bench.ana);
    const link = await bench.ask({ platform: 'terminal', id: called }, called);
    const page = await browser.get(link);
    const shown = [...page.text.matchAll(/<bdi>(.*?)<\/bdi>/g)].map(([, words = '']) => unescaped(words));
    const seen = called.replace(/[\u202E\u2066\0]/g, '').slice(0, 80);
    expect(shown).toEqual([seen, seen]);
    expect(page.text).not.toContain(called);
    const usual = await bench.browser().get(await bench.ask({ platform: 'terminal', id: 'ana' }, 'ana'));
    expect(skeleton(page)).toBe(skeleton(usual));
    const done = await browser.get(await bench.consent(browser, link));
    expect(done.status).toBe(200);
    expect(done.text).toContain(`<bdi>${/<bdi>(.*?)<\/bdi>/.exec(page.text)?.[1]}</bdi>`);
  });

  test.each(['<script>', '..%2f..%2fetc', '%0d%0aset-cookie:x=y', 'x'.repeat(99)])(
    'says nothing of what was asked for: %s',
    async (nonce) => {
      const page = await bench.browser().get(`${bench.url}/link/${nonce}`);
      expect([page.status, headingOf(page)]).toEqual([410, 'This link is used up']);
      expect(page.text).not.toContain(decodeURIComponent(nonce));
      expect(page.headers.get('set-cookie')).toBeNull();
    },
  );
});

test('whatever a name, GitLab or an error says, the page’s markup is its own', () => {
  const marked = fc
    .array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...'<>"\'&', '</bdi>', '<b>')))
    .map((all) => all.join(''));
  const markup = (html: string) => html.match(/<[^>]*>|["']/g)?.map((tag) => tag.replace(/"[^"]*"/g, '""'));
  const usual = {
    ask: markup(askPage(offer('a', 'b'), 'c', { action: 'd', check: 'e' })),
    done: markup(donePage(offer('a', 'b'), 'c', 'd')),
    fault: markup(faultPage({ what: 'a', why: 'b', next: 'c' })),
  };
  fc.assert(
    fc.property(marked, marked, (one, other) => {
      expect(markup(askPage(offer(one, other), one, { action: one, check: other }))).toEqual(usual.ask);
      expect(markup(donePage(offer(one, other), one, other))).toEqual(usual.done);
      expect(markup(faultPage({ what: one, why: `x${other}`, next: one }))).toEqual(usual.fault);
    }),
  );
});

function offer(id: string, called: string) {
  return { person: { platform: 'slack' as const, id }, called, instance: 'main', until: 0 };
}
