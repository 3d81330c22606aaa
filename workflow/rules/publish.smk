# publish: takes panels, pairs, communities and clusters; gives results/clusters/ and results/gallery/ to look at,
# results/clusters.json and results/graph.graphml for other programs, results/plots/, results/evaluation.csv where there are labels, and results/summary.txt, shown when a run ends.


# Where other steps are done by a cluster, these are not: they are shorter than it takes to hand them in.
localrules:
    plots,
    evaluate,
    summary,


rule cluster_folders:
    input:
        clusters="results/clusters.csv",
    output:
        folders=directory("results/clusters"),
    log:
        "results/logs/cluster_folders.log",
    benchmark:
        "results/benchmarks/cluster_folders.tsv"
    priority: 1
    conda:
        "../../envs/publish.yaml"
    resources:
        mem_mb=memory(comic_estimate),
        runtime=minutes(comic_estimate),
    params:
        source=as_it_is(SOURCE),
    message:
        "Put each cluster's panels into a folder"
    script:
        "../../scripts/cluster_folders.py"


rule large_pictures:
    input:
        clusters="results/clusters.csv",
        ranking="results/ranking.csv",
        passages="results/passages.csv",
        motifs="results/motifs.csv",
        pairs="results/pairs.csv",
        panels="results/panels.csv",
    output:
        # The folder of the pictures is no output: Snakemake would remove it, with the pictures that are wanted again.
        table="results/large_pictures.csv",
    log:
        "results/logs/large_pictures.log",
    benchmark:
        "results/benchmarks/large_pictures.tsv"
    # The gallery waits for this job, so that it starts early.
    priority: 3
    conda:
        "../../envs/publish.yaml"
    threads: lambda wildcards: shared_cores(8)
    resources:
        mem_mb=memory(of_pictures(shared_cores(8))),
        runtime=minutes(of_pictures(shared_cores(8))),
    params:
        source=as_it_is(SOURCE),
    message:
        "Make large pictures of the drawings that are shown"
    script:
        "../../scripts/large_pictures.py"


rule overlays:
    input:
        clusters="results/clusters.csv",
        ranking="results/ranking.csv",
        passages="results/passages.csv",
        motifs="results/motifs.csv",
        pairs="results/pairs.csv",
        panels="results/panels.csv",
        thumbnails=all_thumbnails,
    output:
        # What pairs came to that are still shown is kept.
        table=update("results/overlays.csv"),
    log:
        "results/logs/overlays.log",
    benchmark:
        "results/benchmarks/overlays.tsv"
    # The gallery waits for it.
    priority: 3
    conda:
        "../../envs/publish.yaml"
    threads: lambda wildcards: shared_cores(8)
    resources:
        mem_mb=memory(comic_estimate),
        runtime=minutes(comic_estimate),
    message:
        "Lay the drawings that are shown upon each other"
    script:
        "../../scripts/overlays.py"


rule edge_pictures:
    input:
        shards=all_shards,
        own_lines=own_lines,
    output:
        folder=directory("results/edges"),
    log:
        "results/logs/edge_pictures.log",
    benchmark:
        "results/benchmarks/edge_pictures.tsv"
    # The gallery waits for it.
    priority: 3
    conda:
        "../../envs/publish.yaml"
    resources:
        mem_mb=memory(comic_estimate),
        runtime=minutes(comic_estimate),
    message:
        "Draw the edges by which panels were compared"
    script:
        "../../scripts/edge_pictures.py"


rule gallery:
    input:
        clusters="results/clusters.csv",
        ranking="results/ranking.csv",
        passages="results/passages.csv",
        motifs="results/motifs.csv",
        compositions="results/compositions.csv",
        pairs="results/pairs.csv",
        matches="results/matches.npz",
        panels="results/panels.csv",
        pages="results/pages.csv",
        thumbnails=all_thumbnails,
        overlays="results/overlays.csv",
        large="results/large_pictures.csv",
        edges="results/edges",
        templates=[local(os.path.relpath(path)) for path in sorted(Path(workflow.basedir, "scripts/gallery").iterdir())],
    output:
        gallery=report(
            directory("results/gallery"),
            htmlindex="index.html",
            caption="../report/gallery.rst",
            category="Gallery",
        ),
    log:
        "results/logs/gallery.log",
    benchmark:
        "results/benchmarks/gallery.tsv"
    # At the end this job takes longest, and cluster_folders comes second. So both start first.
    priority: 2
    conda:
        "../../envs/publish.yaml"
    resources:
        mem_mb=memory(comic_estimate),
        runtime=minutes(comic_estimate),
    params:
        title=as_it_is(TITLE),
        page_url=as_it_is(COMIC["page_url"] if FROM_FOLDER else None),
        match_rule=MATCH_RULE,
        settings=f"Clusters by {config['cluster']['method']} with a resolution of {config['cluster']['resolution']}.",
        fewest_edges=config["compare"]["fewest_edges"],
        clusters_per_page=config["gallery"]["clusters_per_page"],
    message:
        "Lay out the gallery"
    script:
        "../../scripts/gallery.py"


