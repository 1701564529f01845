"""A Jupyter kernel forked from a warm process, for notebooks that a build runs.

Every notebook imports the same libraries, the package and the data, and that
takes longer than running most notebooks. Python's own fork server imports them
once a build; each kernel is a fork of it, with a fresh namespace and an IPython
kernel of its own.
"""

import multiprocessing
import os
import signal
import sys
from contextlib import contextmanager
from importlib.metadata import entry_points
from multiprocessing import forkserver
from threading import Lock
from types import ModuleType

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

NAME = "warm-fork"
_GROUP = "jupyter_client.kernel_provisioners"
_MAIN = Lock()

# Source and not a function: to find a function, the fork would import this package before the kernel does.
# The kernel ends when the process it names as its parent does, which is the warm one; but the warm one stays as long as
# one of its kernels, so the kernel looks after the process that asked for it as well.
_BECOME_A_KERNEL = """
import matplotlib, os, threading, time
from IPython.core.application import SYSTEM_CONFIG_DIRS
from ipykernel.kernelapp import IPKernelApp
def end_with_owner():
    while True:
        time.sleep(0.5)
        try:
            os.kill(owner, 0)
        except OSError:
            os._exit(1)
threading.Thread(target=end_with_owner, daemon=True).start()
os.chdir(folder or os.getcwd())
os.environ.clear()
os.environ.update(environment)
# As a kernel that imports Matplotlib by itself would have it: figures of pyplot are shown under their cell.
matplotlib.rcParams["backend"] = environment.get("MPLBACKEND", "module://matplotlib_inline.backend_inline")
SYSTEM_CONFIG_DIRS.clear()  # /etc/ipython and the like are a machine's settings, for whoever works at it
IPKernelApp.launch_instance(argv=[*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])
"""


def available():
    """Whether this system can fork and the provisioner is installed."""
    forks = "forkserver" in multiprocessing.get_all_start_methods()
    return forks and NAME in {point.name for point in entry_points(group=_GROUP)}


def prepare():
    """Start the warm process, where the system can; it loads its libraries while this one goes on."""
    if available():
        multiprocessing.get_context("forkserver").set_forkserver_preload(["analysis.build.warm_up"])
        with _without_main():
            forkserver.ensure_running()


@contextmanager
def as_default():
    """Make jupyter_client launch kernels by this provisioner, where it can."""
    factory = KernelProvisionerFactory.instance()
    before = factory.default_provisioner_name
    if available():
        prepare()
        factory.default_provisioner_name = NAME
    try:
        yield
    finally:
        factory.default_provisioner_name = before


class WarmForkProvisioner(LocalProvisioner):
    """Launches the kernel as a fork of the warm process; all else is the local provisioner's."""

    async def launch_kernel(self, cmd, **kwargs):
        """Fork a kernel; return its connection information."""
        given = {
            "arguments": cmd[3:],
            "folder": kwargs.get("cwd"),
            "owner": os.getpid(),
        }  # the command: Python, -m, launcher
        given["environment"] = dict(kwargs.get("env") or os.environ)
        process = multiprocessing.get_context("forkserver").Process(
            target=exec, args=(_BECOME_A_KERNEL, given), daemon=True
        )
        with _without_main():
            process.start()
        self.process = _Handle(process)
        self.pid, self.pgid = process.pid, None
        return self.connection_info


@contextmanager
def _without_main():
    """Hide the main module, which every process of `multiprocessing` would import again.

    A kernel needs nothing of it, and importing Jupyter Book takes seconds.
    """
    with _MAIN:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


class _Handle:
    """A forked process with the methods of `subprocess.Popen` that the local provisioner calls."""

    stdin = stdout = stderr = None

    def __init__(self, process):
        self._process = process
        self.pid = process.pid

    def poll(self):
        return self._process.exitcode

    def wait(self):
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self):
        self.send_signal(signal.SIGTERM)

    def kill(self):
        self.send_signal(signal.SIGKILL)
