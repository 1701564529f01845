"""Key the notebook cache by everything a notebook reads, not by its cells alone."""

import hashlib
import platform

from .. import paths

_SHARED = (
    ("seeds", "*"), ("analysis", "**/*.py"), ("analysis/data", "**/*.csv"),
    ("analysis/data", "*.yml"), ("analysis/data", "*.geojson"),
)  # fmt: skip


def inputs_digest():
    """Return a digest of what all notebooks share.

    Returns
    -------
    str
        SHA-256 over the package's code, the data, the seeds, the locked
        dependencies and the Python version, as hexadecimal digits.
    """
    digest = hashlib.sha256(platform.python_version().encode())
    files = {path for folder, pattern in _SHARED for path in (paths.ROOT / folder).glob(pattern) if path.is_file()}
    for path in [paths.LOCK, *sorted(files)]:
        digest.update(paths.relative(path).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def key_by_inputs(app, config):
    """Give the notebook cache a folder of its own for every state of the shared inputs.

    Jupyter Book's cache knows a notebook by its code cells only; a changed
    statement table would leave the old numbers in place.
    """
    if config.nb_execution_mode == "cache":
        config.nb_execution_cache_path = str(paths.BUILD / "notebook-cache" / inputs_digest()[:16])
