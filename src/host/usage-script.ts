/** Of each log so much of its end is read. Bytes. */
const TAIL_BYTES = 50 * 1024 * 1024;
/** So many groups are told, those that were let in and the latest first, and so many bytes of them. */
const MOST_GROUPS = 500;
const MOST_BYTES = 60_000;
/** Strangers who were refused may come under any number of names: so many of them are counted apart. */
const MOST_STRANGERS = 5_000;
/** So many addresses of one account are told apart: a cluster pulls with one token from hundreds of nodes. */
const MOST_ADDRESSES = 20;

/** The script for `sh -s`; an installed one reads the first line and runs its own ({@link USAGE}). */
export function usageScript(): string {
  return `set -- usage\n${USAGE}`;
}

/**
 * Tells by whom the registry is used: read-only, POSIX sh, always the same. One awk for each log groups its lines by
 * account, address, actions and the status's first digit; nothing else of a line leaves the host. What looks like a
 * secret in an account's place is not told, and a job's own token is left out.
 *
 * A row: digit, last time for sorting, log, count, actions, address, first and last time as written, how the account
 * is written (b: Basic, as nginx escapes it; q: in a query; j: in JSON or logfmt), account. Rows with the digit 0 say
 * how far back a log goes, that it is missing, or when the latest was of those let in who are too many to be told.
 *
 * Sources: the package's log_format gitlab_access; JwtController#log_authentication_failed and log_if_actions_denied
 * of GitLab; the registry's "authorized request" and access lines (GitLab's and distribution's names of fields);
 * logrotate leaves NAME.log.1.gz, svlogd @TIME.s, which GitLab's package compresses in place.
 */
