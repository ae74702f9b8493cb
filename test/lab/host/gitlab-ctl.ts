import { layout } from './services.js';

/** The host's `gitlab-ctl`: a shell script over runit's `sv`, printing and exiting as the package's does. */
export const gitlabCtl = (root: string, version: string, cli: string): string => {
  const { definitions, enabled, init } = layout(root);
  return `#!/bin/sh
# status and the control commands say nothing of a service that is not enabled.
SV='${definitions}'
SERVICE='${enabled}'
INIT='${init}'
export SVDIR="$SERVICE" SVWAIT=30

is_enabled() { [ -L "$SERVICE/$1" ]; }

services() { for at in "$SV"/*; do [ -d "$at" ] && echo "\${at##*/}"; done; }

# The package's runit exits by the service alone; Debian's lets the log process count, so the text decides.
status_of() {
  line=$("$INIT/$1" status 2>&1)
  printf '%s\\n' "$line"
  case "$line" in
    run:*|finish:*) return 0 ;;
    down:*) return 3 ;;
    warning:*) return 4 ;;
    *) return 1 ;;
  esac
}

pid_of() { "$INIT/$1" status 2>/dev/null | sed -n 's/^run: [^:]*: (pid \\([0-9]*\\)).*/\\1/p'; }

# For one second after a (re)start runsv sleeps and sv reports, and even skips commands by, the state of before.
# After a hup nginx's old workers still take connections. Wait, three seconds at most, until the action is done.
settle() {
  tries=0
  while [ $tries -lt 60 ]; do
    case "$1/$("$INIT/$2" status 2>&1)" in
      stop/down:*', want up'*|start/run:*', want down'*) ;;
      stop/down:*|start/run:*) return ;;
      restart/run:*) [ "$(pid_of "$2")" = "$3" ] || return ;;
      hup/*) kill -0 $4 2>/dev/null || return ;;
    esac
    sleep 0.05
    tries=$((tries + 1))
  done
}

control() {
  old=$(pid_of "$2")
  workers=$(cat "/proc/$old/task/$old/children" 2>/dev/null)
  "$INIT/$2" "$1"
  code=$?
  case "$1" in
    start|stop|restart) settle "$1" "$2" "$old" ;;
    hup) [ -z "$workers" ] || settle hup "$2" "$old" "$workers" ;;
  esac
  return $code
}

each() {
  action=$1
  total=0
  if [ -n "$2" ]; then set -- "$2"; else set -- $(services); fi
  for name in "$@"; do
    is_enabled "$name" || continue
    if [ "$action" = status ]; then status_of "$name"; else control "$action" "$name"; fi
    total=$((total + $?))
  done
  return $total
}

case "$1" in
  service-list)
    for name in $(services); do
      if is_enabled "$name"; then echo "$name*"; else echo "$name"; fi
    done
    ;;
  status|start|stop|restart|hup|term|int|kill|once)
    each "$1" "$2"
    ;;
  reconfigure)
    exec '${process.execPath}' '${cli}' '${root}' '${version}'
    ;;
  tail)
    exec tail -F '${layout(root).logs}'/"$2"/current
    ;;
  *)
    echo "I don't know that command."
    echo "$0: command (subcommand)"
    exit 1
    ;;
esac
`;
};
