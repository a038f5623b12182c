#!/usr/bin/env bash
# Times the whole program over a folder of news, and `grep -ri` over the same folder in the same run.
#
#   benches/speed.sh FOLDER [WORD]
#
# Every figure is wall time of whole processes: start, work, output. Queries run 21 times, the median counts.
set -euo pipefail
folder=${1:?usage: benches/speed.sh FOLDER [WORD]}
word=${2:-minister}
onrecord=$(dirname "$0")/../target/release/onrecord
[ -x "$onrecord" ] || { echo "build it first: cargo build --release" >&2; exit 2; }
index=$(mktemp -d)
trap 'rm -rf "$index"' EXIT
now() { date +%s%N; }

# median MILLISECONDS of 21 runs of a command; the exit code of a search that finds nothing is no failure
median() {
  local times=() start
  for _ in $(seq 21); do
    start=$(now)
    "$@" >/dev/null 2>&1 || true
    times+=($((($(now) - start) / 1000)))
  done
  printf '%s\n' "${times[@]}" | sort -n | sed -n 11p | awk '{ printf "%.1f", $1 / 1000 }'
}

bytes=$(find "$folder" -type f -print0 | xargs -0 cat | wc -c)
start=$(now)
"$onrecord" --index "$index" index "$folder" 2>/dev/null || true
seconds=$(awk -v ns=$(($(now) - start)) 'BEGIN { printf "%.2f", ns / 1e9 }')
awk -v b="$bytes" -v s="$seconds" 'BEGIN { printf "index, new:        %8.2f s   %.2f MB/s of files\n", s, b / 1e6 / s }'
start=$(now)
"$onrecord" --index "$index" index "$folder" >/dev/null 2>&1 || true
awk -v ns=$(($(now) - start)) 'BEGIN { printf "index, unchanged:  %8.2f s\n", ns / 1e9 }'

peer=$(median grep -ri --include='*' -m1 -l -- "$word" "$folder")
printf '%-18s %8s ms\n' "grep -ril" "$peer"
for query in "search $word" "said $word" "said --about Europe" "who --about Europe"; do
  # shellcheck disable=SC2086  # the words of a query are its arguments
  own=$(median "$onrecord" --index "$index" $query)
  awk -v q="$query" -v o="$own" -v p="$peer" 'BEGIN { printf "%-18s %8.1f ms   grep takes %.0f times as long\n", q, o, p / o }'
done
