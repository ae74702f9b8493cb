import {
  actionId,
  anything,
  bool,
  byType,
  type Check,
  integer,
  list,
  object,
  oneOf,
  slackFile,
  string,
  text,
} from './schema.js';
import { isObj } from './types.js';

const confirm = object({
  'title!': text(100, true),
  'text!': text(300),
  'confirm!': text(30, true),
  'deny!': text(30, true),
  style: oneOf('primary', 'danger'),
});

const option = object({ 'text!': text(75), 'value!': string(150), description: text(75), url: string(3000) });
const plainOption = object({ 'text!': text(75, true), 'value!': string(150), description: text(75, true) });
const group = object({ 'label!': text(75, true), 'options!': list(plainOption, 1, 100) });
const placeholder = text(150, true);
const common = { action_id: actionId, confirm, focus_on_load: bool };

const selectParts: Record<string, Record<string, Check>> = {
  static: { options: list(plainOption, 1, 100), option_groups: list(group, 1, 100) },
  external: { min_query_length: integer(0, 1000) },
  users: {},
  conversations: { default_to_current_conversation: bool, filter: anything },
  channels: {},
};
const initialOne: Record<string, Record<string, Check>> = {
  static: { initial_option: plainOption },
  external: { initial_option: plainOption },
  users: { initial_user: string(255) },
  conversations: { initial_conversation: string(255), response_url_enabled: bool },
  channels: { initial_channel: string(255), response_url_enabled: bool },
};
const initialMany: Record<string, Record<string, Check>> = {
  static: { initial_options: list(plainOption, 1, 100) },
  external: { initial_options: list(plainOption, 1, 100) },
  users: { initial_users: list(string(255), 1, 100) },
  conversations: { initial_conversations: list(string(255), 1, 100) },
  channels: { initial_channels: list(string(255), 1, 100) },
};

function selects(): Record<string, Check> {
  const all: Record<string, Check> = {};
  for (const [kind, parts] of Object.entries(selectParts)) {
    const needsOptions: Parameters<typeof object>[1] = (value, at, found) => {
      const both = value.options !== undefined && value.option_groups !== undefined;
      const none = value.options === undefined && value.option_groups === undefined;
      if (kind === 'static' && (both || none)) found.add('must provide either `options` or `option_groups`', at);
    };
    all[`${kind}_select`] = object({ ...common, ...parts, ...initialOne[kind], placeholder }, needsOptions);
    const many = { ...common, ...parts, ...initialMany[kind], placeholder, max_selected_items: integer(1, 1000) };
    all[`multi_${kind}_select`] = object(many, needsOptions);
  }
  return all;
}

const button = object({
  ...common,
  'text!': text(75, true),
  value: string(2000),
  url: string(3000),
  style: oneOf('primary', 'danger'),
  accessibility_label: string(75),
});

const inputText = {
  placeholder,
  initial_value: string(3000, 0),
  dispatch_action_config: anything,
};
const plainTextInput = object({
  ...common,
  ...inputText,
  multiline: bool,
  min_length: integer(0, 3000),
  max_length: integer(1, 3000),
});

const image = object(
  { image_url: string(3000), slack_file: slackFile, 'alt_text!': string(2000) },
  (value, at, found) => {
    if ((value.image_url === undefined) === (value.slack_file === undefined)) {
      found.add('must provide either `image_url` or `slack_file`', at);
    }
  },
);

const SELECTS = selects();
const PICKERS: Record<string, Check> = {
  datepicker: object({ ...common, initial_date: string(10), placeholder }),
  timepicker: object({ ...common, initial_time: string(5), placeholder, timezone: string(64) }),
  datetimepicker: object({ ...common, initial_date_time: anything }),
  checkboxes: object({ ...common, 'options!': list(option, 1, 10), initial_options: list(option, 1, 10) }),
  radio_buttons: object({ ...common, 'options!': list(option, 1, 10), initial_option: option }),
};
const overflow = object({ ...common, 'options!': list(option, 1, 5) });
const workflowButton = object({ ...common, 'text!': text(75, true), 'workflow!': anything, style: anything });

export const accessoryElement: Check = byType({ ...SELECTS, ...PICKERS, button, overflow, image });
export const actionElement: Check = byType({
  ...SELECTS,
  ...PICKERS,
  button,
  overflow,
  workflow_button: workflowButton,
});
export const inputElement: Check = byType({
  ...SELECTS,
  ...PICKERS,
  plain_text_input: plainTextInput,
  email_text_input: object({ ...common, ...inputText }),
  url_text_input: object({ ...common, ...inputText }),
  number_input: object({
    ...common,
    ...inputText,
    'is_decimal_allowed!': bool,
    min_value: string(255),
    max_value: string(255),
  }),
  rich_text_input: object({ ...common, placeholder, initial_value: anything, dispatch_action_config: anything }),
  file_input: object({ action_id: actionId, filetypes: list(string(255), 1, 100), max_files: integer(1, 10) }),
});
export const contextElement: Check = (value, at, found) => {
  if (isObj(value) && value.type === 'image') image(value, at, found);
  else if (isObj(value) && (value.type === 'mrkdwn' || value.type === 'plain_text')) text(3000)(value, at, found);
  else if (isObj(value) && typeof value.type === 'string') found.add(`unsupported type: ${value.type}`, `${at}/type`);
  else found.add('must provide an object', at);
};
