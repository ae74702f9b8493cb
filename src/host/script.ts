/** What is asked of a host besides its own things. */
export interface Asked {
  /** Host names that it is to resolve: they come from the configuration. */
  names: readonly string[];
  /** Also the ends of its logs, for a diagnosis. */
  closely?: boolean;
}
/** Of each log so much of its end is searched: some minutes of a busy registry. Bytes. */
const TAIL_BYTES = 256 * 1024;

/** So far back errors and statuses are counted, if the registry runs so long. */
const RECENT_SECONDS = 900;

/** A name that may stand in the script's first line as it is. */
const PLAIN = /^[A-Za-z0-9_:][A-Za-z0-9._:-]*$/;

/** The script for `sh -s`: its first line says what is asked, all else is always the same. */
export function hostScript({ names, closely }: Asked): string {
  const words = [closely === true ? 'closely' : 'look', ...names.filter((name) => PLAIN.test(name))];
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
case "$ASKED" in "set -- look"*|"set -- closely"*) set -f; set -- \${ASKED#set -- }; set +f;; *) set --;; esac
${LOOK}`;
}

/**
 * The ends of the logs: lines about failures of the registry and about bans, whoever they are about, for nothing of a
 * pasted log gets into a script. What belongs to whom is sorted out afterwards.
 */
const CLOSE_LOOK = String.raw`# The first line of a tail may begin inside of a secret, and one that is cut may end there.
log() {
  part "log $1"; F="$L/$1"; [ -r "$F" ] || return 0
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
const LOOK = String.raw`LC_ALL=C; export LC_ALL; HERE=$TZ; TZ=UTC; export TZ
R="$REGISTRAR_ROOT"; L="$R/var/log/gitlab"
B=registrar-$(od -An -tx1 -N16 /dev/urandom | tr -d ' \n')
printf '\nregistrar-look %s\n' "$B"
part() { printf '\n%s %s\n' "$B" "$1"; }
have() { command -v "$1" > /dev/null 2>&1; }
limit() { if have timeout; then timeout "$@"; else shift; "$@"; fi; }
bundled() { if [ -x "$R/opt/gitlab/embedded/bin/$1" ]; then echo "$R/opt/gitlab/embedded/bin/$1"; else command -v "$1"; fi; }
# What gitlab-ctl calls for one service, without its second of start-up.
state_of() {
  if [ ! -x "$R/opt/gitlab/init/$1" ]; then gitlab-ctl status "$1"
  elif [ -L "$R/opt/gitlab/service/$1" ]; then SVDIR="$R/opt/gitlab/service" "$R/opt/gitlab/init/$1" status; fi
}
real() { if [ -e "$R$1" ]; then echo "$R$1"; else echo "$1"; fi; }
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
part version; head -n 1 "$R/opt/gitlab/version-manifest.txt" 2>/dev/null
C="$R/var/opt/gitlab/registry/config.yml"
V="$R/var/opt/gitlab/nginx/conf/service_conf/gitlab-registry.conf"
[ -e "$V" ] || V="$R/var/opt/gitlab/nginx/conf/gitlab-registry.conf"
file gitlab-rb "$R/etc/gitlab/gitlab.rb" settings
file registry-config "$C" mask
file vhost "$V" mask
Y="$R/var/opt/gitlab/gitlab-rails/etc/gitlab.yml"
[ -r "$Y" ] && part gitlab-yml && awk '/^  registry:/ { inside = 1; next } inside && /^  [^ #]/ { exit } inside && /^    (enabled|host|port|issuer|api_url):/' "$Y" | mask
# Of a certificate's file the first certificate alone: a private key may stand in it, too.
certificate() {
  [ -n "$2" ] || return 0
  part "certificate $1 $2"; P=$(real "$2")
  if [ -r "$P" ]; then awk '/-----BEGIN CERT/ { on = 1 } on { print } /-----END CERT/ { exit }' "$P" | head -c 20000
  elif [ -e "$P" ]; then echo unreadable; else echo missing; fi
}
directive() { sed -nE "s/^[[:space:]]*$1[[:space:]]+[\"']?([^\"';]+)[\"']?[[:space:]]*;.*/\1/p" "$V" 2>/dev/null | head -n 1; }
ROOTS=$(sed -nE 's/^[[:space:]]*rootcertbundle:[[:space:]]*"?([^"]*)"?[[:space:]]*$/\1/p' "$C" 2>/dev/null | head -n 1)
certificate served "$(directive ssl_certificate)"
certificate signing "$ROOTS"
D=$(sed -n 's/.*"rootdirectory" *: *"\([^"]*\)".*/\1/p' "$C" 2>/dev/null | head -n 1)
if [ -n "$D" ]; then
  D=$(real "$D")
  part "disk $D"; df -Pk -- "$D" 2>&1; part "inodes $D"; df -Pi -- "$D" 2>&1
  part mount; M=$(df -Pk -- "$D" 2>/dev/null | awk 'NR == 2 { print $6 }') awk '$2 == ENVIRON["M"] { options = $4 } END { print options }' /proc/mounts 2>/dev/null
  part lockfiles; ls "$D/docker/registry/lockfiles" 2>/dev/null; [ -z "$(ls "$D/docker/registry/v2/repositories" 2>/dev/null | head -n 1)" ] || echo images
fi
part clock; date +%s
# Names of repositories are no business of everybody who asks for a status; and an upload that was cancelled is no error.
unnamed() {
  sed -E -e 's/[ ,]"?(vars|http|auth|go)\.[a-z._]+"?[=:]("([^"\\]|\\.)*"|[^ ,]+)//g' -e 's#/repositories/[^" ]*#/repositories/…#g'
}
part registry-log; tail -n 200 "$L/registry/current" 2>/dev/null | grep -E 'level=(fatal|error|panic)' | grep -vF 'closing blobwriter' | tail -n 3 | unnamed | mask
part emerg; tail -n 300 "$L/nginx/current" 2>/dev/null | grep -aF '[emerg]' | tail -n 2 | cut -c 1-600 | mask
# What was before the registry's last start was another one's failure.
SPAN=$(state_of registry 2>/dev/null | sed -nE 's/^run: [^:]*: \(pid [0-9]+\) ([0-9]+)s.*/\1/p')
[ -n "$SPAN" ] && [ "$SPAN" -lt ${RECENT_SECONDS} ] || SPAN=${RECENT_SECONDS}
SINCE=$(date -d "$SPAN seconds ago" +%Y-%m-%d_%H:%M:%S 2>/dev/null)
LOCAL_SINCE=$(if [ -n "$HERE" ]; then TZ=$HERE; else unset TZ; fi; date -d "$SPAN seconds ago" +%Y-%m-%d_%H:%M:%S 2>/dev/null)
if [ -n "$SINCE" ]; then
part "recent-errors $SPAN"; tail -c ${TAIL_BYTES} "$L/registry/current" 2>/dev/null | tr -d '\000' | awk -v since="$SINCE" '$1 >= since' |
  grep -aE 'level"?[=:]"?(error|fatal|panic)' | grep -avE 'closing blobwriter|authorization token required|(blob|manifest|repository name|blob upload) (unknown|invalid|not known)' |
  unnamed | mask | awk '{ n++; last[n % 5] = $0 } END { print n + 0; for (i = n - 4; i <= n; i++) if (i > 0) print substr(last[i % 5], 1, 500) }'
part statuses; tail -c ${TAIL_BYTES} "$L/nginx/gitlab_registry_access.log" 2>/dev/null | tr -d '\000' | awk -v since="$LOCAL_SINCE" '
  BEGIN { split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", names, " "); for (i = 1; i <= 12; i++) month[names[i]] = i }
  match($0, /\[[0-9]+\/[A-Z][a-z]+\/[0-9:]+ /) {
    split(substr($0, RSTART + 1, RLENGTH - 2), t, /[\/:]/)
    at = sprintf("%s-%02d-%s_%s:%s:%s", t[3], month[t[2]], t[1], t[4], t[5], t[6])
    if (at >= since && match($0, /" [1-5][0-9][0-9] /)) seen[substr($0, RSTART + 2, 3)]++
  }
  END { for (status in seen) print status, seen[status] }'
fi
ASKED=$1; [ $# -eq 0 ] || shift
if [ "$ASKED" = closely ]; then
${CLOSE_LOOK}fi
# What follows takes its time, and is looked at all at once: each prints what it saw in one piece that no other can
# divide. What was printed before was longer than that.
aside() { SAID=$("$@" 2>&1 | head -c 3500); printf '%s\n' "$SAID"; }
services() { part service-list; limit 10 gitlab-ctl service-list; }
states() { part status; limit 10 gitlab-ctl status; }
name() {
  part "name $1"; limit 1 getent ahosts "$1" 2>/dev/null | awk '{ print $1 }' | sort -u | head -n 8
  part "hosts-file $1"; awk -v name="$1" '{ sub(/#.*/, ""); for (i = 2; i <= NF; i++) if ($i == name) { print; next } }' /etc/hosts 2>/dev/null | head -n 4
}
key() {
  part "key $1 $2"; P=$(real "$2")
  if [ ! -e "$P" ]; then echo missing; elif [ ! -r "$P" ]; then echo unreadable
  else limit 3 "$OPENSSL" pkey -in "$P" -pubout -passin pass: 2>/dev/null || echo unreadable; fi
}
answers() { part "$1 $2"; limit 4 "$CURL" -sS -o /dev/null -D - --noproxy '*' --proto '=http,https' --max-time 3 -- "$2" | tr -d '\r' | head -n 20; }
sockets() {
  part sockets
  ss -Hltnp | awk -v wanted="$1" 'BEGIN { n = split(wanted, w, " "); for (i = 1; i <= n; i++) want[w[i]] = 1 } { p = $4; sub(/.*:/, "", p); if (p in want) print $4, $6 }' | head -n 30
  echo end
}
nginx_test() { part nginx-test; limit 5 "$R/opt/gitlab/embedded/sbin/nginx" -t -p "$R/var/opt/gitlab/nginx" | tail -n 4 | cut -c 1-600; }
user_of_registry() {
  P=$(state_of registry 2>/dev/null | sed -nE 's/^run: [^:]*: \(pid ([0-9]+)\).*/\1/p')
  [ -n "$P" ] && stat -c %U "/proc/$P" 2>/dev/null && return
  id -un registry 2>/dev/null
}
as_user() {
  WHO=$1; shift
  if [ "$(id -un)" = "$WHO" ]; then limit 4 "$@"
  elif have setpriv; then limit 4 setpriv --reuid "$WHO" --regid "$(id -g "$WHO")" --init-groups "$@"
  else limit 4 "$(bundled chpst)" -u "$WHO" "$@"; fi
}
writable() {
  WHO=$(user_of_registry); [ -n "$WHO" ] || return
  as_user "$WHO" true 2>/dev/null || return
  part "writable $WHO"
  for P in "$D" "$D/docker" "$D/docker/registry" "$D/docker/registry/v2" "$D/docker/registry/v2/repositories" "$D/docker/registry/v2/blobs"; do
    [ ! -e "$P" ] || as_user "$WHO" test -w "$P" || stat -c '%U:%G %a %n' "$P"
  done
  echo end
}
database() {
  WHO=$(user_of_registry)
  if [ -x "$R/opt/gitlab/embedded/bin/registry" ] && [ -n "$WHO" ]; then
    part migrations; as_user "$WHO" "$R/opt/gitlab/embedded/bin/registry" database migrate status "$C" | grep -aE '^\|' | awk -F'|' '$3 ~ /^ *$/ { n++; print $2 } END { print "pending", n + 0 }' | tail -n 6
  fi
  if have gitlab-psql; then part repositories; limit 4 gitlab-psql -d registry -Atc 'select count(*) from (select 1 from repositories limit 1) one'; fi
}
OPENSSL=$(bundled openssl); CURL=$(bundled curl)
ADDR=$(awk '/^http:/ { inside = 1; next } /^[^ #]/ { inside = 0 } inside && /^  addr:/ { gsub(/["\047]/, ""); print $2; exit }' "$C" 2>/dev/null)
case "$ADDR" in *[!][A-Za-z0-9._:-]*) ADDR=;; esac
WRITTEN=$(sed -nE "s/^[[:space:]]*registry\['registry_http_addr'\][[:space:]]*=[[:space:]]*['\"]([^'\"]*)['\"].*/\1/p" "$R/etc/gitlab/gitlab.rb" 2>/dev/null | tail -n 1)
{
  aside services & aside states &
  if have getent; then
    for NAME in "$@" "$(echo "$ADDR" | sed 's/:[0-9]*$//')" "$(echo "$WRITTEN" | sed -e 's#^[a-z]*://##' -e 's/:[0-9]*$//')"; do
      case "$NAME" in ''|-*|*[!A-Za-z0-9._:-]*) ;; *) aside name "$NAME" &;; esac
    done
  fi
  if [ -n "$OPENSSL" ]; then
    K=$(directive ssl_certificate_key); [ -z "$K" ] || aside key served "$K" &
    [ -z "$ROOTS" ] || aside key signing /var/opt/gitlab/gitlab-rails/etc/gitlab-registry.key &
  fi
  if [ -n "$CURL" ]; then
    case "$ADDR" in
      '') ;;
      :*|0.0.0.0:*|'[::]:'*) aside answers backend "http://127.0.0.1:$(echo "$ADDR" | sed 's/.*://')/v2/" &;;
      *) aside answers backend "http://$ADDR/v2/" &;;
    esac
    S=$(sed -nE '/^storage:/s/.*"regionendpoint" *: *"(https?:[^"]*)".*/\1/p' "$C" 2>/dev/null)
    [ -n "$S" ] || S=$(sed -nE '/^storage:.*"(s3|s3_v2)"/s/.*"region" *: *"([a-z0-9-]+)".*/https:\/\/s3.\1.amazonaws.com/p' "$C" 2>/dev/null)
    [ -n "$S" ] || S=$(sed -nE '/^storage:.*"gcs"/s/.*/https:\/\/storage.googleapis.com/p' "$C" 2>/dev/null)
    [ -n "$S" ] || S=$(sed -nE '/^storage:.*"azure/s/.*"accountname" *: *"([a-z0-9]+)".*/https:\/\/\1.blob.core.windows.net/p' "$C" 2>/dev/null)
    [ -z "$S" ] || aside answers object-store "$S" &
  fi
  if have ss; then
    aside sockets "$(sed -nE 's/^[[:space:]]*addr:.*:([0-9]+)"?[[:space:]]*$/\1/p' "$C" 2>/dev/null | tr '\n' ' ') $(sed -nE 's/^[[:space:]]*listen[[:space:]]+([^;]*:)?([0-9]+)[ ;].*/\2/p' "$V" 2>/dev/null | tr '\n' ' ')" &
  fi
  [ ! -x "$R/opt/gitlab/embedded/sbin/nginx" ] || aside nginx_test &
  [ -z "$D" ] || aside writable &
  if awk '/^database:/ { inside = 1; next } /^[^ #]/ { inside = 0 } inside && /^  enabled:/ { print $2 }' "$C" 2>/dev/null | grep -qE 'true|prefer'; then aside database & fi
  wait
}
# A crash loop looks like "run: … 0s" each time: a young service is looked at again when it should be older.
again() { state_of registry; state_of nginx; }
AGAIN=$(again 2>&1)
case "$AGAIN" in *") 0s"*|*") 1s"*) sleep 2; AGAIN=$(again 2>&1);; esac
part status-again; printf '%s\n' "$AGAIN"
part end
`;
