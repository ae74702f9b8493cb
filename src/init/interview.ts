import type { Answers } from './answers.js';
import { askChat, type CHATS } from './ask-chat.js';
import { askGitLab, askToken } from './ask-gitlab.js';
import { askHost } from './ask-host.js';
import { askRegistry } from './ask-registry.js';
import { askWho } from './ask-who.js';
import { portable } from './paths.js';
import type { Setting } from './setting.js';

/** All questions, one after the other; writes nothing. Errors: `GivenUp`. */
export async function interview(setting: Setting): Promise<{ answers: Answers; chat: (typeof CHATS)[number] }> {
  const at = await askGitLab(setting);
  const token = await askToken(setting, at);
  const { url: registryUrl, ca } = await askRegistry(setting, at, token.value);
  const host = await askHost(setting, at.url);
  const person = await askWho(setting, { ...at, ca }, token.value);
  const { chat, slack } = await askChat(setting);
  return {
    chat,
    answers: {
      gitlabUrl: at.url,
      token: token.reference,
      registryUrl,
      person,
      ...(ca === undefined ? {} : { ca: portable(ca, setting) }),
      ...(host === undefined ? {} : { host }),
      ...(slack === undefined ? {} : { slack }),
    },
  };
}
