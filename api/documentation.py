"""The OpenAPI 3.1 description: schemas from the library's own models, examples from its scenarios."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from api.preferences import ASYNC, MINIMAL
from api.problems import JSON, PROBLEM_JSON, STATUS, problem_type
from optimiser.explain.answer import Explanation, Repair
from optimiser.library import library_files
from optimiser.messages import catalogue
from optimiser.result.minimal import MinimalResult
from optimiser.result.result import Result
from optimiser.scenario.schema import scenario_schema
from optimiser.strategies.comparison import Comparison
from optimiser.strategies.registry import STRATEGIES
from optimiser.study.curves import MOST_STEPS, BudgetCurve
from optimiser.study.differences import Difference
from optimiser.study.frontiers import MOST_POINTS, Frontier
from optimiser.study.inputs import DecidingInputs
from optimiser.study.robustness import MOST_DRAWS, Robustness
from optimiser.study.two_stages import TwoStages

Schema = dict[str, Any]

TITLE = "InvestAI Optimiser"

DESCRIPTION = """\
Allocates the tiers of a layered public fund to candidate sites, and proves the allocation.

Amounts are EUR million, shares 0..1. What cannot be used is refused with a problem (RFC 9457) whose `errors` list every
finding at once: where it stands, what disagrees, and the cure. Pointers name places in the body, members of lists by
their id.
"""

REF = "#/components/schemas/"

TEXT = {"type": "string"}

KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "the same key with the same body is acted on once and answered alike",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}

PREFER = {
    "name": "Prefer",
    "in": "header",
    "description": "`respond-async`: queue it as a job; `return=minimal`: the plan and its certificate alone",
    "schema": TEXT,
    "examples": {"job": {"value": ASYNC}, "plan alone": {"value": MINIMAL}},
}

SWEEP = {"base": "investai-2025", "grid": {"/discount_rate": {"from": 0.0, "to": 0.05, "count": 6}}}

_POSTED = (400, 406, 408, 409, 413, 415, 422, 429, 500, 503, 504)

OPEN = ("/health/live", "/health/ready")
"""What needs no token and is not counted."""


def problems_documentation(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problem responses of a route, by status, each with the types it may have."""
    texts = catalogue()
    documented: dict[int | str, dict[str, Any]] = {}
    for status in statuses:
        lines = [f"`{problem_type(c)}`: {texts[f'problem.{c}']}" for c, its in STATUS.items() if its == status]
        response = {"description": " · ".join(lines), "content": {PROBLEM_JSON: {"schema": {"$ref": f"{REF}Problem"}}}}
        if status == 429:
            seconds = {"description": "when to try again [s]", "schema": {"type": "integer"}}
            response["headers"] = {"Retry-After": seconds}
        documented[status] = response
    return documented


def allocation_documentation() -> Schema:
    """Body and responses of ``POST /v1/allocations``."""
    described = _posted("Scenario", "Allocation", with_examples=True, headers=(PREFER, KEY))
    applied = {"description": "`return=minimal` where that is what is answered", "schema": TEXT}
    described["responses"]["200"]["headers"] = {"Preference-Applied": applied}
    described["responses"]["202"] = _accepted("Job", "/v1/jobs/{id}")
    return described


def validation_documentation() -> Schema:
    """Body and responses of ``POST /v1/validate``."""
    # What is wrong with the scenario is the answer here; 422 is for a key used twice.
    return _posted("Scenario", "Validation", with_examples=True)


def evaluation_documentation() -> Schema:
    """Body and responses of ``POST /v1/evaluations``."""
    return _posted("Evaluation", "Result")


def explanation_documentation() -> Schema:
    """Body and responses of ``POST /v1/explanations``."""
    return _posted("Question", "Explanation")


def repair_documentation() -> Schema:
    """Body and responses of ``POST /v1/repairs``."""
    return _posted("Repairing", "Repair")


def frontier_documentation() -> Schema:
    """Body and responses of ``POST /v1/frontiers``."""
    return _posted("FrontierRequest", "FrontierAnswer")


def robustness_documentation() -> Schema:
    """Body and responses of ``POST /v1/robustness``."""
    return _posted("RobustnessRequest", "RobustnessAnswer")


