# compare: takes the fingerprints; gives results/blocks/{i}-{j}.npz, the near pairs of every two blocks of panels, and
# results/aligned/{i}-{j}.npz, those that still meet once one is laid upon the other, shifted, zoomed or mirrored; and
# results/adjacency.npz, the graph of the pairs that match, with results/edges.npz, what is known of each.


rule hamming_block:
    input:
        a=block_shards("i"),
        b=block_shards("j"),
        modules=modules("atomic", "hamming", "progress"),
    output:
        block="results/blocks/{i}-{j}.npz",
    log:
        "results/logs/hamming_block/{i}-{j}.log",
    benchmark:
        "results/benchmarks/hamming_block/{i}-{j}.tsv"
    wildcard_constraints:
        i=r"\d+",
        j=r"\d+",
    conda:
        "../../envs/compare.yaml"
    params:
        mirror=config["fingerprint"]["mirror"],
        ceilings=CEILINGS,
        fewest_edges=config["compare"]["fewest_edges"],
    message:
        "Compare block {wildcards.i} with block {wildcards.j}"
    script:
        "../../scripts/hamming_block.py"


rule search_block:
    input:
        a=block_shards("i"),
        b=block_shards("j"),
        modules=modules("alignment/__init__", "alignment/canvas", "alignment/search", "atomic", "progress"),
    output:
        candidates="results/candidates/{i}-{j}.npz",
    log:
        "results/logs/search_block/{i}-{j}.log",
    benchmark:
        "results/benchmarks/search_block/{i}-{j}.tsv"
    wildcard_constraints:
        i=r"\d+",
        j=r"\d+",
    conda:
        "../../envs/compare.yaml"
    params:
        first_a=block_start("i"),
        first_b=block_start("j"),
        mirror=config["fingerprint"]["mirror"],
        most=config["compare"]["partners"],
    message:
        "Search block {wildcards.i} and block {wildcards.j} for what has moved"
    script:
        "../../scripts/search_block.py"


rule align_block:
    input:
        a=block_shards("i"),
        b=block_shards("j"),
        candidates=candidates_of_blocks,
        block="results/blocks/{i}-{j}.npz",
        modules=modules(
            "adjacency",
            "alignment/__init__",
            "alignment/canvas",
            "alignment/check",
            "alignment/search",
            "atomic",
            "corrections",
            "hamming",
            "hamming_block",
            "progress",
        ),
    output:
        aligned="results/aligned/{i}-{j}.npz",
    log:
        "results/logs/align_block/{i}-{j}.log",
    benchmark:
        "results/benchmarks/align_block/{i}-{j}.tsv"
    wildcard_constraints:
        i=r"\d+",
        j=r"\d+",
    conda:
        "../../envs/compare.yaml"
    params:
        first_a=block_start("i"),
        first_b=block_start("j"),
        most=config["compare"]["partners"],
        ceiling=config["compare"]["ceiling"],
    message:
        "Align the panels of block {wildcards.i} with those of block {wildcards.j}"
    script:
        "../../scripts/align_block.py"


rule adjacency:
    input:
        blocks=all_blocks,
        pairs=all_pairs,
        not_a_match=config["match"]["not_a_match"] or [],
        must_match=config["match"]["must_match"] or [],
        # The lists name files; panels that must match and that no block has are compared here.
        panels=branch(CORRECTED, then="results/panels.csv", otherwise=[]),
        shards=branch(config["match"]["must_match"], then=all_shards, otherwise=[]),
        modules=modules("atomic", "corrections", "hamming", "hamming_block", "progress"),
    output:
        matrix="results/adjacency.npz",
        edges="results/edges.npz",
    log:
        "results/logs/adjacency.log",
    benchmark:
        "results/benchmarks/adjacency.tsv"
    conda:
        "../../envs/compare.yaml"
    params:
        panels=lambda wildcards: len(layout().panels),
        panels_per_block=lambda wildcards: layout().panels_per_block,
        match=MATCH,
        fewest_edges=config["compare"]["fewest_edges"],
        aligned=ALIGNED,
    message:
        f"Match the pairs by {MATCH_RULE}"
    script:
        "../../scripts/adjacency.py"
