import { accessoryElement, actionElement, contextElement, inputElement } from './elements.js';
import {
  anything,
  blockId,
  bool,
  byType,
  type Check,
  Findings,
  list,
  object,
  oneOf,
  slackFile,
  string,
  text,
} from './schema.js';
import { ApiError, isObj, isObjArray, type Obj } from './types.js';

/** All text of one payload; measured by others, not documented. */
const ALL_TEXT = 13_200;
const ALL_MARKDOWN = 12_000;
const ALL_TABLE = 10_000;

const block_id = blockId;

const section = object(
  { block_id, text: text(3000), fields: list(text(2000), 1, 10), accessory: accessoryElement, expand: bool },
  (value, at, found) => {
    if (value.text === undefined && value.fields === undefined) found.add('missing required field: text', at);
  },
);

const table: Check = (value, at, found) => {
  found.tables += 1;
  object({ block_id, 'rows!': list(list(anything, 1, 20), 1, 100), column_settings: list(anything, 0, 20) })(
    value,
    at,
    found,
  );
  const length = isObj(value) ? textLength(value.rows) : 0;
  found.textLength += length;
  if (length > ALL_TABLE) found.add(`must be less than ${ALL_TABLE + 1} characters`, `${at}/rows`);
};

const richText: Check = (value, at, found) => {
  object({
    block_id,
    'elements!': list(
      byType({
        rich_text_section: anything,
        rich_text_list: anything,
        rich_text_preformatted: anything,
        rich_text_quote: anything,
      }),
      0,
      100,
    ),
  })(value, at, found);
  found.textLength += isObj(value) ? textLength(value.elements) : 0;
};

const markdown: Check = (value, at, found) => {
  object({ block_id, 'text!': string(ALL_MARKDOWN) })(value, at, found);
  if (!isObj(value) || typeof value.text !== 'string') return;
  found.markdownLength += value.text.length;
  found.textLength += value.text.length;
};

const image = object(
  { block_id, image_url: string(3000), slack_file: slackFile, 'alt_text!': string(2000), title: text(2000, true) },
  (value, at, found) => {
    if ((value.image_url === undefined) === (value.slack_file === undefined)) {
      found.add('must provide either `image_url` or `slack_file`', at);
    }
  },
);

const COMMON: Record<string, Check> = {
  section,
  divider: object({ block_id }),
  header: object({ block_id, 'text!': text(150, true) }),
  context: object({ block_id, 'elements!': list(contextElement, 1, 10) }),
  actions: object({ block_id, 'elements!': list(actionElement, 1, 25) }),
  image,
  rich_text: richText,
  input: object({
    block_id,
    'label!': text(2000, true),
    'element!': inputElement,
    hint: text(2000, true),
    optional: bool,
    dispatch_action: bool,
  }),
};
const messageBlock = byType({
  ...COMMON,
  markdown,
  table,
  alert: object({ block_id, 'text!': text(3000), level: oneOf('default', 'info', 'warning', 'error', 'success') }),
  video: anything,
  file: anything,
  data_table: anything,
  task_card: anything,
  plan: anything,
  context_actions: anything,
});
const viewBlock = byType({ ...COMMON, video: anything, alert: anything });

/** Whether the app may show a file as a picture. */
export type MayShow = (fileId: string) => boolean;

/** Refuses a message's blocks as chat.postMessage does; returns them with the missing ids filled in. */
export function checkBlocks(blocks: unknown, newId: () => string, mayShow: MayShow = () => true): Obj[] {
  if (!Array.isArray(blocks)) throw new ApiError('invalid_blocks_format');
  const found = new Findings();
  list(messageBlock, 0, 50)(blocks, '/blocks', found);
  for (const { id, at } of found.slackFiles) if (!mayShow(id)) found.add('invalid slack file', at);
  if (found.markdownLength > ALL_MARKDOWN) found.add(`must be less than ${ALL_MARKDOWN + 1} characters`, '/blocks');
  if (found.messages.length > 0 || !isObjArray(blocks)) throw invalid('invalid_blocks', found.messages);
  if (found.tables > 1) throw invalid('invalid_attachments', ['only_one_table_allowed']);
  if (found.textLength > ALL_TEXT) throw new ApiError('msg_blocks_too_long');
  return withIds(blocks, newId);
}

export function checkView(view: unknown, newId: () => string): Obj {
  const found = new Findings();
  if (!isObj(view)) throw invalid('invalid_arguments', ['must provide an object [json-pointer:/view]']);
  const home = view.type === 'home';
  const shape: Record<string, Check> = {
    'blocks!': list(viewBlock, 0, 100),
    private_metadata: string(3000, 0),
    callback_id: string(255, 0),
    external_id: string(255, 0),
  };
  const modal = {
    'title!': text(24, true),
    submit: text(24, true),
    close: text(24, true),
    clear_on_close: bool,
    notify_on_close: bool,
    submit_disabled: bool,
  };
  if (view.type !== 'modal' && !home) found.add('must be a valid enum value', '/view/type');
  object(home ? shape : { ...shape, ...modal })(view, '/view', found);
  const blocks = isObjArray(view.blocks) ? view.blocks : [];
  if (!home && view.submit === undefined && blocks.some((b) => b.type === 'input')) {
    found.add('missing required field: submit', '/view');
  }
  if (found.messages.length > 0) throw invalid('invalid_arguments', found.messages);
  if (JSON.stringify(view).length > 250_000) throw new ApiError('view_too_large');
  return { ...view, blocks: withIds(blocks, newId) };
}

export function checkAttachments(attachments: unknown, newId: () => string, mayShow: MayShow): Obj[] {
  if (!Array.isArray(attachments)) throw new ApiError('invalid_attachments');
  if (attachments.length > 100) throw new ApiError('too_many_attachments');
  if (!isObjArray(attachments)) throw new ApiError('invalid_attachments');
  return attachments.map((a, i) => ({
    ...a,
    id: i + 1,
    ...(a.blocks ? { blocks: checkBlocks(a.blocks, newId, mayShow) } : {}),
  }));
}

function invalid(code: string, messages: string[]): ApiError {
  const marked = messages.map((m) => `[ERROR] ${m}`);
  return new ApiError(code, { errors: messages, response_metadata: { messages: marked } });
}

function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, entry) => sum + textLength(entry), 0);
  if (!isObj(value)) return 0;
  const own = typeof value.text === 'string' ? value.text.length : textLength(value.text);
  return own + textLength(value.elements);
}

const HAS_ACTION = /_select$|^button$|^overflow$|picker$|^checkboxes$|^radio_buttons$|_input$/;

function withIds(blocks: Obj[], newId: () => string): Obj[] {
  const element = (value: unknown): unknown =>
    isObj(value) && HAS_ACTION.test(String(value.type)) ? { action_id: newId(), ...value } : value;
  return blocks.map((b) => ({
    block_id: newId(),
    ...b,
    ...(isObj(b.accessory) ? { accessory: element(b.accessory) } : {}),
    ...(b.type === 'input' ? { element: element(b.element) } : {}),
    ...(b.type === 'actions' && Array.isArray(b.elements) ? { elements: b.elements.map(element) } : {}),
  }));
}
