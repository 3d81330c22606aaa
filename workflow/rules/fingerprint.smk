# fingerprint: takes the panel files of the index, a shard a job; gives results/fingerprints/{shard}.npz with all that
# later stages need to know of the pictures, results/thumbnails/{shard}/ with small ones to be looked at, and
# results/panels.csv, which says of each panel whether it could be read.


rule fingerprint:
    input:
        files=shard_inputs,
        modules=modules("fingerprint"),
    output:
        shard="results/fingerprints/{shard}.npz",
        thumbnails=directory("results/thumbnails/{shard}"),
    log:
        "results/logs/fingerprint/{shard}.log",
    benchmark:
        "results/benchmarks/fingerprint/{shard}.tsv"
    conda:
        "../../envs/fingerprint.yaml"
    resources:
        mem_mb=of_shard(MOST_PANELS["shard"]).memory,
        runtime=of_shard(MOST_PANELS["shard"]).minutes,
    params:
        panels=lambda wildcards: list(layout().panels[layout().shard(wildcards.shard)]),
        files=lambda wildcards: list(layout().files[layout().shard(wildcards.shard)]),
        panel_contents=shard_contents,
        source=as_it_is(SOURCE),
        frames=config["fingerprint"]["frames"],
        resize=config["fingerprint"]["resize"],
    message:
        "Fingerprint the panels of shard {wildcards.shard}"
    script:
        "../../scripts/fingerprint.py"


rule panels:
    input:
        index="results/index.csv",
        shards=all_shards,
        modules=modules("panels"),
    output:
        panels="results/panels.csv",
    log:
        "results/logs/panels.log",
    benchmark:
        "results/benchmarks/panels.tsv"
    conda:
        "../../envs/fingerprint.yaml"
    resources:
        mem_mb=LITTLE.memory,
        runtime=LITTLE.minutes,
    message:
        "Join what is known of each panel"
    script:
        "../../scripts/panels.py"
