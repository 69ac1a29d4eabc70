"""Pictures with a palette of 256 colours: those of dashboards take a fifth of the bytes so."""

from io import BytesIO

from PIL import Image

PALETTE_SIZE = 256


def reduce_colors(content: bytes, *, max_height: int = 0) -> bytes:
    """The same picture with 256 colours, cut off below `max_height` lines.

    It is cut where a line has one colour, as between panels, if there is such a line.
    """
    with Image.open(BytesIO(content)) as image:
        picture = image.convert("RGB")
    if max_height and picture.height > max_height:
        picture = picture.crop((0, 0, picture.width, _find_cut(picture, max_height)))
    reduced = BytesIO()
    picture.quantize(PALETTE_SIZE).save(reduced, "PNG", optimize=True)
    return reduced.getvalue()


def _find_cut(picture: Image.Image, max_height: int) -> int:
    """How many lines are left of a picture that is too long."""
    for height in range(max_height, 0, -1):
        if len(picture.crop((0, height - 1, picture.width, height)).getcolors() or ()) == 1:
            return height
    return max_height
