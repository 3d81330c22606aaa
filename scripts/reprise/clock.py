"""Times within a video or an animation, as its player shows them."""

import math


def clock(seconds: float) -> str:
    """Return a time as `2:31` or `1:02:31`; of no time, which is no number, nothing."""
    if math.isnan(seconds):
        return ""
    minutes, second = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{second:02}" if minutes >= 60 else f"{minutes}:{second:02}"
