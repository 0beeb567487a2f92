"""What the HTTP service says: findings of its own, and problems."""

from __future__ import annotations

SERVICE: dict[str, tuple[str, str]] = {
    "more-findings": (
        "Il y a {count} constats de plus que n'en contient une réponse.",
        "Corrigez ceux qui sont montrés et renvoyez le fichier.",
    ),
    "batch-form": (
        "Un lot est une liste de scénarios ou un balayage, l'un des deux, et n'est pas vide.",
        'Écrivez {{"scenarios": […]}} ou {{"sweep": {{"base": …, "variants": […]}}}}.',
    ),
    "batch-too-large": ("Le lot compte {count} scénarios ; {limit} au plus sont acceptés à la fois.", "Divisez-le."),
    "time-limit-capped": (
        "La limite de temps de {asked} s dépasse ce qu'accorde ce service ; la recherche a disposé de {given} s.",
        "Abaissez /solver/time_limit_s, ou résolvez le fichier en ligne de commande.",
    ),
    "threads-fixed": (
        "Le service résout avec un nombre fixe de fils d'exécution : {given}, et non {asked}.",
        "Supprimez /solver/threads, ou résolvez le fichier en ligne de commande.",
    ),
    "two-questions": (
        "Un pays est une question à part, qui n'a pas de « {key} ».",
        'Supprimez « {key} », ou "country".',
    ),
    "request-not-an-object": (
        "Cette requête est un objet avec des clés ; ceci est : {found}.",
        "Écrivez un objet avec {known}.",
    ),
    "unknown-key-of-request": (
        "La clé « {key} » ne fait pas partie de cette requête.",
        "La requête est un objet avec {known} ; supprimez la clé.",
    ),
}
"""Findings that only the service gives: message and cure."""

