"""A QR code as one path of an inline picture: no style, no script, and no picture fetched from anywhere."""

import segno


def qr_picture(text: str) -> dict[str, object]:
    """Return ``qr_path``, the dark squares as the path of an SVG, and ``qr_size``, its width and height in squares."""
    code = segno.make_qr(text, error="m")
    rows = list(code.matrix_iter(border=4))
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return {"qr_path": path, "qr_size": len(rows)}
