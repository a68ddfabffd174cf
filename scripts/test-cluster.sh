#!/usr/bin/env bash
# The workflow on a one-node Slurm of this machine, from an empty folder to the report, with a node that dies in mid-part; the result
# has to be that of the single run. Needs root and Debian's slurmctld, slurmd, slurm-client, munge and snakemake: exit 77 where it cannot be run.
# usage: npm run test:cluster [-- START_SLURM]   START_SLURM: another script that starts and stops a Slurm ("start", "stop")
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
export PATH=$PATH:/usr/sbin:/sbin
for program in slurmctld slurmd sbatch munged snakemake; do
  if ! command -v $program >/dev/null; then
    echo "skipped: there is no $program (apt-get install slurmctld slurmd slurm-client munge snakemake)"
    exit 77
  fi
done
if [ "$(id -u)" -ne 0 ]; then
  echo 'skipped: a Slurm is started by root only'
  exit 77
fi
folder=$(mktemp -d)
state=$folder/slurm
heredity="node $root/bin/heredity.cjs"
if [ $# -gt 0 ]; then
  start=$1
  state=${SLURM_STATE:-/tmp/slurm-one-node}
else
  start=$root/test/cluster/slurm.sh
  export SLURM_CONF=$state/slurm.conf
fi
trap 'bash "$start" stop "$state" || true; rm -rf "$folder" || true' EXIT
bash "$start" start "$state" || { echo 'skipped: Slurm does not start here'; exit 77; }
mkdir "$folder/work"
cd "$folder/work"
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
died=no
for _ in $(seq 600); do
  job=$(squeue --noheader --states=R --name=heredity.gre_part --format=%i | head -n 1)
  [ -n "$job" ] && break
  kill -0 $workflow 2>/dev/null || break
  sleep 0.2
done
if [ -n "$job" ]; then
  node=$(scontrol show hostnames "$(squeue --noheader --jobs="$job" --format=%N)" | head -n 1)
  steps=$(scontrol listpids "$job" 2>/dev/null | awk 'NR > 1 && $1 > 0 {print $1}')
  kill -9 "$(cat "$state/slurmd.pid")" $steps 2>/dev/null || true
  died=yes
  sleep 5
  slurmd
  scontrol update nodename="$node" state=resume 2>/dev/null || true
fi
wait $workflow
[ -s results/report.html ]
$heredity gre --bfile study --keep results/cohort.keep --pheno study.pheno --covar results/cohort.covar --out single --quiet
DIED=$died node -e '
const [a, b] = process.argv.slice(1).map((name) => JSON.parse(require("fs").readFileSync(name, "utf8")));
const same = JSON.stringify([a.estimates, a.pairs]) === JSON.stringify([b.estimates, b.pairs]);
const { parts } = b.provenance;
const most = Math.max(...parts.map(({ peakMemoryBytes }) => peakMemoryBytes));
const longest = Math.max(...parts.map(({ wallSeconds }) => wallSeconds));
console.log(`${parts.length} parts: the longest ${longest.toFixed(1)} s, at most ${(most / 1e6).toFixed(0)} MB; the single run ${(a.provenance.peakMemoryBytes / 1e6).toFixed(0)} MB`);
console.log(process.env.DIED === "yes" ? "the node died in mid-part" : "no part was seen running: the node did not die");
console.log(same ? "1 passed, 0 failed: equal to the single run" : "0 passed, 1 failed: not equal to the single run");
process.exit(same ? 0 : 1);
' single.gre.json results/gre.gre.json
