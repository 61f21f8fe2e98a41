"""What a refusal says beside its sentence is in the document."""

import ast

from marketplace.api.problems import ConflictSchema
from marketplace.errors import Conflict
from tests.source import HOUSE, tree


def kinds(kind):
    """The names of a class and of all below it."""
    return {kind.__name__}.union(*(kinds(below) for below in kind.__subclasses__()))


def test_every_detail_of_a_conflict_is_a_member_of_its_schema(app):
    known, conflicts, found = ConflictSchema().fields.keys(), kinds(Conflict), set()
    for file in HOUSE.rglob("*.py"):
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                called = node.exc.func
                name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                if name in conflicts:
                    found |= {keyword.arg for keyword in node.exc.keywords if keyword.arg}
    assert {"machine", "state", "to"} <= found
    assert found <= known
