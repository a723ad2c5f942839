"""Front-end packages: exactly these files of `node_modules` are served, and nothing else of it."""

from pathlib import Path

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from duty.env import ROOT

NODE = ROOT / "node_modules"
# served as → below node_modules
FILES = {
    "vendor/bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "vendor/bootstrap.min.css.map": "bootstrap/dist/css/bootstrap.min.css.map",
    "vendor/chart.umd.min.js": "chart.js/dist/chart.umd.min.js",
    "vendor/chart.umd.min.js.map": "chart.js/dist/chart.umd.min.js.map",
    "vendor/idb.js": "idb/build/index.js",
    "vendor/barcode-detector.js": "barcode-detector/dist/iife/ponyfill.js",
    "vendor/zxing_reader.wasm": "zxing-wasm/dist/reader/zxing_reader.wasm",
}
ICONS = "bootstrap-icons/icons"


class PackageStorage(FileSystemStorage):
    """`node_modules`, with the names under which files are served."""

    prefix = ""

    def __init__(self):
        super().__init__(location=NODE)

    def path(self, name):
        return str(NODE / FILES[name])


class PackageFinder(BaseFinder):
    def __init__(self, app_names=None, *args, **kwargs):
        self.storage = PackageStorage()

    def check(self, **kwargs):
        return []

    def find(self, path, find_all=False, **kwargs):
        found = [str(NODE / FILES[path])] if path in FILES else []
        return found if find_all else (found[0] if found else [])

    def list(self, ignore_patterns):
        for name in FILES:
            yield name, self.storage


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Names carry a hash of the content, inside JavaScript modules too."""

    support_js_module_import_aggregation = True


def icon_path(name: str) -> Path:
    return NODE / ICONS / f"{name}.svg"
