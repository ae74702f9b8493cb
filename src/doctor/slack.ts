import { type Finding, fault, pass } from './finding.js';

/** What Slack answers to Registrar's tokens. Pure. */
export interface SlackSeen {
  user: string;
  team: string;
  scopes: readonly string[];
  mode: 'socket' | 'http';
}

/** Who may post where it should; `wanted`: the scopes of docs/slack-app-manifest.yaml. */
export function judgeSlack({ user, team, scopes, mode }: SlackSeen, wanted: readonly string[]): Finding[] {
  const lacking = wanted.filter((scope) => !scopes.includes(scope));
  if (lacking.length === 0) return [pass('slack', `${user} in ${team}, mode ${mode}, all ${wanted.length} scopes`)];
  return [
    fault('fail', 'slack', {
      what: `${user} in ${team} lacks the scope${lacking.length === 1 ? '' : 's'} ${lacking.join(', ')}`,
      why: 'the app was installed before they were in its manifest',
      fix: 'paste docs/slack-app-manifest.yaml at https://api.slack.com/apps → the app → App Manifest, then Install App → Reinstall',
    }),
  ];
}

/** `reference`: where the configuration says that the token is. `said`: Slack's word for its refusal. */
export function slackRefuses(which: 'bot' | 'app', reference: string, said: string): Finding {
  const kind = which === 'bot' ? 'bot token' : 'app-level token';
  const page =
    which === 'bot'
      ? 'Install App → Bot User OAuth Token'
      : 'Basic Information → App-Level Tokens, with the scope connections:write';
  return fault('fail', which === 'bot' ? 'slack' : 'slack: socket', {
    what: `Slack refuses the ${kind}`,
    why: said,
    fix: `copy it anew from https://api.slack.com/apps → the app → ${page}, to ${reference}; then start registrar app again`,
  });
}

export function socketOpens(): Finding {
  return pass('slack: socket', 'Slack gives the app-level token a connection');
}
