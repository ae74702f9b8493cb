/** What a diagnosis looks at besides; the names come from the configuration. */
export interface CloseLook {
  /** Host names that the host is to resolve. */
  names: readonly string[];
}

/** Of each log so much of its end is searched: some minutes of a busy registry. Bytes. */
const TAIL_BYTES = 256 * 1024;

/** A name that may stand in the script's first line as it is. */
const PLAIN = /^[A-Za-z0-9_:][A-Za-z0-9._:-]*$/;

/** The script for `sh -s`: its first line says what is asked, all else is always the same. */
export function hostScript(closely?: CloseLook): string {
  const words = closely === undefined ? [] : ['closely', ...closely.names.filter((name) => PLAIN.test(name))];
  return `${['set --', ...words].join(' ')}\n${LOOK}`;
}

/**
 * The same script as a file on the host, for a key with a forced command. Of what comes in on standard input, which is
 * the script above, it reads the first line as words and runs nothing.
 */
export function installedScript(): string {
  return `#!/bin/sh
# Registrar's look at a GitLab host: reads only. Printed by "registrar host script"; docs/host.md tells where it goes.
ASKED=$(head -c 1000 | head -n 1)
case "$ASKED" in "set -- closely"*) set -f; set -- \${ASKED#set -- }; set +f;; *) set --;; esac
${LOOK}`;
}

/**
 * Names, and the ends of the logs: lines about failures of the registry and about bans, whoever they are about, for
 * nothing of a pasted log gets into a script. What belongs to whom is sorted out afterwards.
 */
const CLOSE_LOOK = String.raw`name() { part "name $1"; timeout 1 getent ahosts "$1" 2>/dev/null | awk '{ print $1 }' | sort -u | head -n 8; }
if command -v getent >/dev/null && command -v timeout >/dev/null; then
  for NAME do case "$NAME" in -*|*[!A-Za-z0-9._:-]*) ;; *) name "$NAME";; esac; done
fi
# The first line of a tail may begin inside of a secret, and one that is cut may end there.
log() {
  part "log $1"; F="$R/var/log/gitlab/$1"; [ -r "$F" ] || return 0
  if [ "$(wc -c < "$F")" -gt ${TAIL_BYTES} ]; then tail -c ${TAIL_BYTES} "$F" | sed 1d; else cat "$F"; fi |
    tr -d '\000' | grep -aE -- "$2" | grep -avE 'authorization token required|blob unknown' | tail -n 200 | mask | cut -c 1-1200
}
log registry/current 'level"?[=:]"?(warn|error|fatal|panic)|http.response.status"?[=:]5|token (signed|from|intended|not to be)'
log nginx/gitlab_registry_access.log '" (403|405|413|429|50[0-9]) '
log nginx/gitlab_registry_error.log .
log gitlab-rails/auth_json.log 'Rack_Attack'
`;

/**
 * The one script that looks at a GitLab host: read-only, POSIX sh, one round trip. It begins each part of its answer
 * with a word that it makes up itself, so that nothing that a file holds, or a login script prints, is taken for one.
 *
 * Of gitlab.rb only lines about the registry (and the two URLs it hangs on) leave the host; the others are printed
 * empty so that line numbers stay true. Values of secrets are replaced before anything is sent. `REGISTRAR_ROOT`,
 * set by the host's own sshd, names another root for all paths (a container's, a laboratory's).
 */
