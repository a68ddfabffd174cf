#!/usr/bin/env bash
# The workflow on a one-node Slurm of this machine, from an empty folder to the report, with a node that dies in mid-part; the result
# has to be that of the single run. Needs root and Debian's slurm-wlm, munge and snakemake. Changes /etc/slurm.
# usage: npm run test:cluster -- START_SLURM   START_SLURM: a script that starts and stops the Slurm ("start", "stop")
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
start=${1:?'name the script that starts a one-node Slurm'}
folder=$(mktemp -d)
heredity="node $root/bin/heredity.js"
trap 'bash "$start" stop; rm -rf "$folder"' EXIT
bash "$start" start
cd "$folder"
$heredity simulate genotypes --samples 1200 --variants 4000 --chromosomes 2 --out study --quiet
$heredity simulate phenotypes --bfile study --h2 0.4 --out study --quiet
cat >my.yaml <<YAML
heredity: $heredity
pheno: study.pheno
threads: 1
memory: 1500
minutes: 10
YAML
snakemake -s "$root/workflow/Snakefile" --configfile my.yaml --profile "$root/workflow/slurm" &
workflow=$!
# the node dies while a part is computed: its daemon, the steps on it and the work itself
for _ in $(seq 600); do
  job=$(squeue --noheader --states=R --name=heredity.gre_part --format=%i | head -n 1)
  [ -n "$job" ] && break
  kill -0 $workflow 2>/dev/null || break
  sleep 0.2
done
if [ -n "$job" ]; then
  node=$(scontrol show hostnames "$(squeue --noheader --jobs="$job" --format=%N)" | head -n 1)
  daemon=$(cat "${SLURM_STATE:-/tmp/slurm-one-node}/slurmd.pid")
  steps=$(scontrol listpids "$job" 2>/dev/null | awk 'NR > 1 && $1 > 0 {print $1}')
  kill -9 "$daemon" $steps 2>/dev/null || true
  sleep 5
  /usr/sbin/slurmd
  scontrol update nodename="$node" state=resume 2>/dev/null || true
fi
wait $workflow
[ -s results/report.html ]
$heredity gre --bfile study --keep results/cohort.keep --pheno study.pheno --covar results/cohort.covar --out single --quiet
node -e '
const [a, b] = process.argv.slice(1).map((name) => JSON.parse(require("fs").readFileSync(name, "utf8")));
const same = JSON.stringify([a.estimates, a.pairs]) === JSON.stringify([b.estimates, b.pairs]);
console.log(same ? "1 passed, 0 failed" : "0 passed, 1 failed");
process.exit(same ? 0 : 1);
' single.gre.json results/gre.gre.json