def comparison_documentation() -> Schema:
    """Body and responses of ``POST /v1/comparisons``."""
    return _posted("ComparisonRequest", "Comparison")


def difference_documentation() -> Schema:
    """Body and responses of ``POST /v1/differences``."""
    return _posted("DifferenceRequest", "Difference")


def posted_batch_documentation() -> Schema:
    """Body and responses of ``POST /v1/batches``."""
    described = _posted("NewBatch", "Batch", headers=(KEY,))
    del described["responses"]["200"]
    described["responses"]["202"] = _accepted("Batch", "/v1/batches/{id}")
    described["requestBody"]["content"][JSON]["examples"] = {
        "sweep": {"summary": "every combination of some values", "value": {"sweep": SWEEP}},
    }
    return described


def job_documentation(status: int = 200) -> Schema:
    """Responses that show a job."""
    return _shown("Job", status)


def batch_documentation(status: int = 200) -> Schema:
    """Responses that show a batch."""
    return _shown("Batch", status)


def result_documentation() -> Schema:
    """Responses of ``GET /v1/jobs/{id}/result``."""
    described = _shown("Result", 200)
    return described | {"responses": described["responses"] | _by_name(406, 409)}


def events_documentation() -> Schema:
    """Responses of a stream of events."""
    number = {"type": "string", "pattern": "^[0-9]{1,9}$"}
    seen = {"name": "Last-Event-ID", "in": "header", "description": "the last event seen", "schema": number}
    event = {"type": "object", "properties": dict.fromkeys(("id", "event", "data"), TEXT)}
    stream = {"description": "id, event and data of each", "content": {"text/event-stream": {"itemSchema": event}}}
    return {"parameters": [seen], "responses": {"200": stream} | _by_name(400, 404, 406, 503)}


def model_documentation() -> Schema:
    """Responses that are a model."""
    model = {"description": "The model", "content": {"text/plain": {"schema": TEXT}}}
    return {"responses": {"200": model} | _by_name(400, 404, 413, 422, 429, 500, 503, 504)}


def metrics_documentation() -> Schema:
    """Responses of ``GET /metrics``."""
    return {"responses": {"200": {"description": "The numbers", "content": {"text/plain": {"schema": TEXT}}}}}


def documented(status: int, *problems: int) -> Schema:
    """An empty answer, and these problems."""
    return {"responses": {str(status): {"description": "Done"}} | _by_name(400, *problems)}


def _shown(name: str, status: int) -> Schema:
    answer = {"description": "As it stands", "content": {JSON: {"schema": {"$ref": REF + name}}}}
    if status == 200:
        tag = {"description": "for If-None-Match", "schema": {"type": "string"}}
        unchanged = {"304": {"description": "Not changed"}}
        return {"responses": {"200": answer | {"headers": {"ETag": tag}}} | unchanged | _by_name(400, 404, 503)}
    return {"responses": {"200": answer, str(status): answer} | _by_name(400, 404, 503)}


def _accepted(name: str, address: str) -> Schema:
    location = {"description": address, "schema": {"type": "string"}}
    content = {JSON: {"schema": {"$ref": REF + name}}}
    return {"description": "Queued", "headers": {"Location": location}, "content": content}


def _by_name(*statuses: int) -> Schema:
    return {str(status): response for status, response in problems_documentation(*statuses).items()}


def _posted(
    body: str,
    answer: str,
    with_examples: bool = False,
    headers: tuple[Schema, ...] = (KEY,),
) -> Schema:
    content: Schema = {"schema": {"$ref": REF + body}}
    if with_examples:
        content["examples"] = {name: {"$ref": f"#/components/examples/{name}"} for name in library_files()}
    problems = {str(k): v for k, v in problems_documentation(*_POSTED).items()}
    success = {"description": "The answer", "content": {JSON: {"schema": {"$ref": REF + answer}}}}
    return {
        "parameters": list(headers),
        "requestBody": {"required": True, "content": {JSON: content}},
        "responses": {"200": success} | problems,
    }


def _examples() -> Schema:
    files = {name: json.loads(path.read_bytes()) for name, path in library_files().items()}
    return {name: {"summary": document.get("name", name), "value": document} for name, document in files.items()}


