import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import type { ReplyJob } from '../../queue/jobs.js';
import type { Answer } from '../answer.js';
import type { Field, Form } from '../form.js';
import { pastedLog } from '../log.js';
import type { Asked, Chat, Handlers } from '../port.js';
import type { ChatRequest, ReplyAddress } from '../request.js';
import { type Offer, renderTerminal } from './render.js';
import { Screen } from './screen.js';

/** Of a long log the beginning and the end are sent; `registrar diagnose FILE` reads all of it. Bytes. */
const HEAD_BYTES = 256 * 1024;
const TAIL_BYTES = 1024 * 1024;
/** A line with a dot alone ends a text of several lines, as in mail(1). */
const END_OF_TEXT = '.';

export interface TerminalOptions {
  input: NodeJS.ReadableStream;
  output: NodeJS.WriteStream | NodeJS.WritableStream;
  /** A person sits there: prompt, history, completion, answers edited in place. */
  interactive: boolean;
  color: boolean;
  /** Time zone, as the IANA names it; left out: UTC. */
  zone?: string;
  /** As in $LANG: fr_FR.UTF-8; left out: nobody says. */
  locale?: string;
  /** The operating system's user name: who asks. */
  person: string;
  /** Names of subcommands, for completion. */
  words: readonly string[];
}

/** The terminal as a chat: a third adapter, so that a newcomer needs neither Slack nor Mattermost. */
export class TerminalChat implements Chat {
  readonly platform = 'terminal';
  /** Names this terminal's queue of answers. */
  readonly session = randomUUID();
  readonly #options: TerminalOptions;
  readonly #screen: Screen;
  readonly #sequences = new Map<string, number>();
  readonly #waiting = new Map<string, (answer: Answer) => void>();
  #offers: Offer[] = [];
  #offersOf = '';
  /** Answers that were nobody's to wait for: what the desk says at once. */
  #told = 0;
  #reader: Interface | undefined;

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.#screen = new Screen(options.output, options.interactive);
  }

  async start(_handlers: Handlers): Promise<void> {}

  async localeOf(): Promise<string | undefined> {
    return this.#options.locale;
  }

  async stop(): Promise<void> {
    this.#screen.close();
    this.#reader?.close();
  }

  async deliver({ key, sequence, answer }: ReplyJob): Promise<void> {
    if ((this.#sequences.get(key) ?? 0) >= sequence) return;
    this.#sequences.set(key, sequence);
    this.#show(key, answer);
  }

  async tell(_address: ReplyAddress, answer: Answer): Promise<void> {
    this.#show(randomUUID(), answer);
  }

  /**
   * Says a line and resolves with the final answer to it. `undefined` when the line was answered at once.
   * `lines`: what is typed next, for the answers to a form.
   */
  async say(
    line: string,
    handlers: Handlers,
    log?: ChatRequest['log'],
    lines?: AsyncIterator<string>,
  ): Promise<Answer | undefined> {
    const offer = this.#pressed(line);
    if (offer !== undefined) return this.#press(offer, handlers, lines);
    const request: ChatRequest = {
      ...this.#who(),
      text: line.replace(/^\/registry\b\s*/, ''),
      ...(log === undefined ? {} : { log }),
    };
    const final = this.#finalOf(request.id);
    const told = this.#toldAtOnce(() => handlers.request(request));
    return this.#ended(await Promise.race([final, told]), [request.id], handlers, lines);
  }

  async #ended(
    outcome: Answer | Form | 'told',
    keys: readonly string[],
    handlers: Handlers,
    lines: AsyncIterator<string> | undefined,
  ): Promise<Answer | undefined> {
    if (typeof outcome !== 'string' && 'mark' in outcome) return outcome;
    for (const key of keys) this.#waiting.delete(key);
    return outcome === 'told' || lines === undefined ? undefined : this.#fill(outcome, handlers, lines);
  }

  /** Asks a form's questions one by one. */
  async #fill(form: Form, handlers: Handlers, lines: AsyncIterator<string>): Promise<Answer | undefined> {
    const values: Record<string, string> = {};
    for (const field of form.fields) {
      if (field.kind === 'file') continue;
      this.#options.output.write(`${question(field)}\n`);
      values[field.id] = await answered(field, lines);
      this.#screen.moved();
    }
    const who = this.#who();
    const judged = handlers.submit({ ...who, form: form.id, context: form.context, values });
    if ('faults' in judged) {
      this.#options.output.write(`${Object.values(judged.faults).join(' ')}\n`);
      this.#screen.moved();
      return undefined;
    }
    const final = this.#finalOf(who.id);
    return this.#ended(await Promise.race([final, this.#toldAtOnce(judged.carryOut)]), [who.id], handlers, lines);
  }

  /** Reads lines until the input ends or the person leaves. */
  async converse(handlers: Handlers): Promise<void> {
    const { input, output, interactive, words } = this.#options;
    const reader = createInterface({
      input,
      ...(interactive ? { output: output as NodeJS.WritableStream } : {}),
      terminal: interactive,
      historySize: 500,
      prompt: '/registry ',
      completer: (line: string) => {
        const hits = words.filter((word) => word.startsWith(line));
        return [hits.length > 0 ? hits.map((word) => `${word} `) : [...words], line];
      },
    });
    this.#reader = reader;
    if (interactive) reader.prompt();
    const lines = reader[Symbol.asyncIterator]();
    for (let line = await lines.next(); !line.done; line = await lines.next()) {
      this.#screen.moved();
      const said = line.value.trim();
      if (said === 'exit' || said === 'quit') break;
      if (said !== '') await this.#line(said, lines, handlers);
      if (interactive) reader.prompt();
    }
    reader.close();
  }

  async #line(line: string, lines: AsyncIterator<string>, handlers: Handlers): Promise<void> {
    const file = /^(?:\/registry\s+)?diagnose\s+(\S.*)$/.exec(line)?.[1];
    if (file !== undefined && existsSync(file) && statSync(file).isFile()) {
      await this.say('diagnose', handlers, pastedLog(readEnds(file)));
      return;
    }
    await this.say(line, handlers, undefined, lines);
  }

  #who(): Pick<ChatRequest, 'id' | 'person' | 'replyTo'> {
    const { person } = this.#options;
    return {
      id: `terminal-${randomUUID()}`,
      person: { platform: 'terminal', id: person },
      replyTo: { platform: 'terminal', channel: this.session, person },
    };
  }

  async #press(
    offer: Offer,
    handlers: Handlers,
    lines: AsyncIterator<string> | undefined,
  ): Promise<Answer | undefined> {
    const who = this.#who();
    const message = this.#offersOf;
    const final = Promise.race([this.#finalOf(who.id), this.#finalOf(message)]);
    const told = this.#toldAtOnce(() => handlers.action({ ...who, action: offer.action, value: offer.value, message }));
    return this.#ended(await Promise.race([final, told]), [who.id, message], handlers, lines);
  }

  #pressed(line: string): Offer | undefined {
    const number = /^[1-9]$/.test(line) ? Number(line) : undefined;
    return number === undefined
      ? this.#offers.find(({ label }) => label.toLowerCase() === line.toLowerCase())
      : this.#offers[number - 1];
  }

  #finalOf(key: string): Promise<Answer> {
    return new Promise((resolve) => this.#waiting.set(key, resolve));
  }

  /** What the desk answers without a job, it has said when the request returns. */
  async #toldAtOnce(work: () => Promise<Asked>): Promise<'told' | Form> {
    const before = this.#told;
    const outcome = await work();
    if (outcome !== 'done') return outcome;
    if (this.#told > before) return 'told';
    return new Promise(() => {});
  }

  #show(key: string, answer: Answer): void {
    const { text, offers } = renderTerminal(answer, {
      color: this.#options.color,
      width: this.#screen.width,
      ...(this.#options.zone === undefined ? {} : { zone: this.#options.zone }),
    });
    const running = answer.mark === 'running';
    this.#screen.show(key, text, running);
    if (running) return;
    if (offers.length > 0 || key === this.#offersOf) {
      this.#offers = offers;
      this.#offersOf = key;
    }
    const resolve = this.#waiting.get(key);
    this.#waiting.delete(key);
    if (resolve === undefined) this.#told++;
    else resolve(answer);
  }
}