rule exports:
    input:
        panels="results/panels.csv",
        clusters="results/clusters.csv",
        ranking="results/ranking.csv",
        passages="results/passages.csv",
        motifs="results/motifs.csv",
        pairs="results/pairs.csv",
    output:
        clusters="results/clusters.json",
        graph="results/graph.graphml",
    log:
        "results/logs/exports.log",
    benchmark:
        "results/benchmarks/exports.tsv"
    conda:
        "../../envs/publish.yaml"
    resources:
        mem_mb=memory(comic_estimate),
        runtime=minutes(comic_estimate),
    params:
        title=as_it_is(TITLE),
        match_rule=MATCH_RULE,
    message:
        "Write what was found for other programs"
    script:
        "../../scripts/exports.py"


rule plots:
    input:
        matches="results/matches.npz",
        # The sizes of clusters do not depend on their ranks.
        communities="results/communities.npz",
    output:
        distances=report("results/plots/distances.png", caption="../report/distances.rst", category="Plots"),
        cluster_sizes=report("results/plots/cluster_sizes.png", caption="../report/cluster_sizes.rst", category="Plots"),
    log:
        "results/logs/plots.log",
    benchmark:
        "results/benchmarks/plots.tsv"
    conda:
        "../../envs/publish.yaml"
    resources:
        mem_mb=memory(comic_estimate),
        runtime=minutes(comic_estimate),
    params:
        threshold=MATCH.get("threshold"),
        ceiling=CEILINGS.get("distance"),
    message:
        "Plot how alike the pairs are and how large the clusters are"
    script:
        "../../scripts/plots.py"


rule evaluate:
    input:
        labels=LABELS or [],
        ignore=config["evaluation"]["ignore"] or [],
        panels="results/panels.csv",
        clusters="results/clusters.csv",
    output:
        evaluation=report("results/evaluation.csv", caption="../report/evaluation.rst", category="Tables"),
        plot=report("results/plots/evaluation.png", caption="../report/evaluation.rst", category="Plots"),
    log:
        "results/logs/evaluate.log",
    benchmark:
        "results/benchmarks/evaluate.tsv"
    conda:
        "../../envs/publish.yaml"
    resources:
        mem_mb=memory(comic_estimate),
        runtime=minutes(comic_estimate),
    message:
        "Judge the clusters by the labels"
    script:
        "../../scripts/evaluate.py"


rule summary:
    input:
        panels="results/panels.csv",
        pages="results/pages.csv",
        story="results/story.txt",
        passed_over="results/passed_over.csv",
        matches="results/matches.npz",
        clusters="results/clusters.csv",
        motifs="results/motifs.csv",
        compositions="results/compositions.csv",
        evaluation=branch(LABELS, then="results/evaluation.csv", otherwise=[]),
        shared=branch(MATCH["by"] == "dice", then="results/shared_lines.csv", otherwise=[]),
    output:
        text="results/summary.txt",
    log:
        "results/logs/summary.log",
    benchmark:
        "results/benchmarks/summary.tsv"
    conda:
        "../../envs/publish.yaml"
    resources:
        mem_mb=memory(comic_estimate),
        runtime=minutes(comic_estimate),
    params:
        # The summary names the gallery but does not wait for it.
        gallery="results/gallery",
        match_rule=MATCH_RULE,
        fewest_edges=config["compare"]["fewest_edges"],
        pairs_per_panel=config["compare"]["pairs_per_panel"],
        robots_overruled=COMIC["source"] == "web" and not COMIC["web"]["robots"],
    message:
        "Sum up the run"
    script:
        "../../scripts/summary.py"
