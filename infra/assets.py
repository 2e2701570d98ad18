"""The static files of the pages, from npm and from our own assets folder, as the package `permanence_static`.

`python -m infra.assets` builds them; synthesis does too. The manifest gives each file's content hash, so that pages
can ask for `/static/<name>?v=<hash>` and let browsers keep it for ever.
"""

import hashlib
import json
import re
from pathlib import Path

from infra.settings import BUILD, ROOT
from infra.written import write_package

NPM = ROOT / "node_modules"
OURS = ROOT / "layers/permanence/python/permanence/web/assets"
STATIC_LAYER = BUILD / "layers" / "static"
FROM_NPM = {
    "modern-normalize.css": "modern-normalize/modern-normalize.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "atkinson-next.woff2": "@fontsource-variable/atkinson-hyperlegible-next/files/"
    "atkinson-hyperlegible-next-latin-wght-normal.woff2",
}
ICON_LIST = "icons.txt"


class AssetError(Exception):
    """A file or an icon that the pages need is not there."""


def build_static_files() -> Path:
    """Write the layer and return its asset root. Raises AssetError naming what is missing."""
    files: dict[str, bytes] = {}
    for name, source in FROM_NPM.items():
        if not (NPM / source).is_file():
            raise AssetError(f"{source} is not in node_modules: run 'make setup'.")
        files[name] = (NPM / source).read_bytes()
    files |= {asset.name: asset.read_bytes() for asset in OURS.iterdir() if asset.suffix in (".css", ".js", ".svg")}
    files["icons.svg"] = _sprite((OURS / ICON_LIST).read_text().split()).encode()
    manifest = {name: hashlib.sha256(body).hexdigest()[:12] for name, body in sorted(files.items())}
    files["manifest.json"] = (json.dumps(manifest, indent=1) + "\n").encode()
    files["__init__.py"] = b'"""Static files; see manifest.json for their content hashes."""\n'
    write_package(STATIC_LAYER / "python" / "permanence_static", files)
    return STATIC_LAYER


def _sprite(names: list[str]) -> str:
    """One SVG with a `<symbol id=name>` for each lucide icon; pages `<use href="icons.svg#name">` it."""
    symbols = "".join(_symbol(name) for name in sorted(set(names)))
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>\n'


def _symbol(name: str) -> str:
    icon = NPM / "lucide-static" / "icons" / f"{name}.svg"
    if not icon.is_file():
        raise AssetError(f"{ICON_LIST} asks for the icon {name!r}, which lucide does not have.")
    drawing = re.search(r"<svg[^>]*>(.*)</svg>", icon.read_text(), re.DOTALL)
    if drawing is None:
        raise AssetError(f"lucide's icon {name!r} is not one <svg> element.")
    shapes = " ".join(drawing.group(1).split())
    return (
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        f'stroke-linecap="round" stroke-linejoin="round">{shapes}</symbol>'
    )


if __name__ == "__main__":
    build_static_files()
