# moved: takes moved.yaml; gives results/moved/<half>.md, how much Reprise finds of what comes back moved, recoloured or
# not, in comics drawn in a hand unlike the demo's, and the same as a table.


wildcard_constraints:
    half="choosing|reporting",


localrules:
    moved,


rule moved:
    input:
        "results/moved/reporting.md",


rule draw_moved:
    output:
        panels=directory(f"{SET}/panels"),
        labels=f"{SET}/labels.csv",
    log:
        "results/logs/draw_moved/{set}.log",
    wildcard_constraints:
        set=sets_of("moved"),
    conda:
        "../envs/study.yaml"
    params:
        seed=setting("seed"),
    message:
        "Draw {wildcards.set}"
    script:
        "scripts/draw_moved.py"


rule judge_moved:
    input:
        labels=of_moved(f"{SET}/labels.csv"),
        pairs=of_moved(f"{FOUND}/reprise/pairs.csv"),
        clusters=of_moved(f"{FOUND}/reprise/clusters.csv"),
    output:
        table="results/moved/{half}.csv",
        page="results/moved/{half}.md",
    log:
        "results/logs/judge_moved/{half}.log",
    conda:
        "../envs/study.yaml"
    message:
        "Judge what was found of drawings that moved in the {wildcards.half} half"
    script:
        "scripts/judge_moved.py"
