"""What Snakemake finds out for each job, though it is the same for all jobs of a rule."""

from functools import cache
from typing import Any

from snakemake import common, dag, rules


def find_out_once_a_rule() -> None:
    """Have Snakemake look once at what is the same for all jobs of a rule.

    That is which arguments a function of a rule takes, and whether its script can be read. Where there are 20,000 jobs,
    these two took a third of the time in which Snakemake tells what there is to do. This is how Snakemake 9.27 can be
    kept from it. Another version may look for each job all the same.
    """
    if hasattr(rules, "get_function_params"):
        rules.get_function_params = common.get_function_params = cache(common.get_function_params)
    scripts: Any = getattr(dag, "ScriptProcessor", None)
    if hasattr(scripts, "process_job"):
        scripts.process_job = once_a_rule(scripts.process_job)


def once_a_rule(look: Any) -> Any:
    """Return a method that looks at the first job of each rule alone. The names of our scripts hold no wildcards."""
    seen = set()

    def process_job(self: Any, job: Any) -> None:
        if (self.script_type, job.rule) not in seen:
            look(self, job)
            seen.add((self.script_type, job.rule))

    return process_job
