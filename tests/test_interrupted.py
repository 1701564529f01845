"""Builds that are killed, stopped, starved of room or hung: the last good book stays whole, and the next build works."""

import os
import random
import resource
import shutil
import signal
import subprocess
import time

import pytest
from small_book import SmallBook

from analysis.build import finished, warm_kernel

KILLS, KILLS_WITH_PDF = 50, 6

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built_once(copy_project, tmp_path_factory):
    """A small book, built; tests only copy it."""
    small = SmallBook(copy_project(tmp_path_factory.mktemp("small") / "project"))
    small.build()
    return small


@pytest.fixture
def book(built_once, tmp_path):
    """A small book, built, that a test may break."""
    small = SmallBook(shutil.copytree(built_once.project, tmp_path / "project"), cut=False)
    shutil.copy(built_once.log, small.log)
    yield small
    for process in small.processes():
        process.kill()


def leftovers(book):
    """What stands in the build folder beside what a good build leaves."""
    known = {"home", "html", "lock", "notebook-cache", "record.json"}
    return sorted({path.name for path in (book.project / "_build").iterdir()} - known)


def two_states(book, command):
    """Build two states of the book; return what changes to each, the two books, and the seconds a build takes."""

    def state(number):
        book.say(f"State {number}: {{glue:text}}`n_probe`.")
        book.remark(f"Remark {number}.")

    books, seconds = [], []
    for number in (0, 1):
        state(number)
        shutil.rmtree(book.project / "_build/notebook-cache", ignore_errors=True)
        begin = time.perf_counter()
        book.build(command)
        seconds.append(time.perf_counter() - begin)
        books.append(finished.contents(book.html))
    assert books[0] != books[1]
    return state, books, max(seconds)


def kill_at_random_moments(book, command, kills, seed):
    """Kill builds; after each kill one of the two books must stand, whole, and no process must live on."""
    state, books, seconds = two_states(book, command)
    moments = random.Random(seed)
    killed = completed = number = 0
    while killed < kills:
        number += 1
        state(number % 2)
        if number % 4 == 0:  # notebooks run in every fourth build; the others find their results kept
            shutil.rmtree(book.project / "_build/notebook-cache", ignore_errors=True)
        running = book.start(command)
        try:
            running.wait(moments.uniform(0.05, 1.05 * seconds))
            completed += 1
        except subprocess.TimeoutExpired:
            running.kill()  # this process alone: all others must end by themselves
            running.wait()
            killed += 1
        running.stdout.close()
        if number % 5 == 0:
            assert book.wait_until_alone() == []
        assert finished.contents(book.html) in books, f"after kill {killed}"
        assert number < 4 * kills, "builds end before they are killed"
    assert book.wait_until_alone() == []
    for last in (0, 1):
        state(last)
        book.build(command)
        assert finished.contents(book.html) == books[last]
    assert leftovers(book) == []


def test_a_book_survives_being_killed_at_random_moments(book):
    kill_at_random_moments(book, "html", KILLS, seed=1956)


def test_a_book_with_pdf_survives_being_killed_too(book, pdf_missing):
    if pdf_missing:
        pytest.skip(pdf_missing)
    kill_at_random_moments(book, "pdf", KILLS_WITH_PDF, seed=2018)


def test_killed_while_results_are_kept_the_next_build_has_whole_ones(book):
    """Results are written into a copy of the cache; one that is damaged all the same is thrown away."""
    (results,) = (book.project / "_build/notebook-cache").iterdir()
    (notebook,) = results.rglob("base.ipynb")
    notebook.write_bytes(notebook.read_bytes()[:100])
    good, before = book.page(), book.executions()
    book.say("Another text: {glue:text}`n_probe`.")
    book.build()
    assert book.executions() == before + 1 and "Another text" in book.page() != good
    (results / "global.db").write_bytes(b"no database")
    book.say("A third text: {glue:text}`n_probe`.")
    book.build()
    assert book.executions() == before + 2 and "A third text" in book.page()


def running_cell(book, seconds=600):
    """Start a build whose cell says that it runs and then sleeps; return once it does."""
    mark = book.mark("running")
    mark.unlink(missing_ok=True)
    book.cells(f"import time\nopen({str(mark)!r}, 'w').close()\ntime.sleep({seconds})", text="Text.")
    running = book.start("html", start_new_session=True)
    while not mark.exists():
        assert running.poll() is None, running.stdout.read()
        time.sleep(0.05)
    return running


