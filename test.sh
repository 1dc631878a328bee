#!/usr/bin/env bash
# Builds everything once and runs all tests; the last line is "N passed, N failed, N skipped".
#   ./test.sh [--no-skips] [--full] [NAME...]    NAME: only test projects whose path contains it; --no-skips: a skipped test fails the run
# --full: the simulation runs 10,000 seeds instead of 1,000, see docs/design/simulation.md.
# What is missing on this machine is installed first (as root on Debian), see eng/prerequisites. Logs go to artifacts/tests.
# Kafka, for the tests that need one: ../shared/kafka/kafka where it is there, else KAFKA_BOOTSTRAP_SERVERS, else the public
# image in Docker, else those tests are skipped. All other servers are started and stopped by the tests that use them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 VSTEST_CONNECTION_TIMEOUT=300
unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT # the tests are about Vietnamese text too

results=artifacts/tests
kafka_image=apache/kafka:3.9.1
hang_limit=15min # of one test

# Run once more in hostile mode, where keys collide, batches go through bytes, and jobs are moved; see docs/testing.md.
hostile_projects=(
  QueryStream.Documentation.Tests QueryStream.Runtime.Tests QueryStream.Exchange.Tests QueryStream.Jobs.Tests QueryStream.QueryAnalytics.Tests)
no_skips=
seeds=1000
names=()
for argument; do
  case $argument in
    --no-skips) no_skips=1 ;;
    --full) seeds=10000 ;;
    -*) sed -n '2,7s/^# //p' "$0"; exit 2 ;;
    *) names+=("$argument") ;;
  esac
done

container=
clean_up() { [[ -z $container ]] || docker rm -f "$container" >/dev/null 2>&1 || true; }
trap clean_up EXIT

free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

start_kafka_container() {
  local port
  port=$(free_port)
  container=$(docker run -d -p "127.0.0.1:$port:$port" \
    -e KAFKA_NODE_ID=1 -e KAFKA_PROCESS_ROLES=broker,controller \
    -e KAFKA_CONTROLLER_QUORUM_VOTERS=1@localhost:9093 -e KAFKA_CONTROLLER_LISTENER_NAMES=CONTROLLER \
    -e "KAFKA_LISTENERS=PLAINTEXT://:$port,CONTROLLER://:9093" -e "KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://127.0.0.1:$port" \
    -e KAFKA_LISTENER_SECURITY_PROTOCOL_MAP=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT -e KAFKA_INTER_BROKER_LISTENER_NAME=PLAINTEXT \
    -e KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR=1 -e KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR=1 \
    -e KAFKA_TRANSACTION_STATE_LOG_MIN_ISR=1 -e KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS=0 -e KAFKA_NUM_PARTITIONS=4 \
    "$kafka_image" 2>"$results/docker.log") || { container=; return 1; }
  for _ in $(seq 120); do
    if docker logs "$container" 2>&1 | grep -q 'Kafka Server started'; then
      export KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:$port
      return 0
    fi
    [[ $(docker inspect -f '{{.State.Running}}' "$container" 2>/dev/null) == true ]] || break
    sleep 0.5
  done
  docker logs "$container" >"$results/docker.log" 2>&1
  return 1
}

choose_kafka() {
  if [[ -x ../shared/kafka/kafka ]]; then
    echo "Kafka: ../shared/kafka/kafka"
  elif [[ -n ${KAFKA_BOOTSTRAP_SERVERS:-} ]]; then
    echo "Kafka: the one at KAFKA_BOOTSTRAP_SERVERS=$KAFKA_BOOTSTRAP_SERVERS"
  elif ! docker info >/dev/null 2>&1; then
    echo "Kafka: none, so the tests that need one are skipped. Set KAFKA_BOOTSTRAP_SERVERS, or install Docker."
  elif start_kafka_container; then
    echo "Kafka: $kafka_image in Docker"
  else
    echo "Kafka: none, so the tests that need one are skipped. $kafka_image did not start in Docker, see $results/docker.log"
  fi
}