export const USAGE = String.raw`LC_ALL=C; export LC_ALL; TZ=UTC; export TZ
R="$REGISTRAR_ROOT"; L="$R/var/log/gitlab"
B=registrar-$(od -An -tx1 -N16 /dev/urandom | tr -d ' \n')
printf '\nregistrar-look %s\n' "$B"
part() { printf '\n%s %s\n' "$B" "$1"; }
limit() { if command -v timeout > /dev/null 2>&1; then timeout "$@"; else shift; "$@"; fi; }
# What was rotated away three days ago tells nothing new. The first line of a tail may begin anywhere.
recent() { [ -r "$1" ] && [ -n "$(find "$1" -prune -mtime -3 2>/dev/null)" ]; }
packed() { ! recent "$1" || limit 15 gzip -cdf < "$1" 2>/dev/null | tail -c ${TAIL_BYTES} | sed 1d; }
current() { if [ "$(wc -c < "$1")" -gt ${TAIL_BYTES} ]; then tail -c ${TAIL_BYTES} "$1" | sed 1d; else cat "$1"; fi; }
# The log NAME, called SHORT, in F; nothing older is known when it is whole and none of its kind was rotated away.
opened() {
  F="$L/$1" SHORT=$2 WHOLE=
  if [ ! -r "$F" ]; then printf '0\t0\t%s\tmissing\n' "$SHORT"; return 1; fi
  shift 2
  [ -e "$1" ] || [ "$(wc -c < "$F")" -gt ${TAIL_BYTES} ] || WHOLE=1
}
grouped() { tr -d '\000' | awk -v whole="$WHOLE" -v short="$SHORT" "$SHARED$1"; }
# Functions of all three.
SHARED='
  function group(digit, at, actions, address, raw, written, account,    key) {
    if (account == "" || account == "-" || account == "gitlab-ci-token") return
    gsub(/[\t\r]/, " ", account); gsub(/[\t\r ]/, "", address)
    if (account ~ /gl(pat|dt|cbt|rt|rtr|oas|ptt|ft|imt|agent|soat|ffct|wt)(-|%2[dD])/) { written = "b"; account = "***" }
    account = substr(account, 1, 300); address = substr(address, 1, 60)
    if (!((account, address) in near)) {
      if (digit != 2 && ++strangers > ${MOST_STRANGERS}) return
      near[account, address] = ++spread[account] > ${MOST_ADDRESSES} ? "*" : address
    }
    key = digit "\t" actions "\t" near[account, address] "\t" written "\t" account
    if (!(key in count)) first[key] = raw
    count[key]++; last[key] = raw; sorting[key] = at
  }
  function doing(text) {
    return (text ~ /pull/ ? ",pull" : "") (text ~ /push/ ? ",push" : "") (text ~ /delete/ ? ",delete" : "")
  }
  END {
    print "0\t0\t" short "\tfrom\t" (whole ? "" : from)
    for (key in count) {
      split(key, k, "\t")
      print k[1] "\t" sorting[key] "\t" short "\t" count[key] "\t" (k[2] == "" ? "login" : substr(k[2], 2)) "\t" k[3] "\t" first[key] "\t" last[key] "\t" k[4] "\t" k[5]
    }
  }'
# Quotes of a request are escaped by nginx: what stands before the first one is nginx's own but for the client's name.
access() {
  opened nginx/gitlab_access.log access "$L"/nginx/gitlab_access.log.[0-9]* || return 0
  { packed "$F.1"; packed "$F.1.gz"; current "$F"; } | grouped '
  BEGIN { split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", names, " "); for (i = 1; i <= 12; i++) month[names[i]] = i }
  from != "" && !/\/jwt\/auth/ { next }
  {
    quote = index($0, "\""); head = substr($0, 1, quote - 1)
    if (!quote || !match(head, /\[[0-9]+\/[A-Z][a-z][a-z]\/[0-9:]+ [-+][0-9]+\] $/)) next
    raw = substr(head, RSTART + 1, RLENGTH - 3); name = substr(head, 1, RSTART - 2)
    if (from == "") from = raw
    request = substr($0, quote + 1); quote = index(request, "\""); status = substr(request, quote + 2, 3)
    request = substr(request, 1, quote - 1)
    if (request !~ /^[A-Z]+ [^ ?]*\/jwt\/auth[? ]/ || status !~ /^[1-5][0-9][0-9]$/) next
    split(raw, t, /[\/: ]/); at = sprintf("%s%02d%s%s%s%s", t[3], month[t[2]], t[1], t[4], t[5], t[6])
    address = name; sub(/ .*/, "", address); name = substr(name, length(address) + 4)
    written = "b"
    if (name == "" || name == "-") {
      name = ""; written = "q"
      if (match(request, /[?&]account=[^& ]*/)) name = substr(request, RSTART + 9, RLENGTH - 9)
    }
    # A repository may be called push: what is asked for stands behind the last colon.
    wanted = ""; query = request
    while (match(query, /[?&]scope=[^& ]*/)) {
      scope = substr(query, RSTART + 7, RLENGTH - 7); query = substr(query, RSTART + RLENGTH)
      gsub(/%3[aA]/, ":", scope); gsub(/%20/, "+", scope); n = split(scope, scopes, "+")
      for (i = 1; i <= n; i++) { sub(/.*:/, "", scopes[i]); wanted = wanted " " scopes[i] }
    }
    group(substr(status, 1, 1), at, doing(wanted), address, raw, written, name)
  }'
}
auth() {
  opened gitlab-rails/auth_json.log auth "$L"/gitlab-rails/auth_json.log.[0-9]* || return 0
  { packed "$F.1"; packed "$F.1.gz"; current "$F"; } | grouped '
  function value(field) {
    if (!match($0, "\"" field "\":\"([^\"\\\\]|\\\\.)*\"")) return ""
    return substr($0, RSTART + length(field) + 4, RLENGTH - length(field) - 5)
  }
  from != "" && !/JWT authentication failed|Denied container registry permissions/ { next }
  {
    raw = value("time"); if (from == "") from = raw
    at = substr(raw, 1, 19); gsub(/[^0-9]/, "", at)
    address = value("remote_ip"); if (address == "") address = value("meta.remote_ip")
    message = value("message")
    if (message ~ /^JWT authentication failed/) group(4, at, "", address, raw, "j", value("http_user"))
    # The login was right, and some of what was asked for was not allowed.
    else if (message ~ /^Denied container/ && match($0, /"requested_actions":\[[^]]*\]/))
      group(2, at, doing(substr($0, RSTART + 21, RLENGTH - 22)), address, raw, "j", value("username"))
  }'
}
registry() {
  opened registry/current registry "$L"/registry/@* || return 0
  set -- "$L"/registry/@*.s
  while [ $# -gt 2 ]; do shift; done
  { for G in "$@"; do packed "$G"; done; current "$F"; } | grouped '
  function value(fields, line,    text, i, n, f) {
    n = split(fields, f, " ")
    for (i = 1; i <= n; i++)
      if (match(line, "(^|[ ,{])\"?" f[i] "\"?[=:](\"([^\"\\\\]|\\\\.)*\"|[^ \",}]*)")) {
        text = substr(line, RSTART, RLENGTH); sub(/^[ ,{]?"?[a-z._]+"?[=:]/, "", text); gsub(/^"|"$/, "", text)
        if (text != "") return text
      }
    return ""
  }
  from != "" && !/auth[._]user[._]name/ { next }
  {
    raw = $1 ~ /^[0-9-]+_[0-9:.]+$/ ? $1 : value("time", $0); if (from == "") from = raw
    # Of the two lines that a request may leave, those of one kind count.
    message = value("msg", $0); if (message != "authorized request" && message != "access") next
    if (kind == "") kind = message
    if (kind != message) next
    # Fields stand in the order of the alphabet: what comes from the client stands behind the name.
    own = $0; if (match(own, /http[._]request|host"?[=:]/)) own = substr(own, 1, RSTART - 1)
    at = substr(raw, 1, 19); gsub(/[^0-9]/, "", at)
    uri = value("uri http[._]request[._]uri", $0); method = value("method http[._]request[._]method", $0)
    status = value("status http[._]response[._]status", $0); if (status !~ /^[1-5][0-9][0-9]$/) status = 200
    actions = uri !~ /\/(manifests|blobs)\// ? "" : method ~ /^(GET|HEAD)$/ ? "pull" : method == "DELETE" ? "delete" : "push"
    group(substr(status, 1, 1), at, doing(actions), value("remote_ip remote_addr http[._]request[._]remoteaddr", $0), raw, "j", value("auth[._]user[._]name", own))
  }'
}
part uses
{ access; auth; registry; } | sort -t "$(printf '\t')" -k1,1n -k2,2nr | awk -F '\t' '
  $1 != 0 && (left || ++n > ${MOST_GROUPS} || (bytes += length($0) + 1) > ${MOST_BYTES}) {
    if (!left++ && $1 == 2) print "0\t0\t" $3 "\tuntold\t" $8
    next
  }
  { print }'
part end
exit
`;
