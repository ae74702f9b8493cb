import { Document, isMap, isNode, isPair, isScalar, type Node } from 'yaml';
import type { Answers } from './answers.js';

/** What stands above a key: a newcomer reads the file before the documentation. */
const ABOVE: readonly [path: readonly (string | number)[], comment: string][] = [
  [['dataDir'], 'The request outbox, the sealing key, the audit trail, and a private Redis.'],
  [['instances'], 'Secrets stand here by reference only: env:NAME or file:PATH, relative to this file.'],
  [['instances', 0, 'ca'], 'The authority that signed the certificates, beside the public ones.'],
  [['instances', 0, 'registry'], 'registry_external_url of gitlab.rb.'],
  [['instances', 0, 'hosts'], 'Looked at by SSH, and never changed: docs/host.md.'],
  [['chat'], 'docs/slack.md, docs/mattermost.md'],
  [['access'], 'Who is who, and counts more than a sign-in: nothing that a chat says is believed.'],
];
const BESIDE: readonly [path: readonly (string | number)[], comment: string][] = [
  [['instances', 0, 'gitlab', 'url'], 'external_url of gitlab.rb'],
  [['instances', 0, 'gitlab', 'token'], 'scope api; Maintainer of the projects whose tokens it rotates'],
  [['instances', 0, 'hosts', 0, 'hostKey'], 'as you confirmed it; another one is refused'],
  [['instances', 0, 'hosts', 0, 'sudo'], 'gitlab.rb and the generated files are root’s'],
];
const HEAD = ` Written by registrar init. What else may stand here: docs/registrar.example.yaml
 and \`registrar config schema\`. It is read again when it changes.`;
const TAIL = ` More that is off until it stands here: watch (docs/watch.md), hook (docs/gitlab.md),
 rotation.policies (docs/rotation.md), operations (docs/host.md).`;

/** The text of registrar.yaml. Pure. */
export function configText(answers: Answers): string {
  // One line a value: a path that is folded can't be found again.
  const document = new Document(settings(answers));
  for (const [path, comment] of ABOVE) above(document, path, ` ${comment}`);
  for (const [path, comment] of BESIDE) {
    const node = document.getIn(path, true);
    if (isScalar(node)) node.comment = ` ${comment}`;
  }
  document.commentBefore = HEAD;
  document.comment = TAIL;
  return document.toString({ lineWidth: 0 });
}

function settings({ gitlabUrl, ca, token, registryUrl, host, person, slack }: Answers): object {
  return {
    dataDir: './data',
    instances: [
      {
        name: 'main',
        gitlab: { url: gitlabUrl, token },
        registry: { url: registryUrl },
        ...(ca === undefined ? {} : { ca }),
        ...(host === undefined ? {} : { hosts: [hostOf(host)] }),
      },
    ],
    ...(slack === undefined
      ? {}
      : {
          chat: {
            slack: {
              mode: slack.mode,
              botToken: slack.botToken,
              [slack.mode === 'socket' ? 'appToken' : 'signingSecret']: slack.second,
              ...(slack.apiUrl === undefined ? {} : { apiUrl: slack.apiUrl }),
            },
          },
        }),
    access: { people: [{ ...person, ...(slack?.member === undefined ? {} : { slack: slack.member }) }] },
  };
}

function hostOf({ address, port, user, key, hostKey, sudo }: NonNullable<Answers['host']>): object {
  return {
    address,
    ...(port === 22 ? {} : { port }),
    user,
    ...(key === undefined ? { agent: true } : { key }),
    hostKey,
    ...(sudo ? { sudo } : {}),
  };
}

/** A comment above a key belongs to the key's own node. */
function above(document: Document, path: readonly (string | number)[], comment: string): void {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return;
  const pair = parent.items.find((one) => isPair(one) && String(one.key) === String(path.at(-1)));
  if (pair === undefined) return;
  const key = isNode(pair.key) ? pair.key : document.createNode(pair.key);
  (key as Node).commentBefore = comment;
  pair.key = key;
}