wanted() {
  [[ ${#names[@]} -gt 0 ]] || return 0
  local name
  for name in "${names[@]}"; do [[ $1 != *"$name"* ]] || return 0; done
  return 1
}

# Runs one test project and leaves NAME.trx, NAME.log and NAME.exit in the results.
run_project() {
  local name=$1 assembly=$2 code=0 start=$SECONDS filter=()
  if [[ $name == *-hostile ]]; then
    export QUERYSTREAM_HOSTILE=1
    filter=(--filter Hostile!=No)
  else
    unset QUERYSTREAM_HOSTILE
  fi
  dotnet test "$assembly" ${filter[@]+"${filter[@]}"} --logger "trx;LogFileName=$name.trx" --results-directory "$results" \
    --blame-hang --blame-hang-timeout "$hang_limit" --blame-hang-dump-type none >"$results/$name.log" 2>&1 </dev/null || code=$?
  echo "$code" >"$results/$name.exit"
  report_project "$name" "$code" $((SECONDS - start))
}

report_project() {
  local name=$1 code=$2 seconds=$3 trx=$results/$1.trx report=$results/$1.report passed=0 failed=0 skipped=0
  : >"$report"
  [[ ! -f $trx ]] || read -r passed failed skipped < <(awk -v report="$report" -f eng/test-results.awk "$trx")
  if [[ $code != 0 && $failed == 0 ]]; then
    failed=1
    {
      echo "FAILED $name did not run to its end (exit code $code). From $results/$name.log:"
      grep -vE '^ +at |^$' "$results/$name.log" | cut -c 1-300 | tail -15 | sed 's/^/  /'
    } >>"$report"
  fi
  echo "$passed $failed $skipped" >"$results/$name.counts"
  printf '%-45s %6d passed %4d failed %4d skipped %5d s\n' "$name" "$passed" "$failed" "$skipped" "$seconds"
}

# The simulation counts as one test. Its summary is shown: seeds a second, and faults by kind.
simulation=QueryStream.Simulation
run_simulation() {
  local name=$simulation code=0
  dotnet tests/Simulation/$name/bin/Release/net10.0/$name.dll --seeds "$seeds" >"$results/$name.log" 2>&1 </dev/null || code=$?
  echo "$((code == 0 ? 1 : 0)) $((code == 0 ? 0 : 1)) 0" >"$results/$name.counts"
  : >"$results/$name.report"
  [[ $code == 0 ]] || { echo "FAILED $name. From $results/$name.log:" && head -30 "$results/$name.log" | cut -c 1-300 | sed 's/^/  /'; } >"$results/$name.report"
  tail -3 "$results/$name.log"
}

run_entry() {
  if [[ $1 == "$simulation" ]]; then run_simulation; else run_project "$@"; fi
}
export -f run_project report_project run_simulation run_entry
export results hang_limit seeds simulation

eng/prerequisites
rm -rf "$results"
mkdir -p "$results"

# One process compiles all projects, whatever the environment says: to start one for each takes longer than to compile.
start=$SECONDS built=0
dotnet build QueryStream.sln -c Release -v q -p:UseSharedCompilation=true >"$results/build.log" 2>&1 || built=$?
dotnet build-server shutdown --vbcscompiler >>"$results/build.log" 2>&1 || true
if [[ $built != 0 ]]; then
  grep -E '(error|warning) [A-Z]+[0-9]+' "$results/build.log" | sort -u >&2 || tail -30 "$results/build.log" >&2
  echo "The build failed; the whole log is in $results/build.log" >&2
  echo "0 passed, 0 failed, 0 skipped"
  exit 1
fi
echo "Built in $((SECONDS - start)) s"

# All test projects, whole clusters and browsers last, since what breaks a contract breaks them too; and the longest of the others
# first, so that none of them runs alone in the end.
list_projects() {
  dotnet sln QueryStream.sln list | sed -n 's|\\|/|g; /\.Tests\.csproj$/p' | sed -E 's,^tests/(Cluster|Browser)/,~&,; s,.*/QueryStream\.Runtime\.Tests/,!&,' | LC_ALL=C sort | sed 's,^[~!],,'
}

light=() heavy=() kafka= # what starts no clusters of processes runs two at a time
while read -r project; do
  wanted "$project" || continue
  name=$(basename "$project" .csproj)
  entries=("$name $(dirname "$project")/bin/Release/net10.0/$name.dll")
  [[ " ${hostile_projects[*]} " != *" $name "* ]] || entries+=("$name-hostile ${entries[0]#* }")
  case $project in
    tests/Cluster/* | tests/Browser/*) heavy+=("${entries[@]}") kafka=1 ;;
    tests/Contracts/*) light+=("${entries[@]}") kafka=1 ;;
    *) light+=("${entries[@]}") ;;
  esac
done < <(list_projects)
! wanted tests/Simulation/QueryStream.Simulation || light+=("$simulation")

[[ -z $kafka ]] || choose_kafka
[[ ${#light[@]} == 0 ]] || printf '%s\n' "${light[@]}" | xargs -P 2 -L 1 bash -c 'run_entry "$@"' _
for entry in ${heavy[@]+"${heavy[@]}"}; do
  # shellcheck disable=SC2086
  run_project $entry
done

shopt -s nullglob
reports=("$results"/*.report) counts=("$results"/*.counts)
if [[ ${#reports[@]} -gt 0 ]]; then
  echo
  cat "${reports[@]}"
fi
read -r passed failed skipped < <(cat /dev/null ${counts[@]+"${counts[@]}"} | awk '{ p += $1; f += $2; s += $3 } END { print p + 0, f + 0, s + 0 }')
code=0
[[ $failed == 0 ]] || code=1
if [[ $((passed + failed)) == 0 ]]; then
  echo "No test ran."
  code=1
fi
if [[ -n $no_skips && $skipped != 0 ]]; then
  echo "Skipped tests are not accepted in this run."
  code=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
exit "$code"
