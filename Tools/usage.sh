# Shared by the scripts here and in arm: --help, and the refusal of words that a script does not know.
# To be sourced, and called before the script leaves its caller's folder.

# usage: prints the comment at the head of the script.
usage() {
  awk 'NR == 1 { next } !/^#/ { exit } { sub(/^# ?/, ""); print }' "$0"
}

# misused: ends the script with its usage and status 2.
misused() {
  usage >&2
  exit 2
}

# helps "$@": with --help or -h as the first word prints the usage and ends the script.
helps() {
  case ${1:-} in
    --help | -h)
      usage
      exit 0
      ;;
  esac
}

# takes COUNT "$@": likewise, and refuses options and more than COUNT words.
takes() {
  local count=$1 word
  shift
  helps "$@"
  [ $# -le "$count" ] || misused
  for word in "$@"; do
    case $word in -*) misused ;; esac
  done
}