@pytest.mark.parametrize("group", [True, False], ids=["the group", "the parent alone"])
def test_ctrl_c_leaves_the_book_and_no_process(book, group):
    before = finished.contents(book.html)
    running = running_cell(book)
    assert len(book.processes()) >= 3, "the kernel is not seen"
    (os.killpg if group else os.kill)(running.pid, signal.SIGINT)
    said = running.communicate(timeout=20)[0]
    assert running.returncode == 130 and "stopped; _build/html is as it was" in said and "Traceback" not in said
    assert book.wait_until_alone(5) == []
    assert finished.contents(book.html) == before


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_killed_while_a_cell_runs_no_process_lives_on(book, number):
    running = running_cell(book)
    os.kill(running.pid, number)
    running.communicate(timeout=20)
    assert book.wait_until_alone(5) == []


@pytest.mark.skipif(not warm_kernel.available(), reason="this system cannot fork")
def test_jupyter_book_killed_alone_takes_its_kernels_along(book):
    running = running_cell(book)
    (jupyter_book,) = [process for process in book.processes() if "analysis.build.sphinx_run" in process.cmdline()]
    jupyter_book.kill()
    assert "Jupyter Book stopped" in running.communicate(timeout=20)[0]
    assert running.returncode == 1 and book.wait_until_alone(5) == []


def test_of_two_builds_at_once_one_is_turned_away_and_the_other_is_good(book):
    first = running_cell(book, seconds=8)
    code, said = book.run("html")
    assert code == 1 and "another build is running in this folder; wait for it to end" in said
    said = first.communicate(timeout=600)[0]
    assert first.returncode == 0, said
    assert leftovers(book) == []


def test_a_hung_cell_is_stopped_and_named(book):
    before = finished.contents(book.html)
    config = book.project / "_config.yml"
    config.write_text(config.read_text(encoding="utf-8").replace("timeout: 120", "timeout: 3"), encoding="utf-8")
    book.cells("first = 1", "import time\ntime.sleep(600)", text="Text.")
    code, said = book.run("html")
    assert code == 1 and "book/probe.ipynb, cell 3" in said and "timed out" in said and "time.sleep(600)" in said
    assert "execute / timeout in _config.yml" in said and "Traceback" not in said
    assert finished.contents(book.html) == before and book.wait_until_alone(5) == []


def test_a_failing_cell_is_named_with_its_line(book):
    book.cells("first = 1", "second = 2\nsecond.no_such_attribute", text="Text.")
    code, said = book.run("html")
    assert code == 1 and "book/probe.ipynb, cell 3" in said
    assert (
        "----> 2 second.no_such_attribute" in said
        and "AttributeError: 'int' object has no attribute 'no_such_attribute'" in said
    )
    assert "The book in _build/html is unchanged." in said


@pytest.fixture
def little_room(book):
    """The build folder on a file system of its own, of 40 MB; needs root."""
    folder = book.project / "_build"
    shutil.rmtree(folder)
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=40m", "none", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root can mount a small file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("left", [0, 300, 3000], ids=lambda left: f"{left} KB left")
def test_without_room_the_book_stays_and_the_next_build_works(book, little_room, left):
    book.build()
    before = finished.contents(book.html)
    book.say("New text: {glue:text}`n_probe`.")
    filler = little_room / "filler"
    state = os.statvfs(little_room)
    filler.write_bytes(bytes(max(state.f_bavail * state.f_frsize - left * 1024, 0)))
    code, said = book.run("html")
    assert code == 1, said
    assert "Free about 100 MB" in said and "The book in _build/html is unchanged." in said
    assert "Traceback" not in said
    assert finished.contents(book.html) == before
    filler.unlink()
    book.build()
    assert "New text" in book.page() and leftovers(book) == []


def test_in_a_folder_that_cannot_be_written_the_message_says_so(book, little_room):
    book.build()
    before = finished.contents(book.html)
    book.say("New text: {glue:text}`n_probe`.")
    subprocess.run(["mount", "-o", "remount,ro", str(little_room)], check=True)
    code, said = book.run("html")
    assert code == 1 and "_build must be a folder this user may write to" in said and "Traceback" not in said
    assert finished.contents(book.html) == before
    subprocess.run(["mount", "-o", "remount,rw", str(little_room)], check=True)
    book.build()


@pytest.mark.parametrize("kilobytes", [0, 20, 400])
def test_where_files_cannot_grow_the_book_stays(book, kilobytes):
    before = finished.contents(book.html)
    book.say("New text: {glue:text}`n_probe`.")
    limit = kilobytes * 1024
    code, said = book.run("html", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert code == 1 and "Free about 100 MB" in said and "Traceback" not in said
    assert finished.contents(book.html) == before
    book.build()
    assert "New text" in book.page()
