# cluster: takes the graph of matches; gives results/pairs.csv, which says of each match what kind it is,
# results/clusters.csv, the graph's communities ranked by interest, and results/ranking.csv, which says why.


rule relate:
    input:
        edges="results/edges.npz",
        panels="results/panels.csv",
        shards=all_shards,
        modules=modules("alignment/__init__", "alignment/colours", "atomic", "progress"),
    output:
        pairs=report("results/pairs.csv", caption="../report/pairs.rst", category="Tables"),
    log:
        "results/logs/relate.log",
    benchmark:
        "results/benchmarks/relate.tsv"
    conda:
        "../../envs/cluster.yaml"
    message:
        "Tell what kind of match each pair is"
    script:
        "../../scripts/relate.py"


rule communities:
    input:
        matrix="results/adjacency.npz",
        pairs="results/pairs.csv",
        panels="results/panels.csv",
        modules=modules("atomic"),
    output:
        clusters=report("results/clusters.csv", caption="../report/clusters.rst", category="Tables"),
        ranking=report("results/ranking.csv", caption="../report/ranking.rst", category="Tables"),
    log:
        "results/logs/communities.log",
    benchmark:
        "results/benchmarks/communities.tsv"
    conda:
        "../../envs/cluster.yaml"
    params:
        settings=config["cluster"],
        threshold=MATCH.get("threshold", 0.0),
    message:
        f"Cluster the panels by {config['cluster']['method']}"
    script:
        "../../scripts/communities.py"
