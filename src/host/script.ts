import { USAGE } from './usage-script.js';

/** What is asked of a host besides its own things. */
export interface Asked {
  /** Host names that it is to resolve: they come from the configuration. */
  names: readonly string[];
  /** Also the ends of its logs, for a diagnosis. */
  closely?: boolean;
  /** Its version and the states of its services alone: what there is to know of a host that is not the registry's. */
  servicesOnly?: boolean;
}

/** Of each log so much of its end is searched: some minutes of a busy registry. Bytes. */
const TAIL_BYTES = 256 * 1024;

/** So far back errors and statuses are counted, if the registry runs so long. */
const RECENT_SECONDS = 900;
/** A start takes so long. */
const START_SECONDS = 2;

/** A name that may stand in the script's first line as it is. */
const PLAIN = /^[A-Za-z0-9_:][A-Za-z0-9._:-]*$/;

/** The script for `sh -s`: its first line says what is asked, all else is always the same. */
export function hostScript({ names, closely, servicesOnly }: Asked): string {
  const look = closely === true ? 'closely' : 'look';
  const words = servicesOnly === true ? ['services'] : [look, ...names.filter((name) => PLAIN.test(name))];
  return `${['set --', ...words].join(' ')}\n${LOOK}`;
}

/**
 * The same script as a file on the host, with that of usage-script.ts, for a key with a forced command. Of what comes
 * in on standard input, which is one of the two, it reads the first line as words and runs nothing.
 */
