#!/usr/bin/env bash
# A one-node Slurm of its own, inside a container without systemd and beside any other Slurm: all that it has lies in one folder.
# usage: slurm.sh start|stop FOLDER   Needs root and Debian's slurmctld, slurmd, slurm-client and munge. Programs find it by
# SLURM_CONF=FOLDER/slurm.conf. Exit 77 where it does not start here.
set -euo pipefail
folder=$2
host=$(hostname -s)
if [ "$1" = stop ]; then
  for daemon in slurmd slurmctld munged; do
    [ -s "$folder/$daemon.pid" ] || continue
    pid=$(cat "$folder/$daemon.pid")
    kill "$pid" 2>/dev/null || continue
    # it writes its state at the end, which is not to meet the removal of the folder
    for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.2; done
  done
  exit 0
fi
mkdir -p "$folder/munge" "$folder/state" "$folder/spool"
chmod 0755 "$folder" "$folder/munge"
head -c 1024 /dev/urandom >"$folder/munge/key"
chmod 0400 "$folder/munge/key"
# every folder above the socket has to be closed to others' writing, which /tmp is not: hence --force
munged --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" --pid-file="$folder/munged.pid" \
  --log-file="$folder/munge/log" --seed-file="$folder/munge/seed" || exit 77
cat >"$folder/slurm.conf" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort=16817
SlurmdPort=16818
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
# no control groups and no accounting in a container: memory is measured by whoever computes
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
# whatever the machine has, and a node that dies is noticed soon
SlurmdParameters=config_overrides
SlurmdTimeout=20
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=$(awk '/MemTotal/ {print int($2 / 1138)}' /proc/meminfo) State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
printf 'CgroupPlugin=cgroup/v1\nCgroupMountpoint=%s\nConstrainCores=no\nConstrainRAMSpace=no\n' "$folder/cgroup" >"$folder/cgroup.conf"
export SLURM_CONF=$folder/slurm.conf
if slurmctld && slurmd; then
  for _ in $(seq 30); do
    if sinfo --noheader --format=%t 2>/dev/null | grep -q idle; then exit 0; fi
    sleep 1
  done
fi
echo 'Slurm did not become idle:' >&2
tail -n 20 "$folder"/*.log >&2 || true
exit 77
