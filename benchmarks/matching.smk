# matching: takes matching.yaml; gives results/matching/<half>.md, how well Reprise and its peers find what is reused, on
# labelled pictures, and the same as tables.


wildcard_constraints:
    set="|".join(map(re.escape, SETS)),
    half="choosing|reporting",


localrules:
    matching,
    thresholds,
    recolours,


rule matching:
    input:
        "results/matching/reporting.md",
        "results/matching/reporting-far-returns.csv",
        "results/matching/reporting-overlays.csv",


rule thresholds:
    input:
        "results/matching/thresholds.csv",


rule recolours:
    input:
        "results/matching/recolours.csv",


# The sets.


rule draw_comic:
    output:
        panels=directory(f"{SET}/panels"),
        labels=f"{SET}/labels.csv",
    log:
        "results/logs/draw_comic/{set}.log",
    wildcard_constraints:
        set=sets_of("comic"),
    conda:
        "../envs/study.yaml"
    params:
        seed=setting("seed"),
        pages=setting("pages"),
    message:
        "Draw {wildcards.set}"
    script:
        "scripts/draw_comic.py"


rule join_comics:
    input:
        panels=lambda wildcards: expand(f"{SET}/panels", set=SETS[wildcards.set]["comics"]),
        labels=lambda wildcards: expand(f"{SET}/labels.csv", set=SETS[wildcards.set]["comics"]),
    output:
        panels=directory(f"{SET}/panels"),
        labels=f"{SET}/labels.csv",
    log:
        "results/logs/join_comics/{set}.log",
    wildcard_constraints:
        set=sets_of("joined"),
    conda:
        "../envs/study.yaml"
    message:
        "Put the comics of {wildcards.set} into one folder"
    script:
        "scripts/join_comics.py"


rule roughen:
    input:
        panels=lambda wildcards: f"{SET}/panels".format(set=SETS[wildcards.set]["comic"]),
        labels=lambda wildcards: f"{SET}/labels.csv".format(set=SETS[wildcards.set]["comic"]),
    output:
        panels=directory(f"{SET}/panels"),
        labels=f"{SET}/labels.csv",
    log:
        "results/logs/roughen/{set}.log",
    wildcard_constraints:
        set=sets_of("rough"),
    conda:
        "../envs/study.yaml"
    params:
        seed=setting("seed"),
    message:
        "Roughen {wildcards.set}"
    script:
        "scripts/roughen.py"


rule fetch_package:
    output:
        archive="results/packages/{package}.tgz",
    log:
        "results/logs/fetch_package/{package}.log",
    wildcard_constraints:
        package="|".join(MATCHING["packages"]),
    conda:
        "../envs/study.yaml"
    params:
        version=lambda wildcards: MATCHING["packages"][wildcards.package]["version"],
        sha256=lambda wildcards: MATCHING["packages"][wildcards.package]["sha256"],
    message:
        "Fetch {wildcards.package} by npm"
    script:
        "scripts/fetch_package.py"


rule emoji_set:
    input:
        archive=package_of,
    output:
        panels=directory(f"{SET}/panels"),
        labels=f"{SET}/labels.csv",
        ignored=f"{SET}/ignored.csv",
    log:
        "results/logs/emoji_set/{set}.log",
    wildcard_constraints:
        set=sets_of("emoji"),
    conda:
        "../envs/study.yaml"
    params:
        images=setting("images"),
    message:
        "Unpack and label {wildcards.set}"
    script:
        "scripts/emoji_set.py"


rule openmoji_set:
    input:
        archive=package_of,
        python=PEERS_PYTHON,
        script="scripts/openmoji_set.py",
    output:
        panels=directory(f"{SET}/panels"),
        labels=f"{SET}/labels.csv",
        ignored=f"{SET}/ignored.csv",
    log:
        "results/logs/openmoji_set/{set}.log",
    wildcard_constraints:
        set=sets_of("openmoji"),
    conda:
        "../envs/study.yaml"
    message:
        "Draw and label {wildcards.set}"
    shell:
        "{input.python} {input.script} {input.archive} {output.panels} {output.labels} {output.ignored} > {log} 2>&1"


# Labels of drawn comics tell the whole truth.
rule ignore_nothing:
    input:
        labels=f"{SET}/labels.csv",
    output:
        ignored=f"{SET}/ignored.csv",
    log:
        "results/logs/ignore_nothing/{set}.log",
    wildcard_constraints:
        set="|".join(map(sets_of, ("comic", "joined", "rough"))),
    conda:
        "../envs/study.yaml"
    shell:
        "echo file_a,file_b > {output.ignored} 2> {log}"


# Reprise.


