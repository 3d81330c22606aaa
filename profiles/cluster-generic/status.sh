#!/bin/sh
# status.sh NUMBER  tells how a job of Slurm is: running, success or failed
case $(squeue --noheader --states all --jobs "$1" --format %T 2>&1) in
    COMPLETED) echo success ;;
    BOOT_FAIL | CANCELLED | DEADLINE | FAILED | NODE_FAIL | OUT_OF_MEMORY | TIMEOUT | *Invalid*) echo failed ;;
    *) echo running ;;
esac
