/**
 * docs/slack-app-manifest.yaml for one's own app. Pure. `events` is where Slack sends what happens; left out: Socket
 * Mode, which needs no address. What the file's head tells a person to change is done, so the head goes.
 */
export function fillManifest(manifest: string, events?: string): string {
  const lines = manifest.split('\n');
  const body = lines.slice(lines.findIndex((line) => !line.startsWith('#')));
  return body
    .flatMap((line) => {
      const [, indent, key] = /^( *)# (url|request_url): /.exec(line) ?? [];
      if (key !== undefined) return events === undefined ? [] : [`${indent}${key}: ${events}`];
      return [events === undefined ? line : line.replace('socket_mode_enabled: true', 'socket_mode_enabled: false')];
    })
    .join('\n');
}
