import { checkAttachments, checkBlocks } from './block-kit.js';
import { showable } from './file-info.js';
import type { State } from './state.js';
import { ApiError, isObj, type Metadata, type Obj } from './types.js';

export interface Content {
  text: string;
  blocks?: Obj[];
  attachments?: Obj[];
  metadata?: Metadata;
  warnings: string[];
}

const TEXT_MAX = 40_000;

/** The content fields of a message, validated as posting methods do. */
export function messageContent(state: State, args: Obj): Content {
  const warnings: string[] = [];
  const newId = (): string => state.secret().slice(0, 5);
  const mayShow = (id: string): boolean => showable(state, id);
  const text = args.text === undefined || args.text === null ? '' : String(args.text);
  const blocks = args.blocks === undefined || args.blocks === '' ? undefined : checkBlocks(args.blocks, newId, mayShow);
  const attachments =
    args.attachments === undefined || args.attachments === ''
      ? undefined
      : checkAttachments(args.attachments, newId, mayShow);
  const markdown = typeof args.markdown_text === 'string' ? args.markdown_text : undefined;
  if (markdown !== undefined) {
    if (text !== '' || blocks !== undefined) throw new ApiError('markdown_text_conflict');
    if (markdown.length > 12_000) throw new ApiError('msg_too_long');
  }
  const shown = markdown ?? text;
  if (shown.trim() === '' && !blocks?.length && !attachments?.length) throw new ApiError('no_text');
  if (shown.length > TEXT_MAX) warnings.push('message_truncated');
  const metadata = checkMetadata(args.metadata);
  return {
    text: shown.slice(0, TEXT_MAX),
    warnings,
    ...(blocks?.length ? { blocks } : {}),
    ...(attachments?.length ? { attachments } : {}),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

export function checkMetadata(value: unknown): Metadata | undefined {
  if (value === undefined || value === '') return undefined;
  if (!isObj(value)) throw new ApiError('invalid_metadata_format');
  if (Object.keys(value).length === 0) return undefined;
  if (typeof value.event_type !== 'string' || !isObj(value.event_payload)) {
    throw new ApiError('invalid_metadata_schema');
  }
  if (JSON.stringify(value).length > 16_000) throw new ApiError('metadata_too_large');
  return { event_type: value.event_type, event_payload: value.event_payload };
}

export function withWarnings(answer: Obj, warnings: string[]): Obj {
  if (warnings.length === 0) return answer;
  return { ...answer, warning: warnings.join(','), response_metadata: { warnings } };
}