export function installedScript(): string {
  return `#!/bin/sh
# Registrar's look at a GitLab host: reads only. Printed by "registrar host script"; docs/host.md tells where it goes.
ASKED=$(head -c 1000 | head -n 1)
case "$ASKED" in "set -- usage"*)
${USAGE};; esac
case "$ASKED" in "set -- look"*|"set -- closely"*|"set -- services"*) set -f; set -- \${ASKED#set -- }; set +f;; *) set --;; esac
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
ASKED=$1; [ $# -eq 0 ] || shift
have() { command -v "$1" > /dev/null 2>&1; }
limit() { if have timeout; then timeout "$@"; else shift; "$@"; fi; }
bundled() { if [ -x "$R/opt/gitlab/embedded/bin/$1" ]; then echo "$R/opt/gitlab/embedded/bin/$1"; else command -v "$1"; fi; }
# What gitlab-ctl calls for one service, without its second of start-up.
state_of() {
  if [ ! -x "$R/opt/gitlab/init/$1" ]; then gitlab-ctl status "$1"
  elif [ -L "$R/opt/gitlab/service/$1" ]; then SVDIR="$R/opt/gitlab/service" "$R/opt/gitlab/init/$1" status; fi
}
# The path as seen from here, in P.
real() { if [ -e "$R$1" ]; then P=$R$1; else P=$1; fi; }
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
# What is looked at beside something else prints what it saw in one piece that no other can divide.
aside() { SAID=$("$@" 2>&1); printf '%.3500s\n' "$SAID"; }
states() { part status; limit 10 gitlab-ctl status; }
part version; head -n 1 "$R/opt/gitlab/version-manifest.txt" 2>/dev/null
# Each gitlab-ctl is a second of Ruby: here one is enough.
if [ "$ASKED" = services ]; then aside states; part end; exit; fi
C="$R/var/opt/gitlab/registry/config.yml"
V="$R/var/opt/gitlab/nginx/conf/service_conf/gitlab-registry.conf"
[ -e "$V" ] || V="$R/var/opt/gitlab/nginx/conf/gitlab-registry.conf"
G="$R/etc/gitlab/gitlab.rb"
file gitlab-rb "$G" settings
file registry-config "$C" mask
file vhost "$V" mask
# What of the files is needed below, each value a line, in this order.
ADDR= ROOTS= D= DATABASE= STORE= CERT= KEY= PORTS= WRITTEN=
[ ! -r "$C" ] || { read -r ADDR; read -r ROOTS; read -r D; read -r DATABASE; read -r STORE; read -r PORTS; } << VALUES
$(awk '
  function bare(text) { gsub(/^[ \t]+|[ \t\r]+$/, "", text); gsub(/^["\047]|["\047]$/, "", text); return text }
  function of(key) { return match($0, "\"" key "\" *: *\"[^\"]*\"") ? gensubless(substr($0, RSTART, RLENGTH)) : "" }
  function gensubless(text) { sub(/^"[^"]*" *: *"/, "", text); sub(/"$/, "", text); return text }
  /^[^ #]/ { section = $1 }
  section == "http:" && /^  addr:/ { addr = bare(substr($0, index($0, ":") + 1)); port = addr; sub(/.*:/, "", port); ports = ports " " port }
  section == "http:" && /^    addr:/ { port = bare($2); sub(/.*:/, "", port); ports = ports " " port }
  /^ +rootcertbundle:/ { roots = bare(substr($0, index($0, ":") + 1)) }
  # In one line as reconfigure writes it, or in several.
  section == "database:" && database == "" && match($0, /enabled"?: *"?[a-z]+/) { database = substr($0, RSTART, RLENGTH); sub(/.*[: "]/, "", database) }
  /"rootdirectory"/ { if (dir == "") dir = of("rootdirectory") }
  /^storage:/ {
    store = of("regionendpoint")
    if (store == "" && /"s3(_v2)?"/ && of("region") ~ /^[a-z0-9-]+$/) store = "https://s3." of("region") ".amazonaws.com"
    if (store == "" && /"gcs"/) store = "https://storage.googleapis.com"
    if (store == "" && /"azure/ && of("accountname") ~ /^[a-z0-9]+$/) store = "https://" of("accountname") ".blob.core.windows.net"
    if (store !~ /^https?:\/\//) store = ""
  }
  END { print addr; print roots; print dir; print database; print store; print ports }' "$C")
VALUES
[ ! -r "$V" ] || { read -r CERT; read -r KEY; read -r LISTEN; PORTS="$PORTS $LISTEN"; } << VALUES
$(awk '
  function bare(text) { sub(/^[ \t]*[a-z_]+[ \t]+/, "", text); sub(/[ \t]*;.*/, "", text); gsub(/^["\047]|["\047]$/, "", text); return text }
  /^[ \t]*ssl_certificate[ \t]/ && cert == "" { cert = bare($0) }
  /^[ \t]*ssl_certificate_key[ \t]/ && key == "" { key = bare($0) }
  /^[ \t]*listen[ \t]/ { port = $2; sub(/;.*/, "", port); sub(/.*:/, "", port); ports = ports " " port }
  END { print cert; print key; print ports }' "$V")
VALUES
# Certificates: of each file the first one alone, for a private key may stand behind it.
certificate() {
  [ -n "$2" ] || return 0
  part "certificate $1 $2"; real "$2"
  if [ -r "$P" ]; then awk '/-----BEGIN CERT/ { on = 1 } on { print } /-----END CERT/ || NR > 400 { exit }' "$P"
  elif [ -e "$P" ]; then echo unreadable; else echo missing; fi
}
certificate served "$CERT"
certificate signing "$ROOTS"
Y="$R/var/opt/gitlab/gitlab-rails/etc/gitlab.yml"
[ ! -r "$Y" ] || { part gitlab-yml; awk '/^  registry:/ { inside = 1; next } inside && /^  [^ #]/ { exit } inside && /^    (enabled|host|port|issuer):/' "$Y"; awk '/^ +default_projects_features:/ { inside = 1 } inside && /^ +container_registry:/ { print "    new_projects: " $2; exit }' "$Y"; }
if [ -n "$D" ]; then
  real "$D"; D=$P
  part "disk $D"; df -Pk -- "$D" 2>&1; part "inodes $D"; df -Pi -- "$D" 2>&1
  part mount; awk -v dir="$D/" '{ at = $2 == "/" ? "/" : $2 "/" } index(dir, at) == 1 && length(at) >= length(best) { best = at; options = $4 } END { print options }' /proc/mounts 2>/dev/null
  part lockfiles; for F in "$D"/docker/registry/lockfiles/*; do [ ! -e "$F" ] || echo "${'$'}{F##*/}"; done
  for F in "$D"/docker/registry/v2/repositories/*; do [ ! -e "$F" ] || { echo images; break; }; done
fi
part clock; date +%s
# "run: registry: (pid 71) 900s": what was before the registry's last start was another one's failure; and the
# start itself takes a moment, in which nginx answers 502.
STATE=$(state_of registry 2>/dev/null) PID= SPAN=${RECENT_SECONDS}
case "$STATE" in
  "run: "*"(pid "*) PID=${'$'}{STATE#*"(pid "}; AGE=${'$'}{PID#*") "}; PID=${'$'}{PID%%")"*}; AGE=${'$'}{AGE%%s*}
    case "$AGE" in ''|*[!0-9]*) ;; *) AGE=$((AGE > ${START_SECONDS} ? AGE - ${START_SECONDS} : 0)); [ "$AGE" -ge "$SPAN" ] || SPAN=$AGE;; esac;;
esac
SINCE=$(date -d "$SPAN seconds ago" +%Y-%m-%d_%H:%M:%S 2>/dev/null)
F="$L/registry/current"
if [ -r "$F" ]; then
# Names of repositories are no business of everybody who asks for a status; an upload that was cancelled is no error.
tail -c ${TAIL_BYTES} "$F" | tr -d '\000' | awk -v since="$SINCE" -v boundary="$B" -v span="$SPAN" '
  !/level"?[=:]"?(error|fatal|panic)/ || /closing blobwriter|authorization token required/ { next }
  {
    gsub(/[ ,]"?(vars|http|auth|go)\.[a-z._]+"?[=:]("([^"\\]|\\.)*"|[^ ,]+)/, ""); gsub(/\/repositories\/[^" ]*/, "/repositories/…")
    $0 = substr($0, 1, 500); last[n++ % 3] = $0
  }
  since != "" && $1 >= since && !/(blob|manifest|repository name|blob upload) (unknown|invalid|not known)/ { recent[errors++ % 5] = $0 }
  END {
    print "\n" boundary " registry-log"; for (i = n > 3 ? n - 3 : 0; i < n; i++) print last[i % 3]
    if (since != "") {
      print "\n" boundary " recent-errors " span "\n" errors + 0
      for (i = errors > 5 ? errors - 5 : 0; i < errors; i++) print recent[i % 5]
    }
  }' | mask
elif [ -n "$SINCE" ]; then part "recent-errors $SPAN"; fi
F="$L/nginx/current"
[ ! -r "$F" ] || { part emerg; tail -n 300 "$F" | grep -aF '[emerg]' | tail -n 2 | cut -c 1-600 | mask; }
F="$L/nginx/gitlab_registry_access.log"
if [ -r "$F" ] && [ -n "$SINCE" ]; then
part statuses; tail -c ${TAIL_BYTES} "$F" | tr -d '\000' | awk -v since="$(if [ -n "$HERE" ]; then TZ=$HERE; else unset TZ; fi; date -d "$SPAN seconds ago" +%Y-%m-%d_%H:%M:%S)" '
  BEGIN { split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", names, " "); for (i = 1; i <= 12; i++) month[names[i]] = i }
  match($0, /\[[0-9]+\/[A-Z][a-z]+\/[0-9:]+ /) {
    split(substr($0, RSTART + 1, RLENGTH - 2), t, /[\/:]/)
    at = sprintf("%s-%02d-%s_%s:%s:%s", t[3], month[t[2]], t[1], t[4], t[5], t[6])
    if (at >= since && match($0, /" [1-5][0-9][0-9] /)) seen[substr($0, RSTART + 2, 3)]++
  }
  END { for (status in seen) print status, seen[status] }'
fi
if [ "$ASKED" = closely ]; then
${CLOSE_LOOK}fi
# What follows takes its time, and is looked at all at once. What was printed before was longer than a piece of it.
services() { part service-list; limit 10 gitlab-ctl service-list; }
name() {
  part "name $1"; limit 1 getent ahosts "$1" 2>/dev/null | awk '!seen[$1]++ && n++ < 8 { print $1 }'
}
key() {
  part "key $1 $2"; real "$2"
  if [ ! -e "$P" ]; then echo missing; elif [ ! -r "$P" ]; then echo unreadable
  else "$OPENSSL" pkey -in "$P" -pubout -passin pass: 2>/dev/null || echo unreadable; fi
}
answers() { part "$1 $2"; "$CURL" -sS -o /dev/null -D - --noproxy '*' --proto '=http,https' --max-time 3 -- "$2" | tr -d '\r' | cut -c 1-300; }
sockets() {
  part sockets
  ss -Hltnp | awk -v wanted="$PORTS" 'BEGIN { n = split(wanted, w, " "); for (i = 1; i <= n; i++) want[w[i]] = 1 } { p = $4; sub(/.*:/, "", p); if (p in want && said++ < 30) print $4, $6 } END { print "end" }'
}
nginx_test() { part nginx-test; limit 5 "$R/opt/gitlab/embedded/sbin/nginx" -t -p "$R/var/opt/gitlab/nginx" | tail -n 4 | cut -c 1-600; }
as_user() {
  WHO=$1; shift
  if [ "$(id -un)" = "$WHO" ]; then limit 4 "$@"
  elif have setpriv; then limit 4 setpriv --reuid "$WHO" --regid "$(id -g "$WHO")" --init-groups "$@"
  else limit 4 "$(bundled chpst)" -u "$WHO" "$@"; fi
}
writable() {
  part "writable $OWNER"
  as_user "$OWNER" sh -c 'for P; do [ ! -e "$P" ] || [ -w "$P" ] || stat -c "%U:%G %a %n" "$P"; done; echo end' sh "$D" "$D/docker" "$D/docker/registry" "$D/docker/registry/v2" "$D/docker/registry/v2/repositories" "$D/docker/registry/v2/blobs" 2>/dev/null
}
database() {
  if [ -x "$R/opt/gitlab/embedded/bin/registry" ] && [ -n "$OWNER" ]; then
    part migrations; as_user "$OWNER" "$R/opt/gitlab/embedded/bin/registry" database migrate status "$C" | awk -F'|' '/^\|/ && $3 ~ /^ *$/ { n++ } END { print "pending", n + 0 }'
  fi
  if have gitlab-psql; then part repositories; limit 4 gitlab-psql -d registry -Atc 'select count(*) from (select 1 from repositories limit 1) one'; fi
}
OPENSSL=$(bundled openssl); CURL=$(bundled curl)
case "$ADDR" in *[!][A-Za-z0-9._:-]*) ADDR=;; esac
[ ! -r "$G" ] || WRITTEN=$(sed -nE "s/^[[:space:]]*registry\['registry_http_addr'\][[:space:]]*=[[:space:]]*['\"]([a-z]*:\/\/)?([^'\"]*)['\"].*/\2/p" "$G" | tail -n 1)
OWNER=$([ -n "$PID" ] && stat -c %U "/proc/$PID" 2>/dev/null || id -un registry 2>/dev/null)
part hosts-file; awk -v names="$* ${'$'}{ADDR%:*} ${'$'}{WRITTEN%:*}" 'BEGIN { n = split(names, w, " "); for (i = 1; i <= n; i++) want[w[i]] = 1 } { line = $0; sub(/#.*/, ""); for (i = 2; i <= NF; i++) if ($i in want && said++ < 20) { print line; next } }' /etc/hosts 2>/dev/null
{
  aside services & aside states &
  if have getent; then
    for NAME in "$@" "${'$'}{ADDR%:*}" "${'$'}{WRITTEN%:*}"; do
      case "$NAME" in ''|-*|*[!A-Za-z0-9._:-]*) ;; *) aside name "$NAME" &;; esac
    done
  fi
  if [ -n "$OPENSSL" ]; then
    [ -z "$KEY" ] || aside key served "$KEY" &
    [ -z "$ROOTS" ] || aside key signing /var/opt/gitlab/gitlab-rails/etc/gitlab-registry.key &
  fi
  if [ -n "$CURL" ]; then
    case "$ADDR" in
      '') ;;
      :*|0.0.0.0:*|'[::]:'*) aside answers backend "http://127.0.0.1:${'$'}{ADDR##*:}/v2/" &;;
      *) aside answers backend "http://$ADDR/v2/" &;;
    esac
    [ -z "$STORE" ] || aside answers object-store "$STORE" &
  fi
  if [ -n "$PORTS" ] && have ss; then aside sockets & fi
  [ ! -x "$R/opt/gitlab/embedded/sbin/nginx" ] || aside nginx_test &
  [ -z "$D" ] || [ -z "$OWNER" ] || aside writable &
  case "$DATABASE" in true|prefer) aside database &;; esac
  wait
}
# A crash loop looks like "run: … 0s" each time: a young service is looked at again when it should be older.
again() { state_of registry; state_of nginx; }
AGAIN=$(again 2>&1)
case "$AGAIN" in *") 0s"*|*") 1s"*) sleep 2; AGAIN=$(again 2>&1);; esac
part status-again; printf '%s\n' "$AGAIN"
part end
`;
