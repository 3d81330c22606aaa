# cluster: takes the graph of matches; gives results/clusters.csv, its communities ranked by interest, and
# results/pairs.csv, which says of each match what kind it is.


rule communities:
    input:
        matrix="results/adjacency.npz",
        panels="results/panels.csv",
        modules=modules("atomic"),
    output:
        clusters=report("results/clusters.csv", caption="../report/clusters.rst", category="Tables"),
    log:
        "results/logs/communities.log",
    conda:
        "../../envs/cluster.yaml"
    params:
        method=config["cluster"]["method"],
        resolution=config["cluster"]["resolution"],
        seed=config["cluster"]["seed"],
    message:
        "Cluster the panels by {params.method}"
    script:
        "../../scripts/communities.py"


rule relate:
    input:
        edges="results/edges.npz",
        panels="results/panels.csv",
        shards=all_shards,
        modules=modules("atomic"),
    output:
        pairs=report("results/pairs.csv", caption="../report/pairs.rst", category="Tables"),
    log:
        "results/logs/relate.log",
    conda:
        "../../envs/cluster.yaml"
    message:
        "Tell what kind of match each pair is"
    script:
        "../../scripts/relate.py"