def openapi_of(app: FastAPI) -> Schema:
    """The description of the whole service, made once."""
    if not app.openapi_schema:
        document = get_openapi(
            title=TITLE,
            version="1",
            summary="Funds, candidates and rules in; a proven allocation out",
            description=DESCRIPTION,
            routes=app.routes,
            servers=[{"url": "/"}],
        )
        bearer = {"type": "http", "scheme": "bearer", "description": "`investai token` makes one"}
        parts = {"schemas": _schemas(), "examples": _examples(), "securitySchemes": {"bearer": bearer}}
        document["components"] = parts
        needed: list[Schema] = [{"bearer": []}] if app.state.settings.tokens else [{"bearer": []}, {}]
        for address, path in document["paths"].items():
            for operation in path.values():
                _drop_framework_answers(operation["responses"])
                if address not in OPEN:
                    operation["security"] = needed
                    operation["responses"] |= _by_name(401, 429)
        app.openapi_schema = document
    return app.openapi_schema


def _drop_framework_answers(responses: Schema) -> None:
    """Takes out the framework's own shape of 422, and its JSON of no shape, which no route of this service gives."""
    for response in responses.values():
        content = response.get("content", {})
        if len(content) > 1 and content.get(JSON, {}).get("schema") == {}:
            del content[JSON]
    content = responses.get("422", {}).get("content", {})
    if "HTTPValidationError" in json.dumps(content.get(JSON, {})):
        del content[JSON]
        if not content:
            del responses["422"]


def _schemas() -> Schema:
    finding = {
        "type": "object",
        "required": ["severity", "code", "pointer", "message", "cure"],
        "properties": {
            "severity": {"enum": ["error", "warning", "note"]},
            "code": {"type": "string", "description": "stable key"},
            "pointer": {"type": "string", "description": "place in the body, e.g. /fund/tiers/union/size"},
            "message": {"type": "string", "description": "what disagrees"},
            "cure": {"type": "string", "description": "what to do about it"},
        },
    }
    findings = {"type": "array", "items": {"$ref": f"{REF}Finding"}}
    return {
        **_hoisted("Scenario", scenario_schema()),
        **_hoisted("Result", result_schema()),
        **_answer_schema("MinimalResult", MinimalResult),
        "Allocation": _any_of("Result", "MinimalResult"),
        **_hoisted("Explanation", TypeAdapter(Explanation).json_schema(mode="serialization")),
        **_hoisted("Repair", TypeAdapter(Repair).json_schema(mode="serialization")),
        "Question": _question_schema(),
        "Repairing": {
            "type": "object",
            "required": ["scenario"],
            "additionalProperties": False,
            "properties": {"scenario": {"$ref": f"{REF}Scenario"}},
        },
        **_study_schemas(),
        **_comparison_schemas(),
        "Finding": finding,
        "Problem": _problem_schema(findings),
        "Validation": {
            "type": "object",
            "required": ["valid", "findings", "sha256"],
            "properties": {
                "valid": {"type": "boolean", "description": "whether there is no error"},
                "findings": findings,
                "sha256": {
                    "type": ["string", "null"],
                    "description": "of the canonical JSON; null where there are errors",
                },
            },
        },
        **_job_schemas(findings),
        "Evaluation": {
            "type": "object",
            "required": ["scenario", "plan"],
            "additionalProperties": False,
            "properties": {"scenario": {"$ref": f"{REF}Scenario"}, "plan": _plan_schema()},
        },
    }


def _comparison_schemas() -> Schema:
    """Comparisons and differences, and what is asked of them."""
    two = _request_schema(other={"$ref": f"{REF}Scenario"})
    named = {"type": "string", "examples": [*STRATEGIES, "rank-and-cut:skip=false"]}
    with_parameters = {
        "type": "object",
        "required": ["strategy"],
        "properties": {"strategy": {"enum": list(STRATEGIES)}},
        "examples": [{"strategy": "share-by-key", "key": "gdp"}],
    }
    wanted = {"type": "array", "items": {"anyOf": [named, with_parameters]}, "description": "all that apply if absent"}
    return {
        **_answer_schema("Comparison", Comparison),
        **_answer_schema("Difference", Difference),
        "ComparisonRequest": _request_schema(strategies=wanted),
        "DifferenceRequest": {**two, "required": ["scenario", "other"]},
    }


