/** A directive of an nginx file; a block has `children`. */
export interface Directive {
  name: string;
  args: string[];
  /** 1-based. */
  line: number;
  children?: Directive[];
}

/** What nginx would refuse in the text's grammar. */
export interface NginxError {
  line: number;
  message: string;
}

/** Blocks in blocks; nginx's own files need three. What is nested deeper is read as if it stood here. */
const MAX_DEPTH = 64;

/**
 * Parses nginx's configuration grammar: words, quotes, `{}`, `;`, `#`. Pure; never throws: what is left open at the
 * end of the text is closed.
 */
export function parseNginx(text: string): Directive[] {
  return readNginx(text).tree;
}

/** The same, with the errors for which nginx would refuse to start. Source: ngx_conf_file.c, `ngx_conf_read_token`. */
export function readNginx(text: string): { tree: Directive[]; errors: NginxError[] } {
  const tree: Directive[] = [];
  const errors: NginxError[] = [];
  const open: { children: Directive[]; line: number }[] = [{ children: tree, line: 0 }];
  let words: { text: string; line: number }[] = [];
  let last = 1;
  for (const token of tokens(text, errors)) {
    last = token.line;
    const siblings = open.at(-1)?.children ?? tree;
    if (token.kind === 'word') words.push(token);
    else if (token.kind === '}') {
      const [first] = words;
      if (first !== undefined) errors.push({ line: first.line, message: `"${first.text}" is not ended by ";"` });
      words = [];
      if (open.length > 1) open.pop();
      else errors.push({ line: token.line, message: 'unexpected "}"' });
    } else {
      const [first, ...rest] = words;
      words = [];
      if (first === undefined) {
        errors.push({ line: token.line, message: `unexpected "${token.kind}"` });
        if (token.kind === ';') continue;
      }
      const directive: Directive = {
        name: first?.text ?? '',
        args: rest.map((word) => word.text),
        line: first?.line ?? token.line,
      };
      siblings.push(directive);
      if (token.kind === '{') {
        directive.children = [];
        open.push({ children: open.length < MAX_DEPTH ? directive.children : siblings, line: directive.line });
      }
    }
  }
  const [first] = words;
  if (first !== undefined) errors.push({ line: first.line, message: `"${first.text}" is not ended by ";"` });
  const unclosed = open.length > 1 ? open.at(-1) : undefined;
  if (unclosed !== undefined)
    errors.push({ line: last, message: `the block that begins in line ${unclosed.line} is not ended by "}"` });
  return { tree, errors };
}

/** All directives of that name, in the order of the file, inside blocks as well. */
export function directives(tree: readonly Directive[], name: string): Directive[] {
  return tree.flatMap((one) => [...(one.name === name ? [one] : []), ...directives(one.children ?? [], name)]);
}

type Token = { kind: 'word'; text: string; line: number } | { kind: '{' | '}' | ';'; line: number };

function* tokens(text: string, errors: NginxError[]): Generator<Token> {
  let line = 1;
  let i = 0;
  while (i < text.length) {
    const char = text[i] as string;
    if (char === '\n') line++;
    if (isSpace(char)) i++;
    else if (char === '#') i = endOfLine(text, i);
    else if (char === '{' || char === '}' || char === ';') {
      yield { kind: char, line };
      i++;
    } else {
      const begun = line;
      const quote = char === '"' || char === "'" ? char : undefined;
      const start = quote === undefined ? i : i + 1;
      let end = start;
      while (end < text.length && !(quote === undefined ? endsWord(text, end) : text[end] === quote)) {
        if (text[end] === '\n') line++;
        // A sign after a backslash ends nothing, and `${name}` is part of a word, not a block.
        end += text[end] === '\\' || (quote === undefined && text.startsWith('${', end)) ? 2 : 1;
      }
      end = Math.min(end, text.length);
      yield { kind: 'word', text: unescaped(text.slice(start, end)), line: begun };
      if (quote !== undefined) {
        if (end >= text.length) errors.push({ line: begun, message: `the text after ${quote} is not ended` });
        else if (end + 1 < text.length && !/[\s;{)]/.test(text[end + 1] as string))
          errors.push({ line, message: `unexpected "${text[end + 1]}" after the end of a quoted text` });
        end++;
      }
      i = end;
    }
  }
}

function isSpace(char: string): boolean {
  return char === ' ' || char === '\n' || char === '\t' || char === '\r';
}

/** A word goes on over quotes and `}`: only what stands at its begin is a sign of its own. */
function endsWord(text: string, at: number): boolean {
  const char = text[at] as string;
  return isSpace(char) || char === ';' || char === '{';
}

const ESCAPED: Record<string, string> = { t: '\t', r: '\r', n: '\n' };

/** Other backslashes stay: `\d` of a regular expression is written as it is meant. */
function unescaped(text: string): string {
  return text.replace(/\\(["'\\trn])/g, (_, sign: string) => ESCAPED[sign] ?? sign);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}
