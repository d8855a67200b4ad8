"""Serve exactly the files we use from packages that ship many more."""

import re
from importlib.util import find_spec
from pathlib import Path

from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

# Where a file is served, and where it lies inside which package.
PACKAGE_FILES = {
    "vendor/bootstrap.min.css": ("bootstrap", "css/bootstrap.min.css"),
    "vendor/bootstrap.rtl.min.css": ("bootstrap", "css/bootstrap.rtl.min.css"),
    "vendor/htmx.min.js": ("django_htmx", "static/django_htmx/htmx-2.min.js"),
}
SOURCE_MAP = re.compile(rb"/\*# sourceMappingURL=.*?\*/")
# Our policy lets no picture live in a stylesheet. We draw our own arrows and ticks, but between the arrival of
# Bootstrap's sheet and of ours, its own would be asked for, refused, and reported by every such browser.
INLINE_PICTURE = re.compile(rb"""url\((["'])data:.*?\1\)""")


class PackageFileStorage(FileSystemStorage):
    """Reads one package file under the name it is served by."""

    def path(self, name):
        package, inside = PACKAGE_FILES[name.replace("\\", "/")]
        return str(Path(next(iter(find_spec(package).submodule_search_locations))) / inside)

    def _open(self, name, mode="rb"):
        # The maps stay in the package, so the hashing storage must not be told of them.
        content = SOURCE_MAP.sub(b"", Path(self.path(name)).read_bytes())
        return ContentFile(INLINE_PICTURE.sub(b"none", content) if name.endswith(".css") else content, name)


class PackageFilesFinder(BaseFinder):
    storage = PackageFileStorage()

    def check(self, **kwargs):
        return []

    def find(self, path, find_all=False):
        if path not in PACKAGE_FILES:
            return []
        return [self.storage.path(path)] if find_all else self.storage.path(path)

    def list(self, ignore_patterns):
        for name in PACKAGE_FILES:
            if not matches_patterns(name, ignore_patterns):
                yield name, self.storage
