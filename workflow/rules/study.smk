# study: takes the panel files, their fingerprints and, where there are, labels; gives results/study/: the distances and
# clusters of every method the essay tried and of Reprise's own, judged side by side, and a page that tells the story.
from reprise.study import essay

STUDY_DISTANCES = expand("results/study/distances/{metric}.csv", metric=essay.METRICS)
STUDY_GROUPS = expand("results/study/groups/{method}.csv", method=essay.METHODS)
STUDY_FOUND = expand("results/study/groups/{metric}.json", metric=essay.METRICS)
STUDY_SETTINGS = {key: config["study"][key] for key in ("restarts", "seed", "least_k", "most_k")} | {
    "mirror": config["fingerprint"]["mirror"],
    "fewest_edges": config["compare"]["fewest_edges"],
}
STUDY = of_study(config["study"]["max_panels"])


rule bitmaps:
    input:
        index=ancient("results/index.csv"),  # as of `fingerprint`
    output:
        shard="results/study/bitmaps/{shard}.npz",
    log:
        "results/logs/bitmaps/{shard}.log",
    benchmark:
        "results/benchmarks/bitmaps/{shard}.tsv"
    conda:
        "../../envs/study.yaml"
    resources:
        mem_mb=memory(shard_estimate),
        runtime=minutes(shard_estimate),
    params:
        panels=lambda wildcards: list(layout().panels[layout().shard(wildcards.shard)]),
        files=lambda wildcards: list(layout().files[layout().shard(wildcards.shard)]),
        panel_contents=shard_contents,
        source=as_it_is(SOURCE),
    message:
        "Make the essay's bitmaps of shard {wildcards.shard}"
    script:
        "../../scripts/bitmaps.py"


rule distances:
    input:
        bitmaps=all_bitmaps,
        fingerprints=all_shards,
    output:
        table="results/study/distances/{metric}.csv",
    log:
        "results/logs/distances/{metric}.log",
    benchmark:
        "results/benchmarks/distances/{metric}.tsv"
    wildcard_constraints:
        metric="|".join(essay.METRICS),
    conda:
        "../../envs/study.yaml"
    resources:
        mem_mb=memory(STUDY),
        runtime=minutes(STUDY),
    params:
        mirror=config["fingerprint"]["mirror"],
        fewest_edges=config["compare"]["fewest_edges"],
    message:
        "Measure all distances by {wildcards.metric}"
    script:
        "../../scripts/distances.py"


rule groups:
    input:
        bitmaps=all_bitmaps,
        fingerprints=all_shards,
    output:
        found="results/study/groups/{metric}.json",
    log:
        "results/logs/groups/{metric}.log",
    benchmark:
        "results/benchmarks/groups/{metric}.tsv"
    wildcard_constraints:
        metric="|".join(essay.METRICS),
    conda:
        "../../envs/study.yaml"
    resources:
        mem_mb=memory(STUDY),
        runtime=minutes(STUDY),
    params:
        settings=STUDY_SETTINGS,
    message:
        "Group the panels by {wildcards.metric}"
    script:
        "../../scripts/groups.py"


rule methods:
    input:
        found=STUDY_FOUND,
        panels="results/panels.csv",
        clusters="results/clusters.csv",
        labels=LABELS or [],
        ignore=config["evaluation"]["ignore"] or [],
    output:
        groups=STUDY_GROUPS,
        table="results/study/methods.csv",
    log:
        "results/logs/methods.log",
    benchmark:
        "results/benchmarks/methods.tsv"
    conda:
        "../../envs/study.yaml"
    resources:
        mem_mb=memory(STUDY),
        runtime=minutes(STUDY),
    params:
        setting=f"{MATCH_RULE}; {config['cluster']['method']}",
    message:
        "Judge all methods"
    script:
        "../../scripts/methods.py"


rule study_plots:
    input:
        distances=STUDY_DISTANCES,
        found=STUDY_FOUND,
        panels="results/panels.csv",
        labels=LABELS or [],
        ignore=config["evaluation"]["ignore"] or [],
    output:
        spread="results/study/plots/spread.png",
        components="results/study/plots/components.png",
        distances="results/study/plots/distances.png",
        precision_recall="results/study/plots/precision_recall.png",
    log:
        "results/logs/study_plots.log",
    benchmark:
        "results/benchmarks/study_plots.tsv"
    conda:
        "../../envs/study.yaml"
    resources:
        mem_mb=memory(STUDY),
        runtime=minutes(STUDY),
    message:
        "Plot what the methods make of the panels"
    script:
        "../../scripts/study_plots.py"


rule study:
    input:
        distances=STUDY_DISTANCES,
        methods="results/study/methods.csv",
        bitmaps=all_bitmaps,
        panels="results/panels.csv",
        thumbnails=all_thumbnails,
        plots=[f"results/study/plots/{plot}.png" for plot in ("spread", "components", "distances", "precision_recall")],
        labels=LABELS or [],
        ignore=config["evaluation"]["ignore"] or [],
        template=local(os.path.relpath(os.path.join(workflow.basedir, "scripts", "study.html"))),
    output:
        page="results/study/index.html",
        thumbnails=directory("results/study/thumbnails"),
        edge_pixels="results/study/edge_pixels.csv",
    log:
        "results/logs/study.log",
    benchmark:
        "results/benchmarks/study.tsv"
    conda:
        "../../envs/study.yaml"
    resources:
        mem_mb=memory(STUDY),
        runtime=minutes(STUDY),
    params:
        settings=STUDY_SETTINGS,
    message:
        "Tell the story of the study"
    script:
        "../../scripts/study.py"
