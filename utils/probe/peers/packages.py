# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Where peers' packages come from: what is installed, and folders given on the command line.

A folder may hold unpacked packages, wheels, and the archive that `fetch --pack` makes; these are unpacked once. What is
installed wins.
"""
import hashlib
import importlib.metadata
import importlib.util
import os
import pathlib
import shutil
import sys
import tarfile
import tempfile
import zipfile


def unpack(archive, target):
    """Unpacks a wheel or a .tar.xz into a folder, once, and whole or not at all: processes may do it side by side."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = pathlib.Path(tempfile.mkdtemp(dir=target.parent))
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as file:
                file.extractall(scratch)
        else:
            with tarfile.open(archive) as file:
                options = dict(filter="data") if hasattr(tarfile, "data_filter") else {}
                file.extractall(scratch, **options)
        os.rename(scratch, target)
    except OSError:
        if not target.exists():
            raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def unpacked(archive):
    """Beside the archive, or where temporary files go if that cannot be written."""
    beside = archive.parent / ".unpacked"
    if not os.access(archive.parent, os.W_OK):
        mark = hashlib.sha256(str(archive.parent).encode()).hexdigest()[:12]
        beside = pathlib.Path(tempfile.gettempdir()) / f"probe-peers-{mark}"
    unpack(archive, beside / archive.name)
    return beside / archive.name


def use(folder):
    """Puts what a folder holds on the path of modules, of this process and of those it starts."""
    if not folder:
        return
    folder = pathlib.Path(folder).resolve()
    archives = sorted(path for path in folder.iterdir() if path.suffix == ".whl" or path.name.endswith(".tar.xz"))
    paths = [str(folder)] + [str(unpacked(archive)) for archive in archives]
    sys.path += [path for path in paths if path not in sys.path]
    known = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    os.environ["PYTHONPATH"] = os.pathsep.join(known + [path for path in paths if path not in known])


def folder_of(package):
    """The folder that holds a package's Python files, without importing it; None where there is none."""
    for path in sys.path:
        candidate = pathlib.Path(path or ".") / package
        if (candidate / "__init__.py").exists():
            return candidate
    return None


def version_of(distribution):
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def missing(*modules):
    return [module for module in modules if importlib.util.find_spec(module) is None]
