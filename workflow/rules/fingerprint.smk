# fingerprint: takes the panel files of the index, a shard a job; gives for each shard
# results/fingerprints/{shard}.npz, by which panels are compared; results/pictures/{shard}.npy, the colours that are looked
# at when panels match; and results/thumbnails/{shard}/, small pictures for readers. For all panels it gives
# results/own_lines.npz, the lines that count because most panels do not share them; results/shared_lines.csv, how many
# lines do not count; and results/panels.csv, which says whether each panel could be read. Where parts are searched for, it
# gives for each shard results/features/{shard}.npz and {shard}.npy, the features and the edges that tell them.


rule fingerprint:
    # The panels are no inputs: `panel_contents` tells when one changes, and many thousands would slow Snakemake down.
    input:
        # A job on another machine must be told that its parameters come from here; a newer one alone runs nothing again.
        index=ancient("results/index.csv"),
    output:
        shard="results/fingerprints/{shard}.npz",
        pictures="results/pictures/{shard}.npy",
        thumbnails=directory("results/thumbnails/{shard}"),
    log:
        "results/logs/fingerprint/{shard}.log",
    benchmark:
        "results/benchmarks/fingerprint/{shard}.tsv"
    conda:
        "../../envs/fingerprint.yaml"
    resources:
        mem_mb=memory(shard_estimate),
        runtime=minutes(shard_estimate),
    params:
        panels=lambda wildcards: list(layout().panels[layout().shard(wildcards.shard)]),
        files=lambda wildcards: list(layout().files[layout().shard(wildcards.shard)]),
        panel_contents=shard_contents,
        source=as_it_is(SOURCE),
        frames=config["fingerprint"]["frames"],
        resize=config["fingerprint"]["resize"],
        most_frames=config["fingerprint"]["most_frames"],
        cutting=config["fingerprint"]["panels"],
    message:
        "Fingerprint the panels of shard {wildcards.shard}"
    script:
        "../../scripts/fingerprint.py"


rule features:
    input:
        index=ancient("results/index.csv"),
        words=WORDS,
    output:
        shard="results/features/{shard}.npz",
        edges="results/features/{shard}.npy",
    log:
        "results/logs/features/{shard}.log",
    benchmark:
        "results/benchmarks/features/{shard}.tsv"
    conda:
        "../../envs/fingerprint.yaml"
    threads: lambda wildcards: shared_cores(8)
    resources:
        mem_mb=memory(features_estimate),
        runtime=minutes(features_estimate),
    params:
        files=lambda wildcards: list(layout().files[layout().shard(wildcards.shard)]),
        panel_contents=shard_contents,
        source=as_it_is(SOURCE),
    message:
        "Find the features of the panels of shard {wildcards.shard}"
    script:
        "../../scripts/features.py"


# It is a checkpoint, so that comparisons run again only where the lines that count have changed.
checkpoint shared_lines:
    input:
        shards=all_shards,
    output:
        own_lines="results/own_lines.npz",
        told="results/shared_lines.csv",
    log:
        "results/logs/shared_lines.log",
    benchmark:
        "results/benchmarks/shared_lines.tsv"
    conda:
        "../../envs/fingerprint.yaml"
    resources:
        mem_mb=memory(comic_estimate),
        runtime=minutes(comic_estimate),
    message:
        "Tell which lines most panels share"
    script:
        "../../scripts/shared_lines.py"


rule panels:
    input:
        index="results/index.csv",
        shards=all_shards,
        own_lines=own_lines,
    output:
        panels="results/panels.csv",
    log:
        "results/logs/panels.log",
    benchmark:
        "results/benchmarks/panels.tsv"
    conda:
        "../../envs/fingerprint.yaml"
    resources:
        mem_mb=memory(comic_estimate),
        runtime=minutes(comic_estimate),
    message:
        "List all panels, with what is known of each"
    script:
        "../../scripts/panels.py"