function question(field: Field): string {
  const choices =
    field.kind === 'choice'
      ? field.groups.map(({ label, choices: list }) => `  ${label}: ${list.map(({ value }) => value).join(', ')}`)
      : [];
  const ends = field.kind === 'text' && field.multiline === true ? ` A line with ${END_OF_TEXT} alone ends it.` : '';
  return [`${field.label}.${ends}`, ...choices].join('\n');
}

async function answered(field: Field, lines: AsyncIterator<string>): Promise<string> {
  const many = field.kind === 'text' && field.multiline === true;
  const typed: string[] = [];
  for (let next = await lines.next(); !next.done && next.value !== END_OF_TEXT; next = await lines.next()) {
    typed.push(next.value);
    if (!many) break;
  }
  return typed.join('\n');
}

function readEnds(path: string): string {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const read = (from: number, length: number) => {
      const buffer = Buffer.alloc(length);
      return buffer.subarray(0, readSync(file, buffer, 0, length, from));
    };
    if (size <= HEAD_BYTES + TAIL_BYTES) return read(0, size).toString('utf8');
    return Buffer.concat([read(0, HEAD_BYTES), Buffer.from('\n'), read(size - TAIL_BYTES, TAIL_BYTES)]).toString(
      'utf8',
    );
  } finally {
    closeSync(file);
  }
}
