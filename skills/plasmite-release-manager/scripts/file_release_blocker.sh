#!/usr/bin/env bash
# Files a release blocker of plasmite: a thin door to `gonogo blocker file`, which finds or creates the epic
# and the task and prints their IDs. Exit 2: wrong use. Exit 3: a tool is missing, or the tracker gave no answer.
set -euo pipefail

usage() {
  cat >&2 <<'USAGE'
usage: file_release_blocker.sh --release-target TARGET --check CHECK --title TITLE --summary SUMMARY
                               [--agent MODEL@HOST] [--dry-run]
USAGE
  exit 2
}

declare release_target="" check="" title="" summary=""
arguments=()
while [ $# -gt 0 ]; do
  case "$1" in
    --release-target | --check | --title | --summary | --agent)
      [ $# -ge 2 ] && [ -n "$2" ] || usage
      case "$1" in
        --release-target) release_target=$2 ;;
        --check) check=$2 ;;
        --title) title=$2 ;;
        --summary) summary=$2 ;;
      esac
      # In one word, so that a value which begins with a dash stays a value.
      arguments+=("$1=$2")
      shift 2
      ;;
    --dry-run)
      arguments+=("$1")
      shift
      ;;
    *) usage ;;
  esac
done
for value in "$release_target" "$check" "$title" "$summary"; do
  [ -n "$value" ] || usage
done

if ! command -v gonogo >/dev/null 2>&1; then
  echo "file_release_blocker.sh: gonogo is not on PATH; nothing was filed" >&2
  exit 3
fi
exec gonogo blocker file --plan plasmite "${arguments[@]}"
