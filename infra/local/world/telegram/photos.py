"""What the Bot API takes for a photo. The real service makes a JPEG of it; here the bytes stay as they came."""

import struct

from world.telegram.errors import BadRequest

BYTES = 10 * 1024 * 1024
WIDTH_AND_HEIGHT, RATIO = 10_000, 20
"""Both sides together, in pixels; the longer side over the shorter (core.telegram.org/bots/api#sendphoto)."""
UNKNOWN_SIZE = (640, 480)
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
PNG_SIZE = slice(16, 24)
"""Two big-endian numbers in the IHDR chunk, which comes first."""


def size(content: bytes) -> tuple[int, int]:
    """Width and height; of a JPEG they are not read. Raises BadRequest."""
    if len(content) > BYTES:
        raise BadRequest("file is too big")
    if content.startswith(JPEG):
        return UNKNOWN_SIZE
    if not content.startswith(PNG) or len(content) < PNG_SIZE.stop:
        raise BadRequest("IMAGE_PROCESS_FAILED")
    width, height = struct.unpack(">II", content[PNG_SIZE])
    shorter, longer = sorted((width, height))
    if width + height > WIDTH_AND_HEIGHT or longer > RATIO * shorter:
        raise BadRequest("PHOTO_INVALID_DIMENSIONS")
    return width, height


def media_type(content: bytes) -> str:
    return "image/png" if content.startswith(PNG) else "image/jpeg"
