"""Pictures as text, in a script that lies beside each picture of the gallery.

A page from disk may show the file of a picture, but not read it. So what is drawn with it cannot be saved. What is
drawn with a picture that a script brings can.
"""

import base64


def picture_text(content: bytes, suffix: str) -> str:
    """Return the script that brings a picture, whose file has that suffix, to the page: see gallery/compare.js."""
    kind = suffix.replace("jpg", "jpeg")
    return f'bring("data:image/{kind};base64,{base64.b64encode(content).decode()}");\n'