rule run_reprise:
    input:
        panels=f"{SET}/panels",
        snakefile=str(REPOSITORY / "Snakefile"),
        code=REPRISE,
    output:
        clusters=f"{FOUND}/{{way}}/clusters.csv",
        pairs=f"{FOUND}/{{way}}/pairs.csv",
        panels=f"{FOUND}/{{way}}/panels.csv",
        overlays=f"{FOUND}/{{way}}/overlays.csv",
    log:
        "results/logs/run_reprise/{set}-{way}.log",
    wildcard_constraints:
        way="|".join(WAYS),
    conda:
        "../envs/study.yaml"
    threads: workflow.cores
    params:
        run=f"{FOUND}/{{way}}/run",
        settings=lambda wildcards: WAYS[wildcards.way]["settings"],
    message:
        "Run Reprise ({wildcards.way}) on {wildcards.set}"
    # What the last run left there and still holds is used again.
    shell:
        "snakemake --snakefile {input.snakefile} --directory {params.run} --cores {threads}"
        " --config comic='{{source: folder, folder: ../../../../sets/{wildcards.set}/panels}}' {params.settings}"
        " -- results/clusters.csv results/pairs.csv results/overlays.csv > {log} 2>&1"
        " && cp {params.run}/results/clusters.csv {output.clusters}"
        " && cp {params.run}/results/pairs.csv {output.pairs}"
        " && cp {params.run}/results/panels.csv {output.panels}"
        " && cp {params.run}/results/overlays.csv {output.overlays}"


# Peers.


rule peers_environment:
    input:
        lock="requirements.txt",
    output:
        python=PEERS_PYTHON,
    log:
        "results/logs/peers_environment.log",
    conda:
        "../envs/study.yaml"
    message:
        "Install the peers in benchmarks/.venv"
    shell:
        "(python -m venv --clear .venv && {output.python} -m pip install --quiet --disable-pip-version-check"
        " --require-hashes -r {input.lock} && touch -h {output.python}) > {log} 2>&1"


rule first_frames:
    input:
        panels=f"{SET}/panels",
        labels=f"{SET}/labels.csv",
    output:
        frames=directory(f"{SET}/frames"),
    log:
        "results/logs/first_frames/{set}.log",
    conda:
        "../envs/study.yaml"
    message:
        "Write the first frames of {wildcards.set}"
    script:
        "scripts/first_frames.py"


rule peer_hashes:
    input:
        frames=f"{SET}/frames",
        python=PEERS_PYTHON,
        script="scripts/peer_hashes.py",
    output:
        hashes=f"{SET}/hashes.npz",
    log:
        "results/logs/peer_hashes/{set}.log",
    conda:
        "../envs/study.yaml"
    message:
        "Hash {wildcards.set} by the peers"
    shell:
        "{input.python} {input.script} {input.frames} {output.hashes} > {log} 2>&1"


rule peer_features:
    input:
        frames=f"{SET}/frames",
        python=PEERS_PYTHON,
        script="scripts/peer_features.py",
    output:
        pairs=f"{FOUND}/features/pairs.csv",
    log:
        "results/logs/peer_features/{set}.log",
    conda:
        "../envs/study.yaml"
    threads: workflow.cores
    message:
        "Match {wildcards.set} by local features"
    shell:
        "OMP_NUM_THREADS={threads} {input.python} {input.script} {input.frames} {output.pairs} > {log} 2>&1"


rule match_by_hash:
    input:
        hashes=f"{SET}/hashes.npz",
    output:
        pairs=f"{FOUND}/{{peer}}-{{bits}}/pairs.csv",
    log:
        "results/logs/match_by_hash/{set}-{peer}-{bits}.log",
    wildcard_constraints:
        peer="|".join(PEERS),
        bits=r"\d+",
    conda:
        "../envs/study.yaml"
    params:
        hash=lambda wildcards: PEERS[wildcards.peer]["hash"],
        most_bits=lambda wildcards: int(wildcards.bits),
    message:
        "Match {wildcards.set} by {wildcards.peer}, up to {wildcards.bits} bits"
    script:
        "scripts/match_by_hash.py"


rule group_matches:
    input:
        labels=f"{SET}/labels.csv",
        pairs=f"{FOUND}/{{peer}}/pairs.csv",
    output:
        components=f"{FOUND}/{{peer}}/components.csv",
        leiden=f"{FOUND}/{{peer}}/leiden.csv",
    log:
        "results/logs/group_matches/{set}-{peer}.log",
    conda:
        "../envs/study.yaml"
    params:
        settings=LEIDEN,
    message:
        "Group {wildcards.set} by {wildcards.peer}"
    script:
        "scripts/group_matches.py"


