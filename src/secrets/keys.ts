const SECRET =
  /secret|passw|passphrase|token|access_?key|account_?key|api_?key|private_?key|internal_key|key_?id|credential|authorization|cookie|dsn|sas_?|endpoints\[\d+\]\.headers|^headers$/i;

/** Realms and paths are named after a secret and hold none. */
const HARMLESS = /auth\.token\b|token_realm|realm|_?path\b|ssl_session_tickets|server_tokens/g;

/** Does a setting, a key of config.yml or a header of that name hold a secret? */
export function isSecret(name: string): boolean {
  return SECRET.test(name.replace(HARMLESS, ''));
}
