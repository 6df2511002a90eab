# Running, timing and counting. Sourced by .ci/run; uses work, passed and failed.

# step NAME SECONDS COMMAND…: silent when it succeeds, one failure and the end of what it printed when it does not.
step() {
  local name=$1 limit=$2 log=$work/step.log started=$SECONDS code=0
  shift 2
  limited "$limit" "$@" >"$log" 2>&1 || code=$?
  if [ "$code" -eq 0 ]; then
    printf 'ok    %s  (%s s)\n' "$name" "$((SECONDS - started))"
    return
  fi
  failed=$((failed + 1))
  report_failure "$name" "$code" "$limit" "$log" "$started"
}

# suite NAME SECONDS COMMAND…: adds the counts of the last line `N passed, N failed` that the command prints.
suite() {
  local name=$1 limit=$2 log=$work/suite.log started=$SECONDS code=0 counts
  shift 2
  limited "$limit" "$@" >"$log" 2>&1 || code=$?
  counts=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1 || true)
  if [ "$code" -eq 0 ] && [[ $counts =~ ^([1-9][0-9]*)\ passed,\ 0\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    printf 'ok    %s: %s  (%s s)\n' "$name" "$counts" "$((SECONDS - started))"
    return
  fi
  if [[ $counts =~ ^([0-9]+)\ passed,\ ([1-9][0-9]*)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
  else
    failed=$((failed + 1))
  fi
  report_failure "$name" "$code" "$limit" "$log" "$started"
}

report_failure() {
  local name=$1 code=$2 limit=$3 log=$4 started=$5 why="exit code $2"
  if [ "$code" -eq 124 ] || [ "$code" -eq 137 ]; then why="over $limit s"; fi
  printf 'FAIL  %s: %s  (%s s)\n' "$name" "$why" "$((SECONDS - started))"
  # The lines of files that passed say nothing here.
  { grep -v '^ok  ' "$log" || true; } | tail -n 150 | sed 's/^/      /'
}

# Functions cannot be run by timeout(1); those we have keep their own time.
limited() {
  local limit=$1
  shift
  if [ "$(type -t "$1")" = function ]; then "$@"; else timeout --kill-after=10 "$limit" "$@"; fi
}

# in_background NAME COMMAND…, and later: finished NAME, with its output and exit code.
in_background() {
  local name=$1
  shift
  { "$@" >"$work/$name.log" 2>&1 && echo 0 >"$work/$name.code" || echo 1 >"$work/$name.code"; } &
}

finished() {
  local waited=0
  while [ ! -s "$work/$1.code" ]; do
    if [ "$((waited += 1))" -gt 300 ]; then echo 'not finished after 300 s'; return 124; fi
    sleep 1
  done
  cat "$work/$1.log"
  return "$(cat "$work/$1.code")"
}

# What git would carry to somebody else: tracked and new files, nothing that is ignored.
copy_tree() {
  local from=$1 to=$2
  mkdir -p "$to"
  if git -C "$from" rev-parse --git-dir >/dev/null 2>&1; then
    git -C "$from" ls-files -z --cached --others --exclude-standard |
      (cd "$from" && while IFS= read -r -d '' file; do if [ -e "$file" ]; then printf '%s\0' "$file"; fi; done) |
      tar --create --directory "$from" --null --files-from - | tar --extract --directory "$to"
  else
    tar --create --directory "$from" --exclude node_modules --exclude dist . | tar --extract --directory "$to"
  fi
}