PROBLEMS: dict[str, tuple[str, str, str]] = {
    "unauthorised": (
        "Un jeton est nécessaire",
        "La requête ne porte aucun jeton connu ici et encore valable.",
        "Envoyez Authorization: Bearer avec un jeton de ce service ; celui qui l'exploite en crée un par investai token.",
    ),
    "body-too-slow": (
        "Corps trop lent",
        "Le corps n'est pas arrivé en {seconds} s.",
        "Envoyez-le de nouveau par une ligne plus rapide, ou réduisez-le.",
    ),
    "too-many-requests": (
        "Trop de requêtes",
        "Plus de {limit} requêtes par minute sont venues de ce client.",
        "Réessayez dans {seconds} s.",
    ),
    "bad-page": (
        "Page incorrecte",
        "{key}={value} ne peut pas être utilisé.",
        "Écrivez des nombres entiers : after à partir de -1, limit de 1 à {most}.",
    ),
    "bad-header": (
        "En-tête incorrect",
        "L'en-tête {header} ne peut pas être utilisé.",
        "Idempotency-Key compte de 1 à 255 caractères imprimables ; Last-Event-ID est l'identifiant d'un événement.",
    ),
    "unknown-job": (
        "Tâche inconnue",
        "Il n'y a pas de tâche « {id} ».",
        "Voyez l'en-tête Location de la réponse à sa soumission. Les tâches sont supprimées quelque temps après leur fin : voyez keep_jobs_s dans /v1/limits.",
    ),
    "unknown-batch": (
        "Lot inconnu",
        "Il n'y a pas de lot « {id} ».",
        "Voyez l'en-tête Location de la réponse à sa soumission. Les lots sont supprimés quelque temps après leur fin : voyez keep_jobs_s dans /v1/limits.",
    ),
    "no-result": (
        "Pas de résultat",
        "La tâche est dans l'état {state} et n'a pas de résultat.",
        "Voyez les constats de la tâche ; soumettez de nouveau son scénario.",
    ),
    "not-ended": (
        "Pas encore terminé",
        "La tâche est dans l'état {state}.",
        "Attendez sa fin, par ses événements ou en la redemandant.",
    ),
    "child-of-batch": (
        "Partie d'un lot",
        "La tâche appartient au lot {batch} et en suit le sort.",
        "Supprimez le lot, ou annulez la tâche.",
    ),
    "still-running": (
        "Toujours en cours",
        "Ce qui est en cours de traitement ne peut pas être supprimé.",
        "Annulez d'abord, et supprimez une fois que tout est terminé.",
    ),
    "request-running": (
        "La première requête est encore en cours",
        "Une requête portant cette Idempotency-Key est en cours de traitement.",
        "Renvoyez-la dans quelques secondes.",
    ),
    "key-reused": (
        "Idempotency-Key employée deux fois",
        "Cette Idempotency-Key accompagnait déjà une autre requête.",
        "Employez une nouvelle clé pour une nouvelle requête.",
    ),
    "backlog-full": (
        "Trop de tâches",
        "{waiting} tâches attendent ou sont en cours ; avec cette requête, il y en aurait plus de {limit}.",
        "Réessayez plus tard, soumettez-en moins à la fois, ou supprimez ce qui n'est plus voulu.",
    ),
    "store-unavailable": (
        "Le stockage n'est pas disponible",
        "{reason}.",
        "Réessayez dans quelques secondes ; si cela persiste, vérifiez le disque ou la base de données du service.",
    ),
    "page-not-installed": (
        "La page n'est pas installée",
        "Ce service répond sous /v1 et n'a pas de page : il a été installé sans {needed}.",
        "Installez investai-optimiser[page] et relancez le service.",
    ),
    "bad-query": (
        "Paramètres d'adresse incorrects",
        "L'adresse a des paramètres que ce service ne connaît pas : {keys}.",
        "Connus ici, chacun une fois : {known}.",
    ),
    "unknown-language": (
        "Langue inconnue",
        "Il n'y a pas de textes dans la langue « {lang} ».",
        "Demandez l'une de celles-ci : {known}.",
    ),
    "not-found": (
        "Introuvable",
        "Il n'y a rien à cette adresse.",
        "Voyez dans /openapi.json les adresses qui existent.",
    ),
    "unknown-scenario": (
        "Scénario inconnu",
        "La bibliothèque n'a pas de scénario « {id} ».",
        "Demandez l'un de ceux-ci : {known}.",
    ),
    "method-not-allowed": (
        "Méthode non admise",
        "{method} n'est pas possible ici.",
        "Employez l'une de celles-ci : {allowed}.",
    ),
    "not-acceptable": (
        "Non acceptable",
        "La réponse est en JSON, ce que l'en-tête Accept exclut.",
        "Acceptez application/json.",
    ),
    "body-too-large": (
        "Corps trop volumineux",
        "Le corps dépasse {limit} octets.",
        "Divisez le scénario, retirez-en ce dont il n'a pas besoin, ou résolvez le fichier en ligne de commande.",
    ),
    "too-many-candidates": (
        "Trop de candidats",
        "Le scénario a {count} candidats ; pendant qu'un client attend, {limit} au plus sont traités.",
        "Soumettez-le comme tâche, avec Prefer: respond-async ; ou divisez-le.",
    ),
    "media-type": (
        "Type de contenu non pris en charge",
        "Le corps doit être du JSON en UTF-8, non compressé ; ceci est : {found}.",
        "Envoyez Content-Type: application/json.",
    ),
    "invalid-request": (
        "Requête non valide",
        "Le corps ne peut pas être utilisé ; erreurs : {count}.",
        "Voyez les erreurs.",
    ),
    "invalid-scenario": (
        "Scénario non valide",
        "Le scénario ne peut pas être utilisé ; erreurs : {count}.",
        "Voyez les erreurs.",
    ),
    "invalid-plan": (
        "Plan non valide",
        "Le plan ne convient pas à son scénario ; erreurs : {count}.",
        "Voyez les erreurs.",
    ),
    "queue-full": (
        "Trop de requêtes",
        "Tous les processus sont occupés et {waiting} requêtes attendent déjà.",
        "Réessayez dans {seconds} s.",
    ),
    "unexpected": (
        "Défaillance imprévue",
        "Le service a échoué ; la défaillance est consignée sous l'instance indiquée ici.",
        "Signalez l'instance. La même requête échouera sans doute de nouveau.",
    ),
    "solver-refused": (
        "Le solveur a refusé le modèle",
        "Le solveur a renoncé : {reason}.",
        "Cherchez des nombres d'ordres de grandeur très différents ; essayez une autre unité.",
    ),
    "worker-lost": (
        "Le travail a été perdu",
        "Le processus chargé de cette requête s'est arrêté avant la fin, comme il arrive faute de mémoire.",
        "Réessayez ; si cela se reproduit, réduisez le scénario ou donnez plus de mémoire au service.",
    ),
    "draining": (
        "Le service s'arrête",
        "Le service est en cours d'arrêt et n'accepte plus de travail.",
        "Réessayez dans quelques secondes.",
    ),
    "not-ready": ("Pas encore prêt", "Aucun processus n'a encore répondu.", "Réessayez dans quelques secondes."),
    "time-limit-hard-stop": (
        "Interrompu d'autorité",
        "Le travail s'est poursuivi bien au-delà de sa limite de temps et a été interrompu ; il n'y a pas de plan à donner.",
        "Abaissez /solver/time_limit_s, acceptez un écart par /solver/mip_gap, ou réduisez le scénario.",
    ),
}
"""Problems of the service: title, detail, cure."""
