/** What a client logs in with, and where. */
export interface Login {
  username: string;
  token: string;
  /** host[:port] of the registry, as a docker configuration names it. */
  registryHost: string;
}

/**
 * Somebody outside this GitLab's variables who holds a token, as declared in the configuration. Its methods are one
 * attempt each, may be repeated, and may be called again by another process after a crash.
 *
 * Errors: every method rejects with an `EdgeError`, with `retry` where time may mend it; no secret is in its words.
 */
export interface OutsideConsumer {
  /** In people's words and without a secret: “the pull secret regcred of namespace shop”. The same at each start. */
  readonly name: string;
  /** What it holds now, for {@link OutsideConsumer.restore}: sealed by the caller. `undefined`: it can't be read. */
  read(): Promise<string | undefined>;
  write(login: Login): Promise<void>;
  /** Does it hold that login now? `unknown`: it can't be read. */
  holds(login: Login): Promise<boolean | 'unknown'>;
  /** Gives it back what {@link OutsideConsumer.read} gave; where that was nothing, `old`. False: neither is known. */
  restore(before: string | undefined, old: Login | undefined): Promise<boolean>;
}
