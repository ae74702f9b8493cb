/** A line of the log as a person sees it; `line` is its number, 1-based. */
export interface Line {
  line: number;
  text: string;
}

/** Terminals, mails and chats break lines at such widths. Characters. */
const NARROWEST = 56;
const WIDEST = 240;

/** What a line of its own begins with: a command, a step of a build, a layer, a level, a time, a fence, a quote. */
const BEGINS =
  /^(?:\s|[$#%+>❯➜] ?\S|```|~~~|\[(?:\d|[A-Z]+\]|[\w-]+@)|##|time=|level=|#\d+ |=>|---|\d{1,4}[-:/.]\d\d|[0-9a-f]{12}: |(?:error|err|fatal|fata|warn|warning|info|debug|notice|panic|note|hint|usage|status|digest|step|sending|removing|successfully|login|the push|using|running|cleaning|uploading|finished|make|npm|exit|see)\b[^/]|received unexpected |denied: |unauthorized: |toomanyrequests: |no basic auth|[A-Z]\w* (?:Succeeded|Failed)|\S+@\S+[:~ ])/i;

/**
 * Joins lines that were broken at a fixed width, so that a message is whole again. The joined line has the number of
 * its first. Pure; a log without broken lines comes back as it is.
 *
 * Two ways of breaking: a terminal cuts after exactly so many characters; a mail breaks at spaces, before the word
 * that would not fit. Nobody breaks some lines and leaves longer ones.
 */
export function unwrap(lines: readonly Line[]): readonly Line[] {
  const whole = rejoin(lines);
  const broken = breaksOf(whole);
  if (broken === undefined) return whole;
  return joinAt(whole, broken);
}

/** People break long errors behind a request: its method, or its URL and the colon, are never the end of a message. */
const REQUEST_ENDS = /(?:\b(?:Get|Head|Post|Put|Patch|Delete) ?|https?:\/\/\S{1,2000}:)$/;
const REQUEST_GOES_ON =
  /^\s{0,8}(?:"?https?:\/\/|(?:Get|Head|Post|Put|Patch|Delete) "?https?:|(?:http|net\/http|x509|tls|remote error|dial tcp|read tcp|write tcp|context|proxyconnect|unexpected|EOF)\b)/;

function rejoin(lines: readonly Line[]): readonly Line[] {
  const joined: Line[] = [];
  for (const one of lines) {
    const last = joined.at(-1);
    if (last !== undefined && REQUEST_ENDS.test(last.text) && REQUEST_GOES_ON.test(one.text))
      joined[joined.length - 1] = { line: last.line, text: `${last.text} ${one.text.trim()}` };
    else joined.push(one);
  }
  return joined.length === lines.length ? lines : joined;
}

function joinAt(lines: readonly Line[], { width, glue }: { width: number; glue: '' | ' ' }): readonly Line[] {
  const joined: Line[] = [];
  let open: { line: number; text: string; last: string } | undefined;
  for (const { line, text } of lines) {
    if (open !== undefined && continues(open.last, text, width)) {
      open.text += glue + text;
      open.last = text;
    } else {
      if (open !== undefined) joined.push({ line: open.line, text: open.text });
      open = { line, text, last: text };
    }
  }
  if (open !== undefined) joined.push({ line: open.line, text: open.text });
  return joined;
}

/** Terminals' own widths. */
const TERMINALS = new Set([80, 100, 120, 132, 160, 200, 240]);

/** The width that lines were broken at: that of the longest, if others come close to it and go on behind. */
function breaksOf(lines: readonly Line[]): { width: number; glue: '' | ' ' } | undefined {
  let width = 0;
  for (const { text } of lines) width = Math.max(width, text.length);
  if (width < NARROWEST || width > WIDEST) return undefined;
  const broken = lines.filter(({ line, text }, index) => {
    const next = lines[index + 1];
    return next?.line === line + 1 && continues(text, next.text, width);
  });
  // One pair may be chance: the longest line has one behind it, and that of a command its output.
  const cut = broken.filter(
    (one) =>
      !/^[$+] |[\])}!"'] ?$/.test(one.text) && /^[a-z0-9%&=_./:"'\\-]/.test(lines[lines.indexOf(one) + 1]?.text ?? ''),
  );
  if (cut.length === 0) return undefined;
  const alike = broken.every(({ text }) => text.length === width) && (broken.length > 1 || TERMINALS.has(width));
  return { width, glue: alike ? '' : ' ' };
}

/** Would the next line's first word not have fitted, and does it not begin a line of its own? */
function continues(text: string, next: string, width: number): boolean {
  if (text.length < NARROWEST || next === '' || BEGINS.test(next)) return false;
  if (text.length === width) return true;
  const word = /^\S+/.exec(next)?.[0].length ?? 0;
  return text.length + 1 + word > width;
}