def _study_schemas() -> Schema:
    term = {"anyOf": [{"type": "string", "examples": ["attribute:chips"]}, {"$ref": f"{REF}Scenario.Term"}]}
    amount = {"type": "number", "minimum": 0}
    return {
        **_answer_schema("Frontier", Frontier),
        **_answer_schema("BudgetCurve", BudgetCurve),
        "FrontierAnswer": _any_of("Frontier", "BudgetCurve"),
        "FrontierRequest": _request_schema(
            terms={"type": "array", "items": term, "minItems": 2, "maxItems": 2, "description": "the two terms"},
            points={"type": "integer", "minimum": 2, "maximum": MOST_POINTS, "default": 11},
            complete={"type": "boolean", "default": False, "description": "all points instead"},
            budget={"type": "string", "description": "a tier: the objective by its size instead"},
            steps={"type": "integer", "minimum": 2, "maximum": MOST_STEPS, "default": 11},
            tolerance={**amount, "description": "how near to go to each change of the list [EUR million]"},
            **{"from": {**amount, "description": "least size"}, "to": {**amount, "description": "greatest size"}},
        ),
        **_answer_schema("Robustness", Robustness),
        **_answer_schema("TwoStages", TwoStages),
        **_answer_schema("DecidingInputs", DecidingInputs),
        "RobustnessAnswer": _any_of("Robustness", "TwoStages", "DecidingInputs"),
        "RobustnessRequest": _request_schema(
            draws={"type": "integer", "minimum": 1, "maximum": MOST_DRAWS, "default": 200},
            seed={"type": "integer", "minimum": 0, "default": 7},
            weights={"type": "integer", "minimum": 0, "maximum": MOST_DRAWS, "default": 0},
            weights_of={"enum": ["objective", "score"], "default": "objective"},
            weight_range={"type": "number", "minimum": 0, "maximum": 1, "default": 0.5},
            two_stage={"type": "boolean", "default": False, "description": "what to decide now instead"},
            inputs={"type": "boolean", "default": False, "description": "which input decides instead"},
            bound={"type": "number", "minimum": 0.01, "maximum": 0.99, "default": 0.5},
        ),
    }


def _any_of(*names: str) -> Schema:
    return {"anyOf": [{"$ref": f"{REF}{name}"} for name in names]}


def _answer_schema(name: str, answer: type) -> Schema:
    """The schema of a study's answer; the full results in it are those of an allocation."""
    shared = {"Result", *result_schema()["$defs"]}
    hoisted = _hoisted(name, _renamed(TypeAdapter(answer).json_schema(mode="serialization")))
    own = {key: value for key, value in hoisted.items() if key.removeprefix(f"{name}.") not in shared}
    places = {f"{REF}{name}.{part}": f"{REF}Result.{part}" for part in shared} | {f"{REF}{name}.Result": f"{REF}Result"}
    moved: Schema = _replaced(own, places)
    return moved


