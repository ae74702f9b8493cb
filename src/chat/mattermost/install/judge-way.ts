import { INSECURE, INTERNAL, MAY_MAKE_COMMANDS, SITE_URL } from './places.js';
import { TRIGGER } from './wanted.js';

/** What came of executing the command once, and what else is known of the way from the server to Registrar. */
export interface Heard {
  /** `ok`; `silent`: no answer in time; else the server's id of the error. */
  said: string;
  callbackUrl: string;
  /** As it is written in the URL. */
  host: string;
  /** Is it one that the server calls only where it is listed, and is not? `unknown`: the setting, or the name, is not readable from here. */
  refusal: 'yes' | 'no' | 'unknown';
  /** Does something answer there, asked from this machine? */
  answersHere: boolean;
}

export interface Way {
  /** `later`: nothing is wrong but that Registrar does not run yet. */
  is: 'open' | 'later' | 'shut';
  text: string;
  fix?: string;
}

const START = 'put what stands below into registrar.yaml, start `registrar all`, and run this again';

/** The server tells a refused address and a stopped Registrar by one and the same id. Pure. */
export function judgeWay(heard: Heard): Way {
  const { said, callbackUrl } = heard;
  switch (said) {
    case 'ok':
      return { is: 'open', text: `the server reaches ${callbackUrl}: \`/${TRIGGER} help\` was taken` };
    case 'silent':
    case 'api.command.execute_command.failed.app_error':
      return unanswered(heard);
    case 'api.command.execute_command.failed_resp.app_error':
      return {
        ...{ is: 'later', text: `${callbackUrl} is reached, and does not know the command’s token yet` },
        fix: START,
      };
    case 'api.command.disabled.app_error':
      return { is: 'shut', text: 'the server has slash commands switched off', fix: `switch on ${MAY_MAKE_COMMANDS}` };
    case 'api.command.execute_command.site_url_required.app_error':
      return { is: 'shut', text: 'the server has no SiteURL, and runs no command without', fix: `set ${SITE_URL}` };
    default:
      return {
        ...{ is: 'shut', text: `executing \`/${TRIGGER} help\` gave ${said}` },
        fix: 'the server’s log has more: System Console → Reporting → Server Logs',
      };
  }
}

function unanswered({ said, callbackUrl, host, refusal, answersHere }: Heard): Way {
  const list = `enter ${host} in ${INTERNAL} (AllowedUntrustedInternalConnections)`;
  const stopped = `nothing answers at ${callbackUrl} from here: Registrar is not running yet`;
  if (refusal === 'yes')
    return {
      is: 'shut',
      text: `the server refuses to call ${host}: it is an internal address${answersHere ? '' : `; and ${stopped}`}`,
      fix: answersHere ? list : `${list}; then ${START}`,
    };
  const doubt = refusal === 'unknown' ? `; where ${host} is an internal address, ${list}` : '';
  if (!answersHere) return { is: 'later', text: stopped, fix: `${START}${doubt}` };
  return {
    is: 'shut',
    text:
      said === 'silent'
        ? `${callbackUrl} answers from here, but the server waits for it in vain`
        : `${callbackUrl} answers from here, but not to the server, or not as Registrar does`,
    fix: `on the server’s own machine: curl -sS ${callbackUrl}/healthz${
      /^https/i.test(callbackUrl) ? `; a certificate of an authority of your own needs ${INSECURE}` : ''
    }${doubt}`,
  };
}
