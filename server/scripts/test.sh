# Sourced by ./dev after build.sh: tests and benchmarks.

install_films_or_fail() {
  mkdir -p "$builds"
  install_films || fail INTERNAL "Cannot fetch the demo's films. Mend what is said above and try again."
}

# The federated graph that enrichment is tested against consists of npm packages.
install_graph_or_fail() {
  install_packages "$home/testing/graph" graph ||
    fail INTERNAL "Cannot fetch the tests' GraphQL gateway. Mend what is said above and try again."
}

# A build without checks leaves classes behind that a build with checks would take for checked.
forget_compiled() {
  find "$home" \( -name node_modules -o -name .git -o -path '*/target/builds' \) -prune -o \
    -type d \( -path '*/target/classes' -o -path '*/target/test-classes' -o -path '*/target/maven-status' \) -print0 |
    xargs -0 -r rm -rf
}

# Runs a script of the UI's package, if the UI has it.
ui_script() { # SCRIPT ARGUMENT…
  [[ -f $home/ui/package.json ]] || return 0
  (
    cd "$home/ui"
    if [[ ! -f node_modules/.package-lock.json || package-lock.json -nt node_modules/.package-lock.json ]]; then
      npm ci --no-audit --no-fund
    fi
    npm run --if-present "$@"
  )
}

# The browser tests drive an installed Chromium; where there is none, it is installed when possible.
install_browser() {
  [[ -f $home/ui/package.json ]] && grep -q playwright "$home/ui/package.json" || return 0
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null && return 0
  if command -v apt-get >/dev/null && [[ $(id -u) -eq 0 ]]; then
    echo "Installing Chromium for the browser tests …"
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q chromium; } >"$builds/chromium.log" 2>&1 ||
      { apt-get install -y -q chromium; } >>"$builds/chromium.log" 2>&1 || true
  fi
  command -v chromium >/dev/null ||
    echo "There is no Chromium: the browser tests will fail. Install one (Debian: apt install chromium)." >&2
}

run_tests() {
  local begin=$SECONDS failed_parts=() log=$home/server/target/test.log
  install_films_or_fail
  install_graph_or_fail
  install_browser
  # The platform that the end-to-end tests start; built first, so that no test builds.
  ensure_built
  find "$home" -path '*/node_modules' -prune -o -type d \( -name surefire-reports -o -name failsafe-reports -o -name test-results \) -print0 |
    xargs -0 rm -rf
  forget_compiled
  # Most tests wait most of the time: two modules at once, such as the end-to-end tests beside the engine's.
  ./mvnw -B -T 2 verify -Dmaven.test.failure.ignore=true "-Ddist.dir=$home/server/target/check" "$@" 2>&1 | tee "$log" | grep --line-buffered -E \
    '^\[INFO\] (Building|Running|Tests run|BUILD)|^\[(ERROR|WARNING)\].*(Tests|Test|ERROR|\.java)|^\[ERROR\]' || true
  rm -rf "$home/server/target/check"
  grep -q '^\[INFO\] BUILD SUCCESS' "$log" || failed_parts+=("the Maven build (see $log)")
  ui_script check || failed_parts+=("the UI's checks")
  ui_script test -- --reporter=default --reporter=junit --outputFile.junit=test-results/unit.xml ||
    failed_parts+=("the UI's tests")
  ui_script test:journeys || failed_parts+=("the UI's journeys")
  summarize "$begin" "${failed_parts[@]}"
}

# Counts every test in the reports that JUnit and the UI's runners wrote.
summarize() { # BEGIN FAILED_PART…
  local begin=$1
  shift
  local counts passed failed part
  counts=$(find "$home" -path '*/node_modules' -prune -o -type f \( -path '*-reports/TEST-*.xml' -o -path '*/test-results/*.xml' \) -print0 |
    xargs -0 -r awk '
      /<testcase/ { total++ }
      /<(failure|error)[ >\/]/ { failed++ }
      /<skipped/ { skipped++ }
      END { printf "%d %d\n", total - failed - skipped, failed }
    ' /dev/null)
  passed=${counts% *}
  failed=${counts#* }
  for part in "$@"; do
    echo "Failed: $part"
  done
  if [[ $failed -gt 0 ]]; then
    echo "Failed tests:"
    find "$home" -path '*/node_modules' -prune -o -type f -path '*-reports/TEST-*.xml' -print0 |
      xargs -0 -r awk '
        /<testcase/ { match($0, /name="[^"]*"/); name = substr($0, RSTART + 6, RLENGTH - 7); match($0, /classname="[^"]*"/); class = substr($0, RSTART + 11, RLENGTH - 12) }
        /<(failure|error)[ >\/]/ { print "  " class "." name }' | sort -u
  fi
  echo "Took $(((SECONDS - begin) / 60)) min $(((SECONDS - begin) % 60)) s"
  echo "$passed passed, $((failed + $#)) failed"
  [[ $failed -eq 0 && $# -eq 0 && $passed -gt 0 ]]
}

run_bench() { # NAME… [--quick] [--no-peers] [--json FILE] [--svg FILE]
  ensure_built
  if [[ $# -eq 0 ]]; then
    run_benchmark list
    return
  fi
  [[ " $* " != *" page-"* ]] || install_browser
  run_benchmark "$@"
}

run_benchmark() {
  "$java" -XX:+UseSerialGC -Xmx1g -Dbacklot.dist="$dist" -Dbacklot.home="$home" -cp "$dist/benchmarks/lib/*" dev.backlot.benchmarks.Bench "$@"
}

run_soak() { # NAME ARGUMENT…
  ensure_built
  "$java" -XX:+UseSerialGC -Xmx512m -Dbacklot.dist="$dist" -Dbacklot.home="$home" -cp "$dist/benchmarks/lib/*" dev.backlot.benchmarks.soak.Soak "$@"
}
