"""Settings that all tests share."""

from hypothesis import settings

# The same examples on every machine, and no limit of time to each: a red test is a fault, not a slow or unlucky moment.
settings.register_profile("reprise", derandomize=True, deadline=None)
settings.load_profile("reprise")
