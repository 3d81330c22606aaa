# cluster: takes the graph of matches; gives results/pairs.csv, which says of each match what kind it is, and
# results/communities.npz, the groups of panels in the graph. From both come results/clusters.csv, these groups ranked by
# kind and interest, results/ranking.csv, which says why, and results/passages.csv, what comes back together; and from the
# parts that match results/motifs.csv, what is pasted on several grounds. results/compositions.csv has pairs that do not
# match, but are composed alike.


rule relate:
    input:
        matches="results/matches.npz",
        panels="results/panels.csv",
        shards=all_shards,
        pictures=all_pictures,
    output:
        pairs=report("results/pairs.csv", caption="../report/pairs.rst", category="Tables"),
    log:
        "results/logs/relate.log",
    benchmark:
        "results/benchmarks/relate.tsv"
    conda:
        "../../envs/cluster.yaml"
    resources:
        mem_mb=memory(comic_estimate),
        runtime=minutes(comic_estimate),
    message:
        "Tell what kind of match each pair is"
    script:
        "../../scripts/relate.py"


rule communities:
    input:
        matrix="results/adjacency.npz",
        matches="results/matches.npz",
    output:
        communities="results/communities.npz",
    log:
        "results/logs/communities.log",
    benchmark:
        "results/benchmarks/communities.tsv"
    conda:
        "../../envs/cluster.yaml"
    resources:
        mem_mb=memory(comic_estimate),
        runtime=minutes(comic_estimate),
    params:
        settings={key: value for key, value in config["cluster"].items() if key != "rank"},
        threshold=MATCH.get("threshold", 0.0),
    message:
        f"Cluster the panels by {config['cluster']['method']}"
    script:
        "../../scripts/communities.py"


rule rank:
    input:
        communities="results/communities.npz",
        pairs="results/pairs.csv",
        panels="results/panels.csv",
    output:
        clusters=report("results/clusters.csv", caption="../report/clusters.rst", category="Tables"),
        ranking=report("results/ranking.csv", caption="../report/ranking.rst", category="Tables"),
        passages="results/passages.csv",
    log:
        "results/logs/rank.log",
    benchmark:
        "results/benchmarks/rank.tsv"
    conda:
        "../../envs/cluster.yaml"
    resources:
        mem_mb=memory(comic_estimate),
        runtime=minutes(comic_estimate),
    params:
        weights=config["cluster"]["rank"],
        threshold=MATCH.get("threshold", 0.0),
    message:
        "Rank the clusters by interest"
    script:
        "../../scripts/rank.py"


rule motifs:
    input:
        matches="results/matches.npz",
        panels="results/panels.csv",
    output:
        motifs=report("results/motifs.csv", caption="../report/motifs.rst", category="Tables"),
    log:
        "results/logs/motifs.log",
    benchmark:
        "results/benchmarks/motifs.tsv"
    # The gallery waits for it.
    priority: 3
    conda:
        "../../envs/cluster.yaml"
    resources:
        mem_mb=memory(comic_estimate),
        runtime=minutes(comic_estimate),
    message:
        "Gather what is used on several grounds"
    script:
        "../../scripts/motifs.py"


rule compositions:
    input:
        shards=all_shards,
        own_lines=own_lines,
        matches="results/matches.npz",
        communities="results/communities.npz",
        panels="results/panels.csv",
    output:
        compositions=report("results/compositions.csv", caption="../report/compositions.rst", category="Tables"),
    log:
        "results/logs/compositions.log",
    benchmark:
        "results/benchmarks/compositions.tsv"
    # The gallery waits for it.
    priority: 3
    conda:
        "../../envs/cluster.yaml"
    resources:
        mem_mb=memory(comic_estimate),
        runtime=minutes(comic_estimate),
    message:
        "Look for poses and layouts that are drawn anew"
    script:
        "../../scripts/compositions.py"
