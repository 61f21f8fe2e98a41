"""Examples of what is sent and answered, for the OpenAPI document."""

from typing import Any

Json = dict[str, Any]

SCHEMAS = "#/components/schemas/"
# By the name of a field; what is not here is told by its type and format.
OF_FIELDS: dict[str, Any] = {
    "about": "Twelve years of software for hospitals; I help people who lead their first team.",
    "about_html": "<p>Twelve years of software for hospitals; I help people who lead their first team.</p>",
    "account": "coach:0197f3a2-1c2b-7c3d-8e4f-5a6b7c8d9e0f",
    "amount": 12000,
    "author": "Ada Example",
    "by_when": "2027-04-01",
    "brief": "I lead a team of four since May and want to prepare my first salary talks.",
    "cents": 12000,
    "code": "SPRING-20",
    "country": "DE",
    "currency": "usd",
    "email": "mia@example.org",
    "handle": "ada",
    "headline": "From developer to lead",
    "hint": "fh_…9e0f",
    "kind": "mentor",
    "kinds": ["mentor"],
    "languages": ["en", "de"],
    "minutes": 60,
    "month": "2027-03",
    "name": "Ada Example",
    "reason": "The session could not take place.",
    "scopes": ["read", "write"],
    "timezone": "Europe/Berlin",
    "title": "One hour of mentoring",
    "topics": ["leadership", "salary talks"],
    "weekdays": [0, 2],
    "zone": "Europe/Berlin",
}
OF_FORMATS: dict[str, str] = {
    "binary": "(the bytes of the file)",
    "date": "2027-03-02",
    "date-time": "2027-03-02T17:00:00+00:00",
    "date-time-local": "2027-03-02T18:00:00",
    "uuid": "0197f3a2-1c2b-7c3d-8e4f-5a6b7c8d9e0f",
    "uri": "https://fairhour.example/",
    "url": "https://fairhour.example/",
}


def add(name: str, schema: Json, schemas: dict[str, Json]) -> None:
    """Give `schema`, which is called `name`, an example of its own unless it has one."""
    schema.setdefault("examples", [_example(name, schema, schemas)])


def _example(name: str, schema: Json, schemas: dict[str, Json]) -> Any:
    for given in ("example", "default", "const"):
        if schema.get(given) is not None:
            return schema[given]
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(SCHEMAS)
        return _example(name, schemas[name], schemas)
    for alternatives in ("anyOf", "oneOf", "allOf"):
        if alternatives in schema:
            return _example(name, schema[alternatives][0], schemas)
    if "enum" in schema:
        return next(value for value in schema["enum"] if value not in ("", None))
    kinds = schema.get("type", "string")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    return _of_kind(kind, name, schema, schemas)


def _of_kind(kind: str, name: str, schema: Json, schemas: dict[str, Json]) -> Any:
    known = OF_FIELDS.get(name)
    if kind == "object":
        return {field: _example(field, described, schemas) for field, described in schema.get("properties", {}).items()}
    if kind == "array":
        return known if isinstance(known, list) else [_example(name, schema["items"], schemas)]
    if kind == "boolean":
        return False
    if kind in ("integer", "number"):
        return known if isinstance(known, int) else max(1, schema.get("minimum", 1))
    if "format" in schema:
        return OF_FORMATS[schema["format"]]
    text = known if isinstance(known, str) else name.replace("_", " ")
    return text.ljust(schema.get("minLength", 0), ".")[: schema.get("maxLength", len(text) + 200)]