const LOOK = String.raw`LC_ALL=C; TZ=UTC; export LC_ALL TZ
R="$REGISTRAR_ROOT"
B=registrar-$(od -An -tx1 -N16 /dev/urandom | tr -d ' \n')
printf '\nregistrar-look %s\n' "$B"
part() { printf '\n%s %s\n' "$B" "$1"; }
file() { part "$1 $2"; if [ -r "$2" ]; then "$3" < "$2"; elif [ -e "$2" ]; then part "unreadable $2"; else part "missing $2"; fi; }
mask() { sed -E \
  -e 's/((secret|password|passwd|accesskey|access_key|accountkey|account_key|key_id|private_key|internal_key|session_?token|auth_?token|dsn|authorization)[A-Za-z_]*[\x27"]?\]?[[:space:]]*(=>|=|:)[[:space:]]*)(\[[^]]*\]?|"([^"\\]|\\.)*"|\x27([^\x27\\]|\\.)*\x27|\x60[^\x60]*\x60|%[a-z]?\([^)]*\)|[A-Za-z_.:!?]+(\[[^]]*\]|\(([^()]|\([^()]*\))*\))|[^][:space:]"\x27,}]+)/\1"***"/Ig' \
  -e 's/(authorization[[:space:]]+)("[^"]*"|\x27[^\x27]*\x27|\\"([^"\\]|\\[^"])*\\"|[^];=:"\x27\\[:space:]][^];"\x27\\]*)/\1***/Ig' \
  -e 's/(["\x27])[A-Za-z0-9+=_-]{32,}(["\x27])/\1***\2/g' \
  -e 's/-----BEGIN[^"\x27]*/***/g' \
  -e 's#(://[^:@/ ]*:)[^@/ ]+@#\1***@#g'
}
settings() { awk '
  function count(text, set) { return gsub(set, "", text) }
  function heredoc(text) {
    if (!match(text, /<<[-~]?["\047]?[A-Z][A-Z0-9_]*/)) return ""
    text = substr(text, RSTART, RLENGTH); gsub(/[^A-Z0-9_]/, "", text); return text
  }
  # A heredoc is emptied: what ends it is printed where what began it was.
  until != "" {
    line = $0; gsub(/^[ \t]+|[ \t\r]+$/, "", line)
    if (line == until) { print kept ? $0 : ""; until = "" } else print ""
    next
  }
  /^=begin/ { comment = 1 }
  comment { if ($0 ~ /^=end/) comment = 0; print ""; next }
  /^__END__/ { exit }
  {
    bare = $0; gsub(/"([^"\\]|\\.)*"|\047([^\047\\]|\\.)*\047/, "text", bare); sub(/#.*/, "", bare)
    # An assignment at the left edge is a new one, whatever seems to be open.
    if (!keep || $0 ~ /^[a-z_]+[ \t]*(\[|["\047]|=[^=>~])/) { depth = 0; keep = ($0 ~ /^[ \t]*(external_url|registry_external_url|registry_nginx[ \t]*\[|registry[ \t]*\[|gitlab_rails[ \t]*\[[\047":]*(registry|shared_path|gitlab_default_projects_features_container_registry)|letsencrypt[ \t]*\[[\047":]*enable|postgresql[ \t]*\[[\047":]*(enable|listen_address|dir|port)[\047"]|nginx[ \t]*\[[\047":]*(ssl_certificate|listen_port|listen_https|enable))/) }
    kept = keep; until = heredoc($0)
    whole = (bare ~ /[ \t;]end[ \t\r]*$/)
    if (keep) {
      print
      depth += count(bare, "[[{(]") - count(bare, "[]})]")
      keep = (depth > 0 || bare ~ /(=>|=|,|\\)[ \t]*$/)
    }
    else if (bare ~ /^[ \t]*(if|unless|case|while|until|for|begin|def)([ \t(]|$)/) print whole ? "" : "if computed"
    else if (bare ~ /=[ \t]*(if|unless|case|begin)([ \t(]|$)/) print whole ? "" : "computed = if computed"
    else if (bare ~ /^[ \t]*elsif[ \t(]/) print "elsif computed"
    else if (bare ~ /^[ \t]*else[ \t\r]*$/) print "else"
    else if (bare ~ /^[ \t]*end([ \t\r.),;]|$)/) print "end"
    else if (bare ~ /[ \t)]do([ \t]*\|[^|]*\|)?[ \t\r]*$/) print "computed do"
    else print ""
  }' | mask
}
part service-list; gitlab-ctl service-list 2>&1
part status; gitlab-ctl status 2>&1
part version; head -n 1 "$R/opt/gitlab/version-manifest.txt" 2>/dev/null
file gitlab-rb "$R/etc/gitlab/gitlab.rb" settings
file registry-config "$R/var/opt/gitlab/registry/config.yml" mask
V="$R/var/opt/gitlab/nginx/conf/service_conf/gitlab-registry.conf"
[ -e "$V" ] || V="$R/var/opt/gitlab/nginx/conf/gitlab-registry.conf"
file vhost "$V" mask
D=$(sed -n 's/.*"rootdirectory" *: *"\([^"]*\)".*/\1/p' "$R/var/opt/gitlab/registry/config.yml" 2>/dev/null | head -n 1)
if [ -n "$D" ]; then
  part "disk $D"; df -Pk -- "$D" 2>&1; part "inodes $D"; df -Pi -- "$D" 2>&1
  part mount; M=$(df -Pk -- "$D" 2>/dev/null | awk 'NR == 2 { print $6 }') awk '$2 == ENVIRON["M"] { options = $4 } END { print options }' /proc/mounts 2>/dev/null
fi
part clock; date +%s
part registry-log; tail -n 200 "$R/var/log/gitlab/registry/current" 2>/dev/null | grep -E 'level=(fatal|error|panic)' | tail -n 3 | mask
if [ "$1" = closely ]; then
shift
${CLOSE_LOOK}fi
# A crash loop looks like "run: … 0s" each time: a young service is looked at again when it should be older.
case "$(gitlab-ctl status registry 2>&1; gitlab-ctl status nginx 2>&1)" in *") 0s;"*|*") 1s;"*) sleep 2;; esac
part status-again; gitlab-ctl status registry 2>&1; gitlab-ctl status nginx 2>&1
part end
`;
