/** What the options of `registrar init` answer in advance. No secret: of these only the place. */
export interface Given {
  gitlabUrl?: string;
  ca?: string;
  tokenFile?: string;
  tokenEnv?: string;
  registryUrl?: string;
  sshAddress?: string;
  sshPort?: string;
  sshUser?: string;
  sshKey?: string;
  sshHostKey?: string;
  person?: string;
  chat?: string;
  slackMode?: string;
  slackBotToken?: string;
  slackAppToken?: string;
  slackSigningSecret?: string;
  slackMember?: string;
  slackApiUrl?: string;
}
