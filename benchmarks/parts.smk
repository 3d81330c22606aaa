# parts: takes parts.yaml; gives results/parts/<half>.md, which parts of pictures Reprise and its peers find on other
# grounds, from nearer, in windows and in other strips, and the same as a table.


wildcard_constraints:
    half="choosing|reporting",


localrules:
    parts,


rule parts:
    input:
        "results/parts/reporting.md",


rule openmoji_figures:
    input:
        archive="results/packages/openmoji.tgz",
        python=PEERS_PYTHON,
        script="scripts/openmoji_figures.py",
    output:
        figures=directory("results/parts/openmoji"),
    log:
        "results/logs/openmoji_figures.log",
    conda:
        "../envs/study.yaml"
    message:
        "Draw OpenMoji large"
    shell:
        "{input.python} {input.script} {input.archive} {output.figures} > {log} 2>&1"


rule draw_parts:
    input:
        figures=lambda wildcards: "results/parts/openmoji" if SETS[wildcards.set]["material"] == "emoji" else [],
    output:
        panels=directory(f"{SET}/panels"),
        labels=f"{SET}/labels.csv",
        truth=f"{SET}/truth.csv",
        ignored=f"{SET}/ignored.csv",
    log:
        "results/logs/draw_parts/{set}.log",
    wildcard_constraints:
        set=sets_of("parts"),
    conda:
        "../envs/study.yaml"
    params:
        seed=setting("seed"),
        motifs=PARTS["motifs"],
        lookalikes=PARTS["lookalikes"],
    message:
        "Draw {wildcards.set}"
    script:
        "scripts/draw_parts.py"


rule judge_parts:
    input:
        truth=lambda wildcards: expand(f"{SET}/truth.csv", set=parts_of(wildcards.half)),
        labels=lambda wildcards: expand(f"{SET}/labels.csv", set=parts_of(wildcards.half)),
        ignored=lambda wildcards: expand(f"{SET}/ignored.csv", set=parts_of(wildcards.half)),
        pairs=lambda wildcards: [pairs for _, pairs in methods_on_parts(wildcards.half)],
    output:
        table="results/parts/{half}.csv",
        page="results/parts/{half}.md",
    log:
        "results/logs/judge_parts/{half}.log",
    conda:
        "../envs/study.yaml"
    params:
        sets=lambda wildcards: list(parts_of(wildcards.half)),
        methods=lambda wildcards: [described for described, _ in methods_on_parts(wildcards.half)],
    message:
        "Judge which parts were found in the {wildcards.half} half"
    script:
        "scripts/judge_parts.py"
