# compare: takes the fingerprints; gives results/blocks/{i}-{j}.npz, the near pairs of every two blocks of panels, and
# results/adjacency.npz, the graph of the pairs that match, with results/edges.npz, what is known of each.


rule hamming_block:
    input:
        a=block_shards("i"),
        b=block_shards("j"),
        modules=modules("atomic", "progress"),
    output:
        block="results/blocks/{i}-{j}.npz",
    log:
        "results/logs/hamming_block/{i}-{j}.log",
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


rule adjacency:
    input:
        blocks=all_blocks,
        modules=modules("atomic"),
    output:
        matrix="results/adjacency.npz",
        edges="results/edges.npz",
    log:
        "results/logs/adjacency.log",
    conda:
        "../../envs/compare.yaml"
    params:
        panels=lambda wildcards: len(layout().panels),
        panels_per_block=lambda wildcards: layout().panels_per_block,
        match=MATCH,
    message:
        f"Match the pairs by {MATCH_RULE}"
    script:
        "../../scripts/adjacency.py"
