"""Keep Python from searching what is no garbage.

It looks through all that was made, now and then and again and again as a process ends, for what nothing else holds.
Where Snakemake, pandas or numba are loaded that takes a tenth to a quarter of a second at the end alone, and the system
takes all memory back anyway. To import this freezes what has been loaded before, and at the end all there is: what is
frozen is passed over.
"""

import atexit
import gc

gc.freeze()
atexit.register(gc.freeze)
