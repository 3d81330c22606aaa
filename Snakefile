# Reprise finds the art a comic uses again. This file is the table of contents; what a stage takes and gives stands at
# the top of its rules file, in workflow/rules/, and how it works in the script of the same name as the rule, in scripts/.
import sys
from pathlib import Path

from snakemake.utils import min_version

min_version("9.1.6")

# First, so that no installed package of the same name as a module of ours is taken for it.
sys.path[:0] = [str(Path(workflow.basedir) / folder) for folder in ("workflow", "scripts")]

import reprise.garbage  # which is not looked for then, as a run ends
from once_a_rule import find_out_once_a_rule
from parameters import keep_parameters_as_they_are

find_out_once_a_rule()
keep_parameters_as_they_are()


configfile: Path(workflow.basedir) / "config.yaml"


include: "workflow/rules/comic.smk"
include: "workflow/rules/acquire.smk"
include: "workflow/rules/fingerprint.smk"
include: "workflow/rules/compare.smk"
include: "workflow/rules/cluster.smk"
include: "workflow/rules/publish.smk"
include: "workflow/rules/study.smk"


rule all:
    default_target: True
    input:
        "results/panels.csv",
        "results/pairs.csv",
        "results/clusters.csv",
        branch(LABELS, then=["results/evaluation.csv", "results/plots/evaluation.png"], otherwise=[]),
        "results/clusters",
        "results/gallery",
        "results/clusters.json",
        "results/graph.graphml",
        "results/plots/distances.png",
        "results/plots/cluster_sizes.png",
        "results/summary.txt",


watch_contents(workflow, DIGESTS)
prepare_run(workflow, asked_again)


onstart:
    begin_results()
    start_jobs_as_others_end()
    show_jobs()


onsuccess:
    end_results()