def _replaced(value: Any, places: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {k: _replaced(v, places) for k, v in value.items()}
    if isinstance(value, list):
        return [_replaced(v, places) for v in value]
    return places.get(value, value) if isinstance(value, str) else value


def _renamed(value: Any) -> Any:
    """The same with the names of the JSON: ``from_`` is a word of Python."""
    if isinstance(value, dict):
        return {key.rstrip("_"): _renamed(v) for key, v in value.items()}
    if isinstance(value, list):
        return [_renamed(v) for v in value]
    return value.rstrip("_") if isinstance(value, str) and value == "from_" else value


def _request_schema(**properties: Schema) -> Schema:
    """The body of a question about a scenario."""
    return {
        "type": "object",
        "required": ["scenario"],
        "additionalProperties": False,
        "properties": {"scenario": {"$ref": f"{REF}Scenario"}, **properties},
    }


def _job_schemas(findings: Schema) -> Schema:
    whole, number, text = {"type": "integer"}, {"type": ["number", "null"]}, {"type": "string"}
    moment = {"type": ["string", "null"], "format": "date-time"}
    states = ["queued", "running", "succeeded", "failed", "cancelled"]
    links = {"type": "object", "additionalProperties": text}
    moments = dict.fromkeys(("created_at", "started_at", "ended_at"), moment)
    entry = {
        "id": text,
        "number": whole | {"description": "place in its batch, from 0"},
        "name": text,
        "state": {"enum": states},
        "termination": {"type": ["string", "null"], "description": "how the search ended"},
        "has_allocation": {"type": ["boolean", "null"], "description": "null until the job has ended"},
    }
    progress = {"stage": {"type": ["string", "null"]}} | dict.fromkeys(("value", "bound", "gap", "seconds"), number)
    job = entry | {
        "batch": {"type": ["string", "null"]},
        "cancel_asked": {"type": "boolean"},
        "attempts": whole,
        "progress": _object(progress),
        "findings": findings,
        **moments,
        "links": links,
    }
    batch = {
        "id": text,
        "state": {"enum": [*states, "partially_failed"]},
        **dict.fromkeys(("total", "succeeded", "failed", "cancelled"), whole),
        **moments,
        "jobs": {"type": "array", "items": _object(entry | {"link": text})},
        "links": links,
    }
    new = {
        "type": "object",
        "description": "one of the two keys",
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
        "properties": {
            "scenarios": {"type": "array", "minItems": 1, "items": {"type": "object"}},
            "sweep": {"type": "object", "description": "a base, and `variants` or a `grid`", "required": ["base"]},
        },
    }
    return {"Job": _object(job), "Batch": _object(batch), "NewBatch": new}


def _object(properties: Schema) -> Schema:
    return {"type": "object", "required": list(properties), "properties": properties}


def _problem_schema(findings: Schema) -> Schema:
    return {
        "type": "object",
        "description": "RFC 9457",
        "required": ["type", "title", "status", "detail", "instance", "errors"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference", "enum": [problem_type(code) for code in STATUS]},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "instance": {"type": "string", "format": "uri", "description": "this occurrence, as it stands in the log"},
            "errors": {**findings, "minItems": 1},
        },
    }


def _question_schema() -> Schema:
    most = {"type": "integer", "minimum": 0, "maximum": 100, "default": 0, "description": "other plans to look for"}
    within = {"type": "number", "minimum": 0, "maximum": 1, "default": 0.01, "description": "loss they may have"}
    return {
        "type": "object",
        "description": "about one candidate, one country, or every candidate where neither is named",
        "required": ["scenario"],
        "additionalProperties": False,
        "properties": {
            "scenario": {"$ref": f"{REF}Scenario"},
            "candidate": {"type": ["string", "null"], "description": "id of a candidate"},
            "country": {"type": ["string", "null"], "description": "country code, as in HU"},
            "alternatives": most,
            "within": within,
        },
    }


def _plan_schema() -> Schema:
    phases = {"type": "object", "additionalProperties": {"type": "number", "minimum": 0, "maximum": 1}}
    award = {
        "type": "object",
        "required": ["id", "phases"],
        "properties": {"id": {"type": "string"}, "phases": phases},
    }
    return {
        "type": "object",
        "description": "a result, or these parts of it",
        "properties": {
            "money": {"type": "array", "items": {"$ref": f"{REF}Result.MoneyCell"}},
            "private_money": {"type": "array", "items": {"$ref": f"{REF}Result.PrivateCell"}},
            "candidates": {"type": "array", "items": award},
        },
    }


def result_schema() -> Schema:
    """JSON Schema of a result, by the names of its JSON."""
    schema: Schema = TypeAdapter(Result).json_schema(mode="serialization")
    binding = schema["$defs"]["Binding"]
    # ``from`` is a word of Python; the JSON has it without the underscore.
    binding["properties"]["from"] = binding["properties"].pop("from_")
    return schema


def _hoisted(name: str, schema: Schema) -> Schema:
    """A schema and its parts as components of their own: ``Scenario``, ``Scenario.Fund`` …"""
    parts = schema.get("$defs", {})
    whole = {key: value for key, value in schema.items() if key not in ("$defs", "$schema")}
    return {name: _moved(whole, name), **{f"{name}.{part}": _moved(value, name) for part, value in parts.items()}}


def _moved(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {k: _moved(v, name) for k, v in value.items()}
    if isinstance(value, list):
        return [_moved(v, name) for v in value]
    if isinstance(value, str) and value.startswith("#/$defs/"):
        return f"{REF}{name}.{value.removeprefix('#/$defs/')}"
    return value
