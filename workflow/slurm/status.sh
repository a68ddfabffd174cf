#!/bin/sh
# What has become of a job, for snakemake: running, success or failed. scontrol knows a job for MinJobAge (5 minutes) after its
# end, and squeue no longer does; a controller that does not answer at the moment says nothing of the job.
state=$(scontrol --oneliner show job "$1" 2>/dev/null | sed -n 's/.* JobState=\([A-Z_]*\).*/\1/p' | head -n 1)
case "$state" in
  COMPLETED) echo success ;;
  FAILED | CANCELLED | TIMEOUT | OUT_OF_MEMORY | BOOT_FAIL | DEADLINE | PREEMPTED) echo failed ;;
  NODE_FAIL) echo failed ;;
  '') scontrol ping 2>/dev/null | grep -q 'UP' && echo failed || echo running ;;
  *) echo running ;;
esac
