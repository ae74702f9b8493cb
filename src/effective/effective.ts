import { agrees } from '../host/compare/difference.js';
import { readYaml } from '../host/compare/yaml.js';
import { type Drift, type Files, findDrift, originOf } from '../host/drift.js';
import type { RbValue } from '../host/gitlab-rb.js';
import { readNginx } from '../host/nginx.js';
import { nginxSettings, urlOf } from '../host/render/exposure.js';
import type { Rendered } from '../host/render/lines.js';
import { DEFAULT, type Origin, SettingsTree, spelled, UNKNOWN } from '../host/render/settings.js';
import { cleaner } from '../lint/clean.js';
import type { LintedFile } from '../lint/finding.js';
import { CONFIG_PLACES } from './config-places.js';
import type { Place, Reading } from './place.js';
import { VHOST_PLACES } from './vhost-places.js';

/** A setting as it is in force now. Holds no secret. */
export interface EffectiveSetting {
  /** As it is written in gitlab.rb. */
  setting: string;
  /** What the file says; `undefined` where what belongs there is missing. */
  value: string | undefined;
  /** What decides what reconfigure would write; `undefined` where nothing does: it was added by hand, or reconfigure stops. */
  origin: Origin | undefined;
  file: LintedFile;
  line: number | undefined;
  /** Where reconfigure would make something else of it: what; `null` is nothing of the kind. */
  expected?: string | null;
  /** The assignment with which reconfigure would make what the file says, where it differs and one is known. */
  keep?: { path: string[]; value: RbValue };
}

/** What all places are read with. */
interface Look {
  tree: SettingsTree;
  version: string;
  /** What reconfigure would write; `undefined` where nothing can be compared. */
  generated: Drift['generated'];
  /** Of registry_external_url, where nginx listens on another port. */
  urlPort: string | undefined;
  clean(text: string): string;
}

/**
 * The registry's settings as the generated files have them now, each with what decides it. Pure.
 *
 * A file that is not there, or that reconfigure would not write, tells nothing: of a switched-off registry the old
 * config.yml stays behind.
 */
export function effectiveSettings(files: Files): EffectiveSetting[] {
  const { gitlabRb, vhost, registryConfig } = files;
  // Of a file with a syntax error nothing is carried out, and what was read may be half of it.
  const isBroken = gitlabRb.errors.length > 0;
  const settings = isBroken ? [] : gitlabRb.settings;
  const tree = new SettingsTree(settings);
  const drift = findDrift({ ...files, gitlabRb: { ...gitlabRb, settings } });
  const look: Look = {
    tree,
    version: drift.version,
    generated: isBroken ? undefined : drift.generated,
    urlPort: urlPort(tree, drift.version),
    clean: cleaner(gitlabRb.settings),
  };
  return [
    ...(look.generated === undefined ? [] : [enabled(tree, drift)]),
    ...rows(
      { name: 'vhost', text: vhost, rendered: look.generated?.vhost },
      (text) => readNginx(text).tree,
      VHOST_PLACES,
      look,
    ),
    ...rows(
      { name: 'registry-config', text: registryConfig, rendered: look.generated?.registryConfig },
      (text) => readYaml(text).tree,
      CONFIG_PLACES,
      look,
    ),
  ];
}

function urlPort(tree: SettingsTree, version: string): string | undefined {
  const url = urlOf(tree.text('registry_external_url'));
  const listens = nginxSettings(tree, version)('listen_port').value;
  return listens == null || url === undefined || url === 'invalid' ? undefined : url.port;
}

/** No file says it: the package switches the registry on for a URL, or for Let's Encrypt. */
function enabled(tree: SettingsTree, { generated, exposure }: Drift): EffectiveSetting {
  const { value, origin } = tree.find('registry', 'enable');
  return {
    setting: "registry['enable']",
    value: String(generated?.enabled === true),
    origin: value == null ? (exposure?.origin ?? DEFAULT) : origin,
    file: 'gitlab.rb',
    line: undefined,
  };
}

interface GeneratedFile {
  name: LintedFile;
  /** Of the host; `undefined` where it was not looked at. */
  text: string | undefined;
  /** As reconfigure would write it. */
  rendered: Rendered | undefined;
}

function rows<Tree>(
  { name, text, rendered }: GeneratedFile,
  parse: (text: string) => Tree,
  places: readonly Place<Tree>[],
  { tree, version, generated, urlPort, clean }: Look,
): EffectiveSetting[] {
  if (text === undefined || (generated !== undefined && rendered === undefined)) return [];
  const actual = parse(text);
  const wanted = rendered && parse(rendered.text);
  return places.flatMap((place): EffectiveSetting[] => {
    const found = place.read(actual, urlPort);
    const right = wanted && place.read(wanted, urlPort);
    if (found === undefined && right === undefined && place.absent === undefined) return [];
    const path = place.setting(tree, version);
    const differs = rendered !== undefined && !alike(found, right);
    return [
      {
        setting: spelled(path),
        value: told(found, clean) ?? place.absent,
        origin: rendered && decides(rendered, right, place, tree.origin(...path)),
        file: name,
        line: found?.lines[0],
        ...(differs ? { expected: told(right, clean) ?? place.absent ?? null } : {}),
        ...(differs && found?.made !== undefined ? { keep: { path, value: found.made } } : {}),
      },
    ];
  });
}

function alike(found: Reading | undefined, right: Reading | undefined): boolean {
  if (found === undefined || right === undefined) return found === right;
  return agrees(right.means ?? right.text, found.means ?? found.text);
}

/** The first line of gitlab.rb that decides one of the lines; else what the package does by itself. */
function decides<Tree>(
  rendered: Rendered,
  right: Reading | undefined,
  { at }: Place<Tree>,
  unwritten: Origin,
): Origin | undefined {
  if (right === undefined) return unwritten;
  const origins = right.lines.map((expectedLine) => originOf(rendered, { expectedLine, key: at }));
  return origins.find(({ line }) => line !== undefined) ?? origins[0];
}

/** What gitlab.rb computes nobody knows here. */
function told(reading: Reading | undefined, clean: (text: string) => string): string | undefined {
  if (reading === undefined) return undefined;
  const text = clean(reading.text.replaceAll(UNKNOWN, '⟨computed⟩'));
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}
