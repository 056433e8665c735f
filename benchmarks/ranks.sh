#!/usr/bin/env bash
# Fits by several processes of one machine: the time of an iteration for 1, 2, 4 and 8 ranks of one thread each, on the
# same data (strong scaling) and on data that grow with the ranks (weak scaling), and what a rank costs over none.
#   benchmarks/ranks.sh build/release/cli/latent [rows]
# Runs alternate; figures are medians of five. Data and models go to a temporary folder.
set -euo pipefail
latent=$(realpath "$1")
rows=${2:-2000000}
repeats=5
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1

# A mixture of K Gaussians in D dimensions, K and D as given, of full covariances.
model() {
  awk -v K="$1" -v D="$2" 'BEGIN {
    printf "{\"format\": \"latent-model\", \"version\": 1, \"model\": \"gmm\", \"options\": {\"components\": %d, \"dimensions\": %d, \"covariance\": \"full\"}, \"parameters\": {\"weights\": [", K, D
    for (k = 0; k < K; ++k) printf "%s%.17g", k ? ", " : "", 1 / K
    printf "], \"means\": ["
    for (k = 0; k < K; ++k) { printf "%s[", k ? ", " : ""; for (j = 0; j < D; ++j) printf "%s%.3f", j ? ", " : "", 4 * sin(7 * k + 3 * j); printf "]" }
    printf "], \"covariances\": ["
    for (k = 0; k < K; ++k) {
      printf "%s[", k ? ", " : ""
      for (i = 0; i < D; ++i) { printf "%s[", i ? ", " : ""; for (j = 0; j < D; ++j) printf "%s%s", j ? ", " : "", i == j ? 1 : 0.1; printf "]" }
      printf "]"
    }
    printf "]}}\n" }'
}

# Milliseconds an iteration: of the last against the first, by the trace.
milliseconds() { awk -F, 'NR == 1 { for (i = 1; i <= NF; ++i) at[$i] = i } NR > 1 { if (!n++) first = $at["seconds"]; last = $at["seconds"] }
  END { printf "%.4f\n", 1000 * (last - first) / (n - 1) }' "$1"; }
median() { sort -g | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }

# run RANKS DATA MODEL ITERATIONS: RANKS 0 is the program by itself.
run() {
  local launch=()
  if (($1 > 0)); then launch=(mpirun -n "$1"); fi
  "${launch[@]}" "$latent" fit gmm "$2" --start "$3" --threads 1 --data-in files --acceleration none --tolerance 0 \
    --max-iterations "$4" --trace trace.csv >/dev/null
  milliseconds trace.csv
}

# table TITLE ITERATIONS RANKS:DATA:MODEL…
table() {
  local title=$1 iterations=$2
  shift 2
  for ((i = 0; i < repeats; ++i)); do
    for one in "$@"; do
      IFS=: read -r ranks data model <<<"$one"
      run "$ranks" "$data" "$model" "$iterations" >>"times-$ranks"
    done
  done
  printf '\n%s\n\n| ranks | ms an iteration | speedup |\n|---|---|---|\n' "$title"
  for one in "$@"; do
    local ranks=${one%%:*}
    median <"times-$ranks" >"median-$ranks"
    local base
    base=$(cat "median-${1%%:*}")
    awk -v r="$ranks" -v t="$(cat "median-$ranks")" -v b="$base" \
      'BEGIN { printf "| %s | %.3f | %.2f |\n", r == 0 ? "none" : r, t, b / t }'
  done
  rm -f times-* median-*
}

model 10 10 >m10.json
"$latent" sample m10.json --count "$rows" --seed 1 --output part0.npy
mkdir -p one two four eight
for ((i = 1; i < 8; ++i)); do ln -s part0.npy "part$i.npy"; done
for spec in one:1 two:2 four:4 eight:8; do
  for ((i = 0; i < ${spec#*:}; ++i)); do ln -s "../part$i.npy" "${spec%:*}/part$i.npy"; done
done

printf 'Processor: %s, %s cores; %s; %s rows a part, 10 columns, 10 components of full covariance\n' \
  "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)" "$(nproc)" "$(date +%F)" "$rows"
table 'Strong scaling: the same rows' 10 0:one:m10.json 1:one:m10.json 2:one:m10.json 4:one:m10.json 8:one:m10.json
table 'Weak scaling: as many rows a rank' 10 1:one:m10.json 2:two:m10.json 4:four:m10.json 8:eight:m10.json

# What an exchange costs: data so few that the sums are all there is to do, with small and with large sums.
model 64 64 >m64.json
"$latent" sample m10.json --count 1024 --seed 1 --output few10.npy
"$latent" sample m64.json --count 1024 --seed 1 --output few64.npy
table 'An exchange of 5 KB (10 components, 10 columns, 1024 rows)' 500 0:few10.npy:m10.json 1:few10.npy:m10.json 2:few10.npy:m10.json
table 'An exchange of 1.1 MB (64 components, 64 columns, 1024 rows)' 50 0:few64.npy:m64.json 1:few64.npy:m64.json 2:few64.npy:m64.json
