# compare: takes the fingerprints; gives for every two blocks of panels results/blocks/{i}-{j}.npz, the pairs that
# are near as they stand, and results/candidates/{i}-{j}.npz, the pairs that may be one drawing that moved. Then it gives
# results/partners.npz, the nearest of these for each panel over all blocks; results/aligned/{i}-{j}.npz, how well each
# of these pairs fits when one panel is laid upon the other; where they are searched for, results/parts.npz, the parts that
# panels share; results/adjacency.npz, the graph of the pairs that match;
# and results/matches.npz, what is known of each match.


rule hamming_block:
    input:
        a=block_shards("i"),
        b=block_shards("j"),
        own_lines=ancient(own_lines),
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
    threads: block_threads
    resources:
        mem_mb=memory(block_estimate),
        runtime=minutes(block_estimate),
    params:
        first_a=block_start("i"),
        first_b=block_start("j"),
        own_lines=own_lines_digest,
        mirror=config["fingerprint"]["mirror"],
        ceilings=CEILINGS,
        most=config["compare"]["pairs_per_panel"],
        fewest_edges=config["compare"]["fewest_edges"],
    message:
        "Compare block {wildcards.i} with block {wildcards.j}"
    script:
        "../../scripts/hamming_block.py"


rule search_block:
    input:
        a=block_shards("i"),
        b=block_shards("j"),
        own_lines=ancient(own_lines),
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
    threads: block_threads
    resources:
        mem_mb=memory(block_estimate),
        runtime=minutes(block_estimate),
    params:
        first_a=block_start("i"),
        first_b=block_start("j"),
        own_lines=own_lines_digest,
        mirror=config["fingerprint"]["mirror"],
        fewest_edges=config["compare"]["fewest_edges"],
        most=config["compare"]["partners"],
    message:
        "Search block {wildcards.i} and block {wildcards.j} for what has moved"
    script:
        "../../scripts/search_block.py"


rule partners:
    input:
        blocks=all_blocks,
        candidates=branch(ALIGNED, then=all_candidates, otherwise=[]),
    output:
        chosen="results/partners.npz",
    log:
        "results/logs/partners.log",
    benchmark:
        "results/benchmarks/partners.tsv"
    conda:
        "../../envs/compare.yaml"
    resources:
        mem_mb=memory(comic_estimate),
        runtime=minutes(comic_estimate),
    params:
        most_near=config["compare"]["pairs_per_panel"],
        most_alike=config["compare"]["partners"],
    message:
        "Choose the nearest of each panel"
    script:
        "../../scripts/partners.py"


rule align_block:
    input:
        a=block_shards("i"),
        b=block_shards("j"),
        partners="results/partners.npz",
        own_lines=ancient(own_lines),
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
    threads: block_threads
    resources:
        mem_mb=memory(block_estimate),
        runtime=minutes(block_estimate),
    params:
        first_a=block_start("i"),
        first_b=block_start("j"),
        own_lines=own_lines_digest,
        fewest_edges=config["compare"]["fewest_edges"],
        ceiling=config["compare"]["ceiling"],
    message:
        "Align the panels of block {wildcards.i} with those of block {wildcards.j}"
    script:
        "../../scripts/align_block.py"


rule parts:
    input:
        shards=all_features("npz"),
        edges=all_features("npy"),
    output:
        parts="results/parts.npz",
    log:
        "results/logs/parts.log",
    benchmark:
        "results/benchmarks/parts.tsv"
    conda:
        "../../envs/compare.yaml"
    threads: shared_cores(8)
    resources:
        mem_mb=memory(parts_estimate),
        runtime=minutes(parts_estimate),
    params:
        mirror=config["fingerprint"]["mirror"],
    message:
        "Find the parts that panels share"
    script:
        "../../scripts/parts.py"


rule adjacency:
    input:
        partners="results/partners.npz",
        aligned=branch(ALIGNED, then=all_aligned, otherwise=[]),
        not_a_match=config["match"]["not_a_match"] or [],
        must_match=config["match"]["must_match"] or [],
        # The lists name files. Pairs of must_match may not have been kept; these are compared here.
        panels=branch(CORRECTED, then="results/panels.csv", otherwise=[]),
        parts=branch(PARTS, then="results/parts.npz", otherwise=[]),
        shards=branch(config["match"]["must_match"] or PARTS or CUT, then=all_shards, otherwise=[]),
        own_lines=branch(config["match"]["must_match"] or PARTS or CUT, then=own_lines, otherwise=[]),
    output:
        matrix="results/adjacency.npz",
        matches="results/matches.npz",
    log:
        "results/logs/adjacency.log",
    benchmark:
        "results/benchmarks/adjacency.tsv"
    conda:
        "../../envs/compare.yaml"
    resources:
        mem_mb=memory(comic_estimate),
        runtime=minutes(comic_estimate),
    params:
        match=MATCH,
        fewest_edges=config["compare"]["fewest_edges"],
    message:
        f"Match the pairs by {MATCH_RULE}"
    script:
        "../../scripts/adjacency.py"
