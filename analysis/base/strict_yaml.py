"""Reading YAML by hand-written rules: plain data, no surprises."""

import yaml

from .. import paths
from . import tables
from .faults import DataError, Fault


class _Loader(yaml.SafeLoader):
    """Makes nothing but plain data; refuses aliases, which can unfold without bound, and keys given twice."""

    def compose_node(self, parent, index):
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise yaml.composer.ComposerError(None, None, f"an alias, *{event.anchor}", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node, deep=False):
        seen = {}
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key {key.value!r} again, first in line {seen[key.value]}", key.start_mark
                    )
                seen[key.value] = key.start_mark.line + 1
        return super().construct_mapping(node, deep)


def read(path):
    """Read a YAML file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    object
        Dicts, lists, strings, numbers and dates.

    Raises
    ------
    DataError
        If the file is not UTF-8 or not YAML, makes anything but plain data,
        uses an alias, or gives a key twice; or if a text in it holds a
        character that no page can show.
    """
    name, text = paths.relative(path), tables.written(path)
    try:
        value = yaml.load(text, _Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else ""
        raise DataError(
            [Fault(name, where, f"YAML that cannot be read ({getattr(error, 'problem', error)})", "YAML")]
        ) from None
    except RecursionError:
        raise DataError(
            [Fault(name, "", "YAML that cannot be read (lists or mappings nested too deeply)", "YAML")]
        ) from None
    except (ValueError, OverflowError) as error:  # a number of thousands of digits, the 31st of June
        raise DataError([Fault(name, "", f"YAML that cannot be read ({error})", "YAML")]) from None
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            waiting += [*here, *here.values()]
        elif isinstance(here, (list, tuple)):
            waiting += here
        elif isinstance(here, str) and tables.unprintable(here) is not None:
            raise DataError(
                [Fault(name, "", f"{here!r}, with {tables.describe(here[tables.unprintable(here)])}", "text")]
            )
    return value


def lines(path):
    """Return the line of each key of a file's outermost mapping.

    Parameters
    ----------
    path : Path
        A file that :func:`read` has read.

    Returns
    -------
    dict of str to int
    """
    return {key.value: key.start_mark.line + 1 for key, _ in yaml.compose(tables.decode(path), yaml.SafeLoader).value}
