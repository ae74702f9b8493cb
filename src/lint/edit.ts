import { type GitlabRb, type Range, type RbValue, type Setting, settingOfPath } from '../host/gitlab-rb.js';
import { spelled } from '../host/render/settings.js';
import { ruby } from './ruby.js';

/** A change of gitlab.rb that mends a finding for sure: the bytes of the range become the text. */
export interface Edit {
  at: Range;
  text: string;
}

/** What a rule adds to its finding; nothing where the setting can't be changed in its place. */
type Mended = { edit?: Edit };

/** Another value for a setting. */
export function rewritten({ spans }: GitlabRb, setting: Setting | undefined, value: RbValue): Mended {
  const span = setting && spans.get(setting);
  return span === undefined ? {} : { edit: { at: span.value, text: ruby(value, span.doubleQuoted) } };
}

/** Another name for a setting; none where that one is set as well, for then it would win or be lost. */
export function renamed({ spans, settings }: GitlabRb, setting: Setting, path: readonly string[]): Mended {
  const span = spans.get(setting);
  const taken = settings.some((one) => path.every((key, i) => i >= one.path.length || key === one.path[i]));
  return span === undefined || taken ? {} : { edit: { at: span.name, text: spelled(path) } };
}

/** The setting with its lines goes. */
export function removed({ spans }: GitlabRb, setting: Setting | undefined): Mended {
  const lines = setting && spans.get(setting)?.lines;
  return lines === undefined ? {} : { edit: { at: lines, text: '' } };
}

/** The assignment that decides a setting by itself; `undefined` where a part or the whole of it is set later. */
export function settled(gitlabRb: GitlabRb, ...path: string[]): Setting | undefined {
  const last = gitlabRb.settings.findLast((one) => path.every((key, i) => i >= one.path.length || key === one.path[i]));
  const own = settingOfPath(gitlabRb, ...path);
  return own !== undefined && own === last && own.value !== undefined ? own : undefined;
}
