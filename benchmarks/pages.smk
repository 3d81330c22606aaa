# pages: takes pages.yaml; gives results/pages/<half>.md, what Reprise takes for reuse where all pages share a banner, a
# border, a page grid or a template, beside the same drawings without it, and the same as a table.


wildcard_constraints:
    half="choosing|reporting",


localrules:
    pages,


rule pages:
    input:
        "results/pages/reporting.md",


rule draw_pages:
    output:
        panels=directory(f"{SET}/panels"),
        labels=f"{SET}/labels.csv",
    log:
        "results/logs/draw_pages/{set}.log",
    wildcard_constraints:
        set=sets_of("pages"),
    conda:
        "../envs/study.yaml"
    params:
        shared=setting("shared"),
        pages=setting("pages"),
        seed=setting("seed"),
        bare=setting("bare"),
    message:
        "Draw {wildcards.set}"
    script:
        "scripts/draw_pages.py"


rule judge_pages:
    input:
        labels=of_pages(f"{SET}/labels.csv"),
        pairs=of_pages(f"{FOUND}/reprise/pairs.csv"),
        clusters=of_pages(f"{FOUND}/reprise/clusters.csv"),
    output:
        table="results/pages/{half}.csv",
        page="results/pages/{half}.md",
    log:
        "results/logs/judge_pages/{half}.log",
    conda:
        "../envs/study.yaml"
    params:
        sets=lambda wildcards: pages_of(wildcards.half),
    message:
        "Judge what was found on the pages of the {wildcards.half} half"
    script:
        "scripts/judge_pages.py"