rule choose_thresholds:
    input:
        hashes=expand(f"{SET}/hashes.npz", set=MATCHING["halves"]["choosing"]),
        labels=expand(f"{SET}/labels.csv", set=MATCHING["halves"]["choosing"]),
        ignored=expand(f"{SET}/ignored.csv", set=MATCHING["halves"]["choosing"]),
    output:
        thresholds="results/matching/thresholds.csv",
    log:
        "results/logs/choose_thresholds.log",
    conda:
        "../envs/study.yaml"
    params:
        names=[settings["hash"] for settings in PEERS.values()],
        lengths=[settings["bits"] for settings in PEERS.values()],
        settings=LEIDEN,
    message:
        "Try the thresholds of the peers' hashes"
    script:
        "scripts/choose_thresholds.py"


rule fit_recolours:
    input:
        pairs=expand(f"{FOUND}/reprise/pairs.csv", set=MATCHING["recolours"]),
        labels=expand(f"{SET}/labels.csv", set=MATCHING["recolours"]),
        ignored=expand(f"{SET}/ignored.csv", set=MATCHING["recolours"]),
    output:
        table="results/matching/recolours.csv",
    log:
        "results/logs/fit_recolours.log",
    conda:
        "../envs/study.yaml"
    params:
        runs={name: f"results/matching/found/{name}/reprise/run/results" for name in MATCHING["recolours"]},
    message:
        "Fit anew how a recolour is told from a redraw"
    script:
        "scripts/fit_recolours.py"


# What they found.


rule judge:
    input:
        labels=f"{SET}/labels.csv",
        ignored=f"{SET}/ignored.csv",
        clusters=lambda wildcards: [clusters for _, clusters, _ in methods_of(wildcards.set)],
        pairs=lambda wildcards: [pairs for *_, pairs in methods_of(wildcards.set)],
    output:
        scores="results/matching/judged/{set}/scores.csv",
        returns="results/matching/judged/{set}/returns.csv",
        relations="results/matching/judged/{set}/relations.csv",
    log:
        "results/logs/judge/{set}.log",
    conda:
        "../envs/study.yaml"
    params:
        methods=lambda wildcards: [described for described, *_ in methods_of(wildcards.set)],
    message:
        "Judge what was found in {wildcards.set}"
    script:
        "scripts/judge.py"


rule far_returns:
    input:
        labels=of_comics(f"{SET}/labels.csv"),
        panels=of_comics(f"{FOUND}/reprise/panels.csv"),
        clusters=of_comics(f"{FOUND}/reprise/clusters.csv"),
    output:
        table="results/matching/{half}-far-returns.csv",
    log:
        "results/logs/far_returns/{half}.log",
    conda:
        "../envs/study.yaml"
    params:
        sets=of_comics("{set}"),
    message:
        "Count the far and changed returns among the first clusters of the {wildcards.half} half"
    script:
        "scripts/far_returns.py"


rule overlay_fit:
    input:
        pairs=of_comics(f"{FOUND}/reprise/pairs.csv"),
        overlays=of_comics(f"{FOUND}/reprise/overlays.csv"),
    output:
        table="results/matching/{half}-overlays.csv",
    log:
        "results/logs/overlay_fit/{half}.log",
    conda:
        "../envs/study.yaml"
    params:
        sets=of_comics("{set}"),
        seeds=lambda wildcards: [SETS[name]["seed"] for name in of_comics("{set}")(wildcards)],
        pages=lambda wildcards: [SETS[name]["pages"] for name in of_comics("{set}")(wildcards)],
    message:
        "Measure how exactly drawings lie upon each other in the {wildcards.half} half"
    script:
        "scripts/overlay_fit.py"


rule matching_tables:
    input:
        scores=of_half("results/matching/judged/{set}/scores.csv"),
        returns=of_half("results/matching/judged/{set}/returns.csv"),
        relations=of_half("results/matching/judged/{set}/relations.csv"),
    output:
        page="results/matching/{half}.md",
        scores="results/matching/{half}-scores.csv",
        returns="results/matching/{half}-returns.csv",
        relations="results/matching/{half}-relations.csv",
    log:
        "results/logs/matching_tables/{half}.log",
    conda:
        "../envs/study.yaml"
    params:
        comics=lambda wildcards: [name for name in MATCHING["halves"][wildcards.half] if SETS[name]["kind"] == "comic"],
        joined=lambda wildcards: {
            name: SETS[name]["comics"] for name in MATCHING["halves"][wildcards.half] if SETS[name]["kind"] == "joined"
        },
        peers=[settings["name"] for settings in (*PEERS.values(), FEATURES)],
    message:
        "Set the methods side by side on the {wildcards.half} half"
    script:
        "scripts/matching_tables.py"
