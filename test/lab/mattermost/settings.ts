/** The server's settings that an integration feels, with their real defaults. A test changes them in place. */
export interface Settings {
  EnableBotAccountCreation: boolean;
  EnableUserAccessTokens: boolean;
  DisableBotsWhenOwnerIsDeactivated: boolean;
  EnableCommands: boolean;
  EnablePostUsernameOverride: boolean;
  EnablePostIconOverride: boolean;
  EnableFileAttachments: boolean;
  EnableInsecureOutgoingConnections: boolean;
  /** Hosts, addresses or CIDRs the server may call though they are internal. */
  AllowedUntrustedInternalConnections: string;
  /** Seconds; also how long a trigger_id lives. */
  OutgoingIntegrationRequestsTimeout: number;
  MaxPostSize: number;
  MaxFileSize: number;
  MaximumPayloadSizeBytes: number;
  MaxNotificationsPerChannel: number;
  /** Seconds; -1 is for ever. */
  PostEditTimeLimit: number;
  /** `team`: people may only write to those they share a team with. */
  RestrictDirectMessage: 'any' | 'team';
  ShowEmailAddress: boolean;
  RateLimit: { Enable: boolean; PerSec: number; MaxBurst: number; VaryByUser: boolean };
  Version: string;
  /** False: as if the administrator had left SiteURL empty. */
  SiteURLSet: boolean;
}

export function defaultSettings(): Settings {
  return {
    EnableBotAccountCreation: false,
    EnableUserAccessTokens: false,
    DisableBotsWhenOwnerIsDeactivated: true,
    EnableCommands: true,
    EnablePostUsernameOverride: false,
    EnablePostIconOverride: false,
    EnableFileAttachments: true,
    EnableInsecureOutgoingConnections: false,
    AllowedUntrustedInternalConnections: '',
    OutgoingIntegrationRequestsTimeout: 30,
    MaxPostSize: 16_383,
    MaxFileSize: 104_857_600,
    MaximumPayloadSizeBytes: 300_000,
    MaxNotificationsPerChannel: 1000,
    PostEditTimeLimit: -1,
    RestrictDirectMessage: 'any',
    ShowEmailAddress: true,
    RateLimit: { Enable: false, PerSec: 10, MaxBurst: 100, VaryByUser: false },
    Version: '10.11.0',
    SiteURLSet: true,
  };
}
