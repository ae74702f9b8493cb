import { randomBytes } from 'node:crypto';
import type { User } from './model.js';

/** An application that may ask users to sign in. */
export interface OAuthApplication {
  readonly name: string;
  readonly id: string;
  readonly secret: string;
  readonly confidential: boolean;
  readonly redirectUris: readonly string[];
  readonly scopes: readonly string[];
}

export interface OAuthCode {
  readonly code: string;
  readonly application: OAuthApplication;
  readonly user: User;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  /** PKCE. */
  readonly challenge: string | undefined;
  readonly method: string;
  readonly createdAt: number;
  used: boolean;
}

/** A refresh token is of the same record: revoking either ends both. */
export interface OAuthToken {
  readonly token: string;
  readonly refreshToken: string;
  readonly application: OAuthApplication;
  readonly user: User;
  readonly scopes: readonly string[];
  readonly createdAt: number;
  revoked: boolean;
}

/** Sign-ins by OAuth: applications, codes, tokens, and browsers in which somebody is signed in. */
export class OAuth {
  readonly applications: OAuthApplication[] = [];
  readonly codes: OAuthCode[] = [];
  readonly tokens: OAuthToken[] = [];
  readonly #sessions = new Map<string, User>();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  addApplication(options: {
    redirectUris: readonly string[];
    confidential?: boolean;
    scopes?: readonly string[];
  }): OAuthApplication {
    const application: OAuthApplication = {
      name: 'Registrar',
      id: random(),
      secret: `gloas-${random()}`,
      confidential: options.confidential ?? true,
      redirectUris: options.redirectUris,
      scopes: options.scopes ?? ['read_user'],
    };
    this.applications.push(application);
    return application;
  }

  addCode(options: Omit<OAuthCode, 'code' | 'createdAt' | 'used'>): OAuthCode {
    const code = { ...options, code: random(), createdAt: this.#clock(), used: false };
    this.codes.push(code);
    return code;
  }

  addToken({ application, user, scopes }: Pick<OAuthCode, 'application' | 'user' | 'scopes'>): OAuthToken {
    const secrets = { token: random(), refreshToken: random() };
    const token = { ...secrets, application, user, scopes, createdAt: this.#clock(), revoked: false };
    this.tokens.push(token);
    return token;
  }

  /** A browser in which the user is signed in: the value of its cookie _gitlab_session. */
  signInBrowser(user: User): string {
    const session = random();
    this.#sessions.set(session, user);
    return session;
  }

  /** Who is signed in in the browser that sends these cookies. */
  userOf(cookies: string | undefined): User | undefined {
    const user = this.#sessions.get(/(?:^|; )_gitlab_session=([^;]+)/.exec(cookies ?? '')?.[1] ?? '');
    return user?.blocked === true ? undefined : user;
  }
}

/** As GitLab makes them: 64 hexadecimal digits. */
function random(): string {
  return randomBytes(32).toString('hex');
}
