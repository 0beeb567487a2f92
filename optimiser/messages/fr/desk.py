"""What the desk says: saved scenarios, decisions, uploads, batches."""

from __future__ import annotations

FINDINGS: dict[str, tuple[str, str]] = {
    "no-decision-log": (
        "Ceci n'est pas une entrée d'un registre de décisions.",
        'Donnez le registre tel que la page l\'exporte : {{"decisions": [{{…}}, …]}}.',
    ),
    "decision-changed": (
        "L'entrée {number} du registre n'est pas celle qui a été écrite : son empreinte, son numéro ou l'entrée précédente ne concorde pas.",
        "Exportez de nouveau le registre depuis le service qui le tient, entier et dans l'ordre.",
    ),
    "decisions-of-others": (
        "Aucune entrée du registre ne porte sur ce scénario (SHA-256 {sha256}).",
        "Donnez le registre de ce scénario, dans la version sur laquelle porte la décision.",
    ),
}
"""Findings of uploads and logs: message and cure."""

PROBLEMS: dict[str, tuple[str, str, str]] = {}

DESK: dict[str, str] = {}
