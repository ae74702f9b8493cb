/** A directive of an nginx file; a block has `children`. */
export interface Directive {
  name: string;
  args: string[];
  /** 1-based. */
  line: number;
  children?: Directive[];
}

/**
 * Parses nginx's configuration grammar: words, quotes, `{}`, `;`, `#`. Pure; never throws: what is left open at the
 * end of the text is closed.
 */
export function parseNginx(text: string): Directive[] {
  const root: Directive[] = [];
  const open: Directive[][] = [root];
  let words: { text: string; line: number }[] = [];
  for (const token of tokens(text)) {
    const siblings = open.at(-1) ?? root;
    if (token.kind === 'word') words.push(token);
    else if (token.kind === '}') {
      words = [];
      if (open.length > 1) open.pop();
    } else {
      const [first, ...rest] = words;
      words = [];
      if (first === undefined) continue;
      const directive: Directive = { name: first.text, args: rest.map((word) => word.text), line: first.line };
      siblings.push(directive);
      if (token.kind === '{') {
        directive.children = [];
        open.push(directive.children);
      }
    }
  }
  return root;
}

/** All directives of that name, in the order of the file, inside blocks as well. */
export function directives(tree: readonly Directive[], name: string): Directive[] {
  return tree.flatMap((one) => [...(one.name === name ? [one] : []), ...directives(one.children ?? [], name)]);
}

type Token = { kind: 'word'; text: string; line: number } | { kind: '{' | '}' | ';'; line: number };

function* tokens(text: string): Generator<Token> {
  let line = 1;
  let i = 0;
  while (i < text.length) {
    const char = text[i] as string;
    if (char === '\n') line++;
    if (/\s/.test(char)) i++;
    else if (char === '#') i = endOfLine(text, i);
    else if (char === '{' || char === '}' || char === ';') {
      yield { kind: char, line };
      i++;
    } else if (char === '"' || char === "'") {
      const begun = line;
      let word = '';
      for (i++; i < text.length && text[i] !== char; i++) {
        if (text[i] === '\\' && i + 1 < text.length) i++;
        if (text[i] === '\n') line++;
        word += text[i];
      }
      i++;
      yield { kind: 'word', text: word, line: begun };
    } else {
      let end = i;
      // `${name}` is part of a word, not a block.
      while (end < text.length && !/[\s;{}"']/.test(text[end] as string))
        end = text.startsWith('${', end) ? endOfVariable(text, end) : end + 1;
      yield { kind: 'word', text: text.slice(i, end), line };
      i = end;
    }
  }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function endOfVariable(text: string, from: number): number {
  const end = text.indexOf('}', from);
  return end === -1 ? text.length : end + 1;
}
