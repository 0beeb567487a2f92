"""What the HTTP service says: findings of its own, and problems."""

from __future__ import annotations

from optimiser.messages.en.words import Words

FINDINGS: dict[str, tuple[Words, Words]] = {
    "more-findings": (
        (
            "There is {count} more finding than an answer holds.",
            "There are {count} more findings than an answer holds.",
        ),
        "Mend those shown and send it again.",
    ),
    "batch-form": (
        "A batch is a list of scenarios or a sweep, one of them, and not empty.",
        'Write {{"scenarios": […]}} or {{"sweep": {{"base": …, "variants": […]}}}}.',
    ),
    "batch-too-large": ("The batch has {count} scenarios; at most {limit} are taken at once.", "Split it."),
    "time-limit-capped": (
        "The time limit of {asked} s is more than this service gives; the search had {given} s.",
        "Lower /solver/time_limit_s, or solve the file on the command line.",
    ),
    "threads-fixed": (
        "The service solves with a fixed number of threads: {given}, not {asked}.",
        "Remove /solver/threads, or solve the file on the command line.",
    ),
    "two-questions": (
        'A country is a question of its own, which has no "{key}".',
        'Remove "{key}", or "country".',
    ),
    "request-not-an-object": (
        "This request is an object with keys; this is {found}.",
        "Write an object with {known}.",
    ),
    "unknown-key-of-request": (
        'The key "{key}" is not part of this request.',
        "The request is an object with {known}; remove the key.",
    ),
}
"""Findings that only the service gives: message and cure."""

PROBLEMS: dict[str, tuple[Words, Words, Words]] = {
    "unauthorised": (
        "A token is needed",
        "The request bears no token that is known here and still holds.",
        "Send Authorization: Bearer with a token of this service; whoever runs it makes one with investai token.",
    ),
    "body-too-slow": (
        "Body too slow",
        "The body did not arrive within {seconds} s.",
        "Send it again over a faster line, or make it smaller.",
    ),
    "too-many-requests": (
        "Too many requests",
        (
            "More than {count} request a minute came from this client.",
            "More than {count} requests a minute came from this client.",
        ),
        "Try again in {seconds} s.",
    ),
    "bad-query": (
        "Bad query",
        "The address has a query this service does not know: {keys}.",
        "Known here, each once: {known}.",
    ),
    "bad-page": (
        "Bad page",
        "{key}={value} cannot be used.",
        "Write whole numbers: after from -1, limit from 1 to {most}.",
    ),
    "bad-header": (
        "Bad header",
        "The header {header} cannot be used.",
        "Idempotency-Key is 1 to 255 printable characters; Last-Event-ID is the id of an event.",
    ),
    "unknown-language": (
        "Unknown language",
        'There are no texts in the language "{lang}".',
        "Ask for one of: {known}.",
    ),
    "not-found": ("Not found", "There is nothing at this address.", "See /openapi.json for the addresses there are."),
    "unknown-scenario": ("Unknown scenario", 'The library has no scenario "{id}".', "Ask for one of: {known}."),
    "unknown-job": (
        "Unknown job",
        'There is no job "{id}".',
        "Look at the Location of the answer to its submission. Jobs are deleted some time after they end: see keep_jobs_s at /v1/limits.",
    ),
    "unknown-batch": (
        "Unknown batch",
        'There is no batch "{id}".',
        "Look at the Location of the answer to its submission. Batches are deleted some time after they end: see keep_jobs_s at /v1/limits.",
    ),
    "no-result": (
        "No result",
        "The job is {state} and has no result.",
        "Look at the findings of the job; submit its scenario again.",
    ),
    "not-ended": ("Not ended", "The job is {state}.", "Wait for its end, by its events or by asking again."),
    "child-of-batch": (
        "Part of a batch",
        "The job belongs to batch {batch} and goes with it.",
        "Delete the batch, or cancel the job.",
    ),
    "still-running": (
        "Still running",
        "What is being worked on cannot be deleted.",
        "Cancel it first, and delete it when it has ended.",
    ),
    "request-running": (
        "The first request is still at work",
        "A request with this Idempotency-Key is being answered.",
        "Send it again in a few seconds.",
    ),
    "key-reused": (
        "Idempotency-Key used twice",
        "This Idempotency-Key came with another request before.",
        "Use a new key for a new request.",
    ),
    "backlog-full": (
        "Too many jobs",
        (
            "{count} job is waiting or running; with this request there would be more than {limit}.",
            "{count} jobs are waiting or running; with this request there would be more than {limit}.",
        ),
        "Try again later, submit fewer at once, or delete what is no longer wanted.",
    ),
    "store-unavailable": (
        "The store is not available",
        "{reason}.",
        "Try again in a few seconds; if it goes on, look at the disk or the database of the service.",
    ),
    "method-not-allowed": ("Method not allowed", "{method} is not possible here.", "Use one of: {allowed}."),
    "not-acceptable": (
        "Not acceptable",
        "The answer is JSON, which the Accept header excludes.",
        "Accept application/json.",
    ),
    "body-too-large": (
        "Body too large",
        "The body is larger than {limit} bytes.",
        "Split the scenario, leave out what it does not need, or solve the file on the command line.",
    ),
    "too-many-candidates": (
        "Too many candidates",
        "The scenario has {count} candidates; while a client waits, at most {limit} are solved.",
        "Submit it as a job, with Prefer: respond-async; or split it.",
    ),
    "media-type": (
        "Media type not supported",
        "The body must be JSON in UTF-8, not compressed; this is {found}.",
        "Send Content-Type: application/json.",
    ),
    "invalid-request": ("Invalid request", "The body cannot be used; errors: {count}.", "See the errors."),
    "invalid-scenario": ("Invalid scenario", "The scenario cannot be used; errors: {count}.", "See the errors."),
    "invalid-plan": ("Invalid plan", "The plan does not fit its scenario; errors: {count}.", "See the errors."),
    "queue-full": (
        "Too many requests",
        (
            "All workers are busy and {count} request is waiting already.",
            "All workers are busy and {count} requests are waiting already.",
        ),
        "Try again in {seconds} s.",
    ),
    "unexpected": (
        "Unexpected failure",
        "The service failed; the failure is on record under the instance given here.",
        "Report the instance. The same request is likely to fail again.",
    ),
    "solver-refused": (
        "The solver refused the model",
        "The solver gave up: {reason}.",
        "Look for numbers of very different size; try another unit.",
    ),
    "worker-lost": (
        "The work was lost",
        "The process at work on this request ended before it was done, as happens for want of memory.",
        "Try again; if it happens again, make the scenario smaller or give the service more memory.",
    ),
    "page-not-installed": (
        "The page is not installed",
        "This service answers under /v1 and has no page: it was installed without {needed}.",
        "Install investai-optimiser[page] and start the service again.",
    ),
    "draining": (
        "The service is stopping",
        "The service is being stopped and takes no new work.",
        "Try again in a few seconds.",
    ),
    "not-ready": ("Not ready", "No worker has answered yet.", "Try again in a few seconds."),
    "time-limit-hard-stop": (
        "Ended by the hard stop",
        "The work went on long after its time limit and was ended; there is no plan to give.",
        "Lower /solver/time_limit_s, accept a gap with /solver/mip_gap, or make the scenario smaller.",
    ),
}
"""Problems of the service: title, detail, cure."""
