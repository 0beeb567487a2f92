"""French texts, with the codes and parameters of the English ones.

They are written here with plain spaces and apostrophes; ``_typeset`` puts the spaces and apostrophes of French print.
"""

from __future__ import annotations

import re

_FINDINGS: dict[str, tuple[str, str]] = {
    # workbooks
    "not-xlsx": (
        "Ce fichier n'est pas un classeur lisible : {reason}.",
        "Ouvrez-le dans un tableur et enregistrez-le au format .xlsx, sans mot de passe.",
    ),
    "workbook-cells": (
        "La feuille s'étend sur {cells} cellules ; {limit} au plus sont lues.",
        "Supprimez les lignes et colonnes vides au-delà du tableau ; une cellule isolée peut se trouver très loin.",
    ),
    "workbook-column": (
        "La feuille {sheet} n'a pas de colonne {name}.",
        "Utilisez l'une de : {known} ; une colonne à vous commence par # et n'est pas lue.",
    ),
    "workbook-column-twice": ("La colonne {name} figure deux fois.", "Supprimez l'une des deux."),
    "workbook-date": (
        "La cellule contient une date ({found}).",
        "Mettez la cellule au format nombre ou texte, puis écrivez-la de nouveau.",
    ),
    "workbook-error": ("La cellule contient l'erreur {found}.", "Corrigez sa formule, ou écrivez la valeur."),
    "workbook-formula": (
        "La formule n'a pas de valeur enregistrée.",
        "Ouvrez le classeur dans un tableur et enregistrez-le, ou écrivez la valeur à la place de la formule.",
    ),
    "workbook-json": (
        "La cellule ne contient pas de JSON : {reason}",
        "Corrigez le JSON ; un texte ordinaire ne commence pas par un guillemet.",
    ),
    "workbook-key": (
        "Le format n'a pas de clé {name}.",
        "Prenez les clés d'un modèle (investai export --template) ; une ligne à vous commence par #.",
    ),
    "workbook-keys": (
        "La ligne remplit les clés {found} ; sa feuille demande {asked}.",
        "Remplissez les colonnes qui disent à quoi la ligne appartient, et aucune autre.",
    ),
    "workbook-merged": (
        "Les cellules {range} sont fusionnées.",
        "Annulez la fusion, pour que chaque ligne ait ses propres valeurs.",
    ),
    "workbook-needs-library": (
        "Les classeurs sont lus et écrits avec openpyxl, qui n'est pas installé.",
        "Installez investai-optimiser[xlsx], ou utilisez JSON ou YAML.",
    ),
    "workbook-no-header": (
        "La cellule n'est sous aucun en-tête.",
        "Donnez un en-tête à la colonne, ou videz la cellule.",
    ),
    "workbook-no-such-row": (
        "La ligne appartient à {column} {name}, qui n'existe pas.",
        "Corrigez l'identifiant, ou ajoutez {column} sur sa propre feuille.",
    ),
    "workbook-no-value": ("La ligne n'a pas de {name}.", "Remplissez la cellule, ou supprimez la ligne."),
    "workbook-number": (
        "{found} est un texte, et peut désigner des milliers ou des décimales.",
        "Écrivez-le comme un nombre, non comme un texte.",
    ),
    "workbook-packed": (
        "Une partie du classeur se décompresse à {ratio} fois sa taille ; {limit} fois au plus est lu.",
        "Effacez les mises en forme des lignes et colonnes vides, puis enregistrez de nouveau le classeur.",
    ),
    "workbook-sheet": (
        "Aucune feuille d'un scénario ne s'appelle {sheet}.",
        "Utilisez l'une de : {known} ; une feuille à vous commence par # et n'est pas lue.",
    ),
    "workbook-sheet-twice": (
        "La feuille {sheet} figure deux fois.",
        "Réunissez les deux feuilles ; majuscules et minuscules ne comptent pas.",
    ),
    "workbook-too-long": (
        "{place} : {length} dépasse ce que contient un classeur ({limit}).",
        "Enregistrez le scénario en JSON ou en YAML.",
    ),
    "workbook-twice": ("{name} est indiqué deux fois.", "Gardez une seule des cellules ou lignes qui l'indiquent."),
    "workbook-unpacked": (
        "Le classeur se décompresse en {size} octets ; {limit} au plus sont lus.",
        "Divisez le scénario, ou retirez ce dont il n'a pas besoin.",
    ),
    # reading
    "cannot-read": ("Le fichier {file} ne peut pas être lu : {reason}.", "Vérifiez le chemin et les droits d'accès."),
    "file-too-large": (
        "Le fichier compte {size} octets ; {limit} au plus sont lus.",
        "Divisez le scénario, ou retirez-en ce dont il n'a pas besoin.",
    ),
    "format-not-read": (
        "Les fichiers en {suffix} ne sont pas lus.",
        "Enregistrez le scénario en JSON ou en YAML.",
    ),
    "not-utf8": ("Le texte n'est pas en UTF-8 (octet {position}).", "Enregistrez le fichier en UTF-8."),
    "not-json": (
        "Ceci n'est pas du JSON (ligne {line}, colonne {column}) : {reason}.",
        "Corrigez le texte à cet endroit ; un fichier tronqué doit être écrit de nouveau.",
    ),
    "not-yaml": (
        "Ceci n'est pas du YAML (ligne {line}, colonne {column}) : {reason}.",
        "Corrigez le texte à cet endroit.",
    ),
    "yaml-alias": (
        "La ligne {line} emploie un alias YAML ; les alias sont refusés, car quelques lignes suffisent à en tirer des milliards de valeurs.",
        "Écrivez la valeur en toutes lettres.",
    ),
    "too-deep": (
        "Le document comporte plus de {limit} niveaux d'imbrication.",
        "Un scénario en demande dix ; cherchez des crochets ou des accolades jamais refermés.",
    ),
    "not-an-object": (
        "Un scénario est un objet avec des clés ; ceci est : {found}.",
        'Commencez par {{"fund": …, "candidates": […], "objective": …}}.',
    ),
    "key-twice": (
        "La clé « {key} » figure deux fois dans un même objet ; une seule des deux compterait.",
        "Supprimez l'une des deux.",
    ),
    "pointer-leads-nowhere": (
        "La valeur désignée par le pointeur ne peut pas être modifiée : {reason}.",
        "Joignez les clés et les identifiants par des barres obliques, comme dans /fund/tiers/union/size.",
    ),
    "patch-leads-nowhere": (
        "La modification (patch) ne peut pas être appliquée : {reason}.",
        "Donnez-lui la forme du scénario, désignez les membres par leur identifiant, ou prenez des pointeurs pour clés.",
    ),
    # batches
    "unknown-key-of-sweep": (
        "« {key} » ne fait pas partie d'un balayage.",
        "Un balayage comporte : {known}.",
    ),
    "sweep-form": (
        "Un balayage a soit des variantes, soit une grille.",
        'Écrivez "variants": [{{"id": …, "patch": {{…}}}}] ou "grid": {{pointeur: [valeurs]}}, mais pas les deux.',
    ),
    "sweep-base": (
        "« {base} » n'est pas un scénario dont on puisse partir.",
        "Nommez un fichier placé à côté du balayage, écrivez le scénario lui-même, ou choisissez parmi : {known}.",
    ),
    "sweep-values": (
        "Il n'y a ici aucune valeur à parcourir.",
        'Une grille a des pointeurs suivis d\'une liste de valeurs, ou {{"from": 1, "to": 2, "count": 5}} ; une liste n\'est pas vide.',
    ),
    "sweep-variant": (
        "Ceci n'est pas une variante.",
        'Une variante est {{"id": "half", "patch": {{…}}}} et rien d\'autre.',
    ),
    "sweep-too-large": (
        "Le balayage compte {count} scénarios ; {limit} au plus sont acceptés.",
        "Prenez moins de valeurs, ou divisez-le.",
    ),
    "sweep-in-lines": (
        "Une ligne d'un fichier JSON Lines est un scénario ; celle-ci est un balayage.",
        "Placez le balayage dans un fichier à part.",
    ),
    "item-failed": (
        "La résolution a échoué : {reason}.",
        "Traitez ce scénario seul avec --debug, et signalez ce qui s'affiche.",
    ),
    "worker-died": (
        "Le processus qui le traitait s'est arrêté, {attempts} fois.",
        "La mémoire est peut-être insuffisante : traitez-le seul, ou avec moins de processus.",
    ),
    # shape
    "missing-key": ("La clé « {key} » manque ; on trouve ici : {among}.", "Ajoutez « {key} »."),
    "unknown-key": (
        "La clé « {key} » ne fait pas partie du format. {hint}",
        "Corrigez l'orthographe ou supprimez la clé.",
    ),
    "wrong-type": ("On trouve {found} là où il faut {expected}.", "Écrivez {expected}."),
    "not-finite": (
        "{found} n'est pas un nombre fini.",
        'Écrivez un nombre, ou "unlimited" là où une limite est attendue.',
    ),
    "below-least": ("{found} est inférieur à {bound}, la plus petite valeur admise.", "Écrivez {bound} ou plus."),
    "not-above": ("{found} n'est pas supérieur à {bound}.", "Écrivez plus de {bound}."),
    "above-greatest": (
        "{found} est supérieur à {bound}, la plus grande valeur admise.",
        "Écrivez {bound} ou moins ; les parts vont de 0 à 1.",
    ),
    "not-below": ("{found} n'est pas inférieur à {bound}.", "Écrivez moins de {bound}."),
    "too-short": (
        "La liste compte moins de {least} entrées.",
        "Ajoutez une entrée, ou supprimez la clé si aucune restriction n'est voulue.",
    ),
    "text-empty": ("Le texte est vide.", "Écrivez au moins {least} caractère."),
    "text-too-long": ("Le texte dépasse {limit} caractères.", "Abrégez-le."),
    "not-a-choice": ("{found} ne figure pas parmi {choices}.", "Choisissez parmi {choices}."),
    "unknown-kind": ("« {tag} » n'est pas un genre de règle.", "Choisissez parmi {choices}."),
    "missing-kind": (
        'La règle n\'a pas de "kind".',
        'Ajoutez "kind" : count, money, attribute, award, floor, exclusive, requires ou stay_close.',
    ),
    "bad-pattern": (
        "{found} n'a pas la forme requise ici.",
        "Un pays s'écrit en deux majuscules, comme PT ; les années depuis le départ s'écrivent 0, 1, 2…",
    ),
    "bad-year": ("{found} n'est pas une année.", "Écrivez quatre chiffres, comme 2027."),
    "not-whole": ("{found} n'est pas un nombre entier.", "Écrivez un nombre entier."),
    "bad-id": (
        "{found} n'est pas un identifiant : il commence ou finit par une espace, ou contient des caractères invisibles.",
        "Employez des lettres, des chiffres, des tirets et des points.",
    ),
    "too-large": (
        "{found} dépasse {limit}, au-delà de quoi les sommes ne sont plus exactes.",
        "Vérifiez l'unité, ou comptez en milliers ou en millions.",
    ),
    "too-small": (
        "{found} est inférieur à {limit}, en deçà de quoi le solveur ne voit rien.",
        "Vérifiez l'unité, ou écrivez 0.",
    ),
    "too-much-money": (
        "{found} dépasse {limit} millions d'euros.",
        "Les montants sont en millions d'euros : écrivez 500 pour un demi-milliard d'euros.",
    ),
    # references
    "no-candidates": (
        "Il n'y a aucun candidat.",
        "Ajoutez au moins un candidat : sans candidat, il n'y a rien à décider.",
    ),
    "duplicate-id": (
        "L'identifiant « {id} » figure {times} fois dans cette liste.",
        "Donnez à chacun son propre identifiant.",
    ),
    "unknown-tier": ("Il n'existe pas de tranche « {id} ».", "Nommez l'une de celles-ci : {known}."),
    "unknown-candidate": ("Il n'existe pas de candidat « {id} ».", "Nommez l'un de ceux-ci : {known}."),
    "unknown-tag": (
        "Aucun candidat ne porte l'étiquette « {id} ».",
        "Nommez l'une de celles-ci : {known} ; ou donnez l'étiquette à un candidat.",
    ),
    "unknown-phase": ("Aucun candidat n'a de phase « {id} ».", "Nommez l'une de celles-ci : {known}."),
    "unknown-phase-of": (
        "Le candidat « {candidate} » n'a pas de phase « {id} ».",
        "Nommez l'une de celles-ci : {known}.",
    ),
    "unknown-attribute": (
        "Aucun candidat n'a l'attribut « {id} ».",
        "Nommez l'un de ceux-ci : {known} ; ou donnez-le aux candidats.",
    ),
    "unknown-source": (
        "Il n'existe pas de source « {id} ».",
        "Inscrivez-la sous /sources, ou supprimez-la ici.",
    ),
    "unknown-country": ("Aucun candidat ne se trouve dans le pays « {id} ».", "Nommez l'un de ceux-ci : {known}."),
    # contradictions
    "no-tiers": (
        "Le fonds n'a pas de tranche, mais ces candidats ont un coût : {candidates}.",
        "Ajoutez une tranche pour les payer ; sans tranche, aucun candidat ne doit rien coûter.",
    ),
    "bounds-crossed": (
        "La borne inférieure {at_least} est supérieure à la borne supérieure {at_most}.",
        "Échangez-les ou corrigez-les.",
    ),
    "shares-beyond-one": (
        "La part publique minimale {public} et la part minimale du consortium {private} dépassent ensemble le coût total.",
        "Abaissez l'une des deux.",
    ),
    "years-reversed": (
        "La première année, {first}, vient après la dernière, {last}.",
        "Échangez-les.",
    ),
    "horizon-too-long": (
        "L'horizon compte {years} années ; {limit} au plus sont possibles.",
        "Vérifiez qu'il n'y a pas d'erreur dans les années.",
    ),
    "year-outside-horizon": (
        "L'année {year} se trouve hors de l'horizon, de {first} à {last}.",
        "Déplacez le montant dans l'horizon, ou élargissez /horizon.",
    ),
    "key-not-for-instrument": (
        "« {key} » n'a pas sa place sur l'instrument {instrument}.",
        "Supprimez-la, ou choisissez un instrument qui l'admet.",
    ),
    "concentration-of-unlimited": (
        "Une part du montant ne dit rien d'une tranche illimitée.",
        'Donnez un montant à la tranche, ou employez "of": "allocated".',
    ),
    "matching-itself": (
        "La tranche « {tier} » figure des deux côtés de la règle d'abondement.",
        "Ne la nommez que d'un côté.",
    ),
    "cost-and-phases": (
        'Le candidat a à la fois "cost" et "phases".',
        "Placez le coût dans une phase, ou supprimez les phases.",
    ),
    "fraction-not-divisible": (
        '"least_fraction" demande un candidat divisible.',
        'Ajoutez "divisible": true, ou supprimez least_fraction.',
    ),
    "attribute-twice": (
        "L'attribut « {attribute} » figure sur le candidat {candidate} et de nouveau sur cette phase.",
        "Gardez-le à un seul endroit : sur le candidat, il compte une fois, avec la première phase.",
    ),
    "lock-contradicts": (
        "Exclusion d'avance ({what}) contraire à ce qui suit : {other}.",
        "Supprimez l'exclusion ou ce qui la contredit.",
    ),
    "committed-not-eligible": (
        "La tranche « {tier} » ne peut pas payer {candidate} ici, alors que son argent y est engagé.",
        "Corrigez l'éligibilité de la tranche ou l'engagement.",
    ),
    "committed-beyond-cost": (
        "{committed} millions d'euros sont engagés pour {year}, soit plus que le coût de cette année ({cost}).",
        "Abaissez l'engagement, ou corrigez le coût ou l'année.",
    ),
    "cost-twice": (
        'La phase a à la fois "cost" et "cost_since_start".',
        "Gardez cost si les années sont fixées ; gardez cost_since_start si le départ reste à décider.",
    ),
    "start-missing": (
        "Les coûts se comptent à partir d'un départ, et aucune fenêtre ne dit quand il peut avoir lieu.",
        'Ajoutez "start": {{"earliest": 2028, "latest": 2030}}, ou donnez le coût par année dans "cost".',
    ),
    "start-without-cost": (
        "Un départ est à décider, et aucun coût n'en dépend.",
        'Ajoutez "cost_since_start", ou supprimez "start" : les années fixées se donnent dans "cost".',
    ),
    "window-leaves-horizon": (
        "Avec un départ en {start}, la phase atteint {year}, hors de l'horizon de {first} à {last}.",
        "Resserrez la fenêtre, ou élargissez /horizon.",
    ),
    "after-nothing": (
        "Ceci est la première phase : aucune ne la précède.",
        'Supprimez "after_years".',
    ),
    "committed-without-start": (
        "Aucun départ de la fenêtre n'a un coût aussi élevé que l'argent engagé en chacune de ces années : {years}.",
        "Élargissez la fenêtre, ou corrigez l'engagement.",
    ),
    "rule-without-bound": (
        "La règle « {rule} » n'a pas de borne et ne dit rien.",
        "Ajoutez at_least ou at_most (ou leur part), ou supprimez la règle.",
    ),
    "bound-without-plan": (
        "« {bound} » demande un plan auquel comparer.",
        "Ajoutez « {plan} », ou supprimez « {bound} ».",
    ),
    "plan-without-bound": (
        "« {plan} » ne dit rien sans « {bound} ».",
        "Ajoutez « {bound} », ou supprimez « {plan} ».",
    ),
    "award-per-country": (
        "« {key} » n'a pas de sens par pays.",
        "Par pays, seul at_most borne la somme ; écrivez une autre règle par candidat pour le reste.",
    ),
    "requires-itself": (
        "Le candidat « {candidate} » dépend de lui-même.",
        'Retirez-le de "needs".',
    ),
    "named-twice": ("Un candidat est nommé deux fois.", "Nommez chacun une seule fois."),
    "attribute-lacking": (
        "Une moyenne ou un plancher demande l'attribut « {attribute} » de chaque candidat ; il manque à ceux-ci : {candidates}.",
        'Donnez-le-leur, ou restreignez la règle par "of".',
    ),
    "not-additive": (
        "L'attribut « {attribute} » n'est pas additif : son total n'a pas de sens.",
        'Bornez sa moyenne par "average_by", ou employez un autre attribut.',
    ),
    "average-lacks-value": (
        "{at} apporte un poids ({weight}) à la moyenne, mais pas de {attribute}.",
        "Donnez {attribute} à la phase, ou une seule fois au candidat.",
    ),
    "average-lacks-weight": (
        "{at} a son propre attribut {attribute}, mais {weight} figure sur le candidat, pour toutes les phases ensemble.",
        "Donnez {weight} phase par phase, comme {attribute}.",
    ),
    "negative-weight": (
        "La moyenne est pondérée par « {attribute} », qui est négatif pour {candidate}.",
        "Pondérez par un attribut positif ou nul.",
    ),
    "term-needs-key": ("Le terme « {term} » demande « {key} ».", "Ajoutez « {key} » au terme."),
    "term-has-no-key": ("Le terme « {term} » n'emploie pas « {key} ».", "Supprimez « {key} »."),
    "sense-unbounded": (
        "Le terme « {term} » avec le sens {sense} est sans borne.",
        'Supprimez "sense".',
    ),
    "tolerance-needs-stages": (
        "Une tolérance appartient à une étape, et un objectif pondéré n'a qu'une étape.",
        'Supprimez-la, ou employez "mode": "lexicographic".',
    ),
    "term-not-of-tier": (
        "La tranche « {tier} » ne compte pas dans « {term} ».",
        "Nommez une tranche qui compte : privée pour private_money, publique pour public_money, exposée pour expected_return.",
    ),
    "population-needs-country": (
        "Seuls les pays ont ici une population.",
        'Employez "group_by": "country", ou supprimez "per".',
    ),
    "population-unknown": (
        "La population de {country} n'est pas connue.",
        "Ajoutez-la sous /countries/{country}/population, en millions.",
    ),
    "no-group": (
        "Aucun candidat n'a {group_by}, si bien qu'il n'y a aucun groupe à servir.",
        "Donnez-le aux candidats, ou groupez par candidat.",
    ),
    "seniority-missing": (
        "Dans une cascade, chaque tranche qui supporte des pertes a son rang, et {tier} n'en a pas.",
        'Ajoutez "seniority": 0 à la tranche qui perd en premier, puis 1, 2…',
    ),
    "needs-risk": (
        "« {what} » traite de pertes, et rien ne dit comment elles surviennent.",
        'Ajoutez /risk, par exemple {{"model": "gaussian_copula"}}.',
    ),
    "key-not-for-model": (
        "« {key} » n'appartient pas au modèle de risque {model}.",
        "Supprimez-la, ou choisissez l'autre modèle.",
    ),
    "too-many-draws": (
        "{draws} tirages de tous les candidats demandent trop de mémoire.",
        "Demandez-en {most} ou moins.",
    ),
    "correlation-beyond-one": (
        "La corrélation {own} (au plus, par la formule de Bâle) et celle du pays, {country}, dépassent 1 ensemble.",
        "Abaissez l'une des deux.",
    ),
    "table-missing": (
        "Le modèle de risque est un tableau, et il ne contient pas de pertes.",
        'Ajoutez "losses" : les parts perdues par candidat, une par tirage.',
    ),
    "table-ragged": (
        "Les listes du tableau sont de longueurs différentes : {lengths}.",
        "Donnez à chaque candidat, et aux probabilités, un nombre par tirage.",
    ),
    "probabilities-sum": ("La somme des probabilités est {total}.", "Faites en sorte qu'elle soit 1."),
    "loss-beyond-one": ("Une perte de {value} dépasse le tout.", "Écrivez des parts de 0 à 1."),
    "gain-in-waterfall": (
        "{value} est un gain, qui n'a pas de place dans une cascade.",
        'Employez "loss_sharing": "pari_passu", ou écrivez 0.',
    ),
    "guarantee-needs-key": (
        "La garantie « {tier} » n'indique pas « {key} ».",
        'Ajoutez "covers", les tranches dont elle répond, et "cover_share", la plus grande part de leur argent qu\'elle couvre.',
    ),
    "covers-no-losses": (
        "Une garantie couvre de l'argent qui peut être perdu, ce qui n'est pas le cas de « {tier} » ({instrument}).",
        "Nommez des tranches de fonds propres, de quasi-fonds propres ou de prêts.",
    ),
    "covered-twice": (
        "Les garanties {guarantees} couvrent ensemble une part de {share} de l'argent de « {tier} » : plus qu'il n'y en a.",
        "Ramenez la somme de leurs cover_share à 1.",
    ),
    "provision-of-nothing": (
        "Au moins {at_least} millions d'euros sont à provisionner, et un provision_rate de 0 ne provisionne rien.",
        "Supprimez at_least, ou relevez provision_rate.",
    ),
    "guarantee-in-matching": (
        "La garantie « {tier} » ne paie aucun coût : elle n'abonde rien et rien ne l'abonde.",
        "Retirez-la de la règle d'abondement ; bornez son montant par une règle du genre money ou award.",
    ),
    "guarantee-without-order": (
        "Pari passu, il n'y a pas d'ordre des pertes, et c'est l'ordre qui dit quand la garantie « {tier} » paie.",
        'Employez "loss_sharing": "waterfall" avec un rang (seniority) par tranche, ou supprimez la garantie.',
    ),
    "guarantee-beside-pool": (
        "Au rang {seniority}, la garantie partagerait les pertes avec {tiers}, qu'elle ne couvre pas.",
        "Donnez-lui un rang à elle, sous les tranches qu'elle couvre et au-dessus de celles qui perdent avant qu'elle ne paie.",
    ),
    "misplaced-cover": (
        "Dans une cascade, une garantie protège toutes les tranches au-dessus d'elle et aucune autre ; covers dit autre chose de ces tranches : {tiers}.",
        "Couvrez exactement les tranches au-dessus d'elle ({above}), ou changez son rang.",
    ),
    "calls-beyond-provision": (
        "La garantie « {tier} » est appelée en moyenne pour {mean} millions d'euros, et {provision} sont provisionnés pour elle.",
        "Relevez provision_rate, ou ajoutez une première perte sous la garantie.",
    ),
    "worst-calls-beyond-provision": (
        "La garantie « {tier} » est appelée en moyenne pour {mean} millions d'euros, et pour {worst} dans le pire 1 % des cas ; "
        "{provision} sont provisionnés pour elle.",
        "Rien, si un autre budget tient alors la promesse ; sinon, relevez provision_rate, ou ajoutez une première perte sous elle.",
    ),
    "probability-beside-table": (
        "Le tableau dit comment le candidat échoue ; sa failure_probability serait ignorée.",
        "Supprimez-la.",
    ),
    "levels-disagree": (
        "Ces tranches ont le même rang et forment un niveau, mais n'ont pas les mêmes limites, ou seules certaines ont un rendement exigé : {tiers}.",
        "Donnez-leur les mêmes limites et à chacune son rendement exigé, ou des rangs différents.",
    ),
    "unknown-level": (
        "Il n'existe pas de niveau {level}.",
        "Nommez l'un des rangs : {known} ; pari passu, aucun.",
    ),
    "level-empty": (
        "Le niveau de {tiers} ne contient pas d'argent dans ce plan, et sa limite de {kind}, qui est une part de rien, ne laisse aucune perte dépasser les {attachment} millions d'euros au-dessous : l'argent au-dessus est protégé comme si le niveau existait.",
        'Donnez de l\'argent au niveau ("at_least" dans son montant), employez "of": "level_and_above", ou retirez la tranche ou sa limite.',
    ),
    "level-may-be-empty": (
        "La limite de {tier} est une part de son propre argent. Si la tranche n'en contient pas, aucune perte ne peut non plus atteindre les niveaux au-dessus.",
        'Si la tranche peut rester vide, employez "of": "level_and_above" dans une limite cvar, ou retirez la limite pour voir si elle est en cause.',
    ),
    "level-loses-more": (
        "La limite de {kind} vaut pour ce niveau et tous ceux au-dessus pris ensemble, et le niveau lui-même ({tiers}) perd {own} de son argent, soit plus que {at_most}.",
        'Employez "of": "level" si c\'est le niveau lui-même qui est visé.',
    ),
    "pool-empty": (
        "Aucune tranche n'est exposée à des pertes : le modèle de risque ne change rien.",
        "Rien, ou ajoutez une tranche de fonds propres ou de prêts.",
    ),
    "stress-kind-or-patch": (
        'Un test de résistance a soit un "kind", soit un "patch" ; celui-ci a : {found}.',
        'Écrivez un genre (chip_price_fall, delay, country_failure, budget_refused) avec ses clés, ou "patch": {{…}}.',
    ),
    "stress-needs-key": (
        "Le test de résistance {kind} demande « {key} ».",
        "Ajoutez « {key} » au test de résistance.",
    ),
    "stress-has-no-key": ("Le test de résistance {kind} n'emploie pas « {key} ».", "Supprimez « {key} »."),
    "stress-not-public": (
        "La tranche « {tier} » n'est pas publique : aucun budget public ne la paie.",
        "Nommez des tranches publiques, ou supprimez la clé pour les viser toutes.",
    ),
    "stress-with-gains": (
        "Le tableau des pertes contient des gains, qu'une baisse du prix des sûretés augmenterait elle aussi.",
        "Écrivez les pertes sous tension dans un patch de /risk/losses.",
    ),
    "stress-changes-question": (
        "Le test de résistance change {what} : le plan ne pourrait être ni maintenu ni comparé.",
        "Un test de résistance change ce qui arrive au plan : montants, années, probabilités, limites. Pour une autre question, employez une variante.",
    ),
    "delay-keeps-table": (
        "Un tableau dit comment les sites échouent, quelle que soit la date de construction : le retard déplace les coûts et l'argent, et les pertes demeurent.",
        "Rien, ou écrivez les pertes d'une durée plus longue dans un patch de /risk/losses.",
    ),
    # warnings
    "unfinanceable": (
        "Le coût est de {cost} millions d'euros ; l'apport promis et les parts des tranches qui peuvent payer en permettent {most} au plus.",
        "Relevez l'apport promis ou une part, ou laissez une autre tranche payer ; en l'état, ceci ne peut pas être financé en totalité.",
    ),
    "unfinanceable-together": (
        "Chaque phase peut être payée, mais toutes ensemble demandent {needed} millions d'euros du consortium, et l'apport promis est de {pledge}.",
        "Relevez l'apport promis ou une part ; en l'état, toutes les phases ne peuvent pas être financées en totalité.",
    ),
    "never-late-enough": (
        "La phase débute en {start} au plus tard, soit moins de {years} ans après {earlier}, qui débute en "
        "{earlier_start} au plus tôt : les deux ne sont jamais financées ensemble.",
        "Laissez-la débuter plus tard, laissez {earlier} débuter plus tôt, ou abaissez after_years.",
    ),
    "free-private": (
        "L'apport promis est illimité et aucune part publique minimale n'est demandée : le candidat n'a besoin d'aucun argent public.",
        "Limitez l'apport promis, ou fixez least_public_share au déficit de financement.",
    ),
    "concentration-too-tight": (
        "Un candidat peut recevoir une part de {share}, et la tranche peut payer {candidates} : ensemble, moins que le tout.",
        "Relevez la part, ou laissez la tranche payer davantage de candidats.",
    ),
    "share-met-by-zero": (
        "Une part d'au moins {share} est aussi respectée quand rien n'est dépensé.",
        "Ajoutez at_least si de l'argent doit être versé.",
    ),
    "ceiling-beyond-size": (
        "Le plafond {ceiling} dépasse le montant {size} et ne contraint rien.",
        "Vérifiez lequel des deux est voulu.",
    ),
    "ceilings-below-size": (
        "La somme des plafonds annuels est {ceiling}, inférieure au montant {size} : le reste ne peut pas être dépensé.",
        "Relevez un plafond, ou abaissez le montant.",
    ),
    "below-floor-excluded": (
        "{candidate} a pour {attribute} {value} {unit}, sous le plancher {floor} de {rule} : il est écarté.",
        "Corrigez le chiffre, ou abaissez le plancher.",
    ),
    "soft-finding": (
        "Un plancher qui n'est que signalé ne peut pas être enfreint : soft ne dit rien.",
        'Supprimez "soft", ou employez "effect": "exclude".',
    ),
    "below-floor": (
        "{candidate} a pour {attribute} {value} {unit}, sous le plancher {floor} de {rule} ; il reste en lice.",
        'Vérifiez le chiffre ; écrivez "effect": "exclude" pour l\'écarter.',
    ),
    "tier-for-nobody": ("La tranche « {tier} » ne peut payer aucun candidat.", 'Élargissez "eligible".'),
    "rule-on-nobody": (
        "La règle « {rule} » n'atteint aucun candidat.",
        'Élargissez "of", ou supprimez la règle.',
    ),
    "requires-cycle": (
        "Ces candidats dépendent les uns des autres : ils sont financés tous ensemble ou pas du tout : {candidates}.",
        "Rien, si c'est voulu.",
    ),
    "sizes-apart": (
        "{what} : {least} ici et {most} en {other} sont très éloignés.",
        "Vérifiez les unités ; les montants sont en millions d'euros.",
    ),
    "finer-than-a-euro": (
        "Les coûts de {years} ne sont pas un nombre entier d'euros ; ce qui est payé est arrondi à l'euro.",
        "Rien, ou écrivez des euros entiers (six décimales).",
    ),
    "seniority-without-losses": (
        "Le rang ordonne les pertes, et rien dans ce scénario ne compte de pertes.",
        "Rien : il est conservé et ne change aucune réponse.",
    ),
    "return-without-term": (
        "« {key} » compte dans le terme expected_return, que l'objectif n'a pas.",
        "Rien, ou ajoutez le terme.",
    ),
    "revolving-with-losses": (
        "Ceci compte l'argent exposé comme un seul montant, alors que l'encours de la tranche renouvelable « {tier} » change chaque année.",
        "Retirez la limite, le rendement exigé ou le terme, ou retirez revolving de la tranche.",
    ),
    "repaid-in-full": (
        "Rien ne dit comment les candidats échouent : ce que paie « {tier} » est compté comme remboursé en totalité.",
        "Rien, ou ajoutez /risk : les remboursements sont alors diminués de la perte moyenne de chaque candidat.",
    ),
    "exposed-at-once": (
        "L'état des pertes compte tout ce que paie « {tier} » comme dû en même temps, ce qui est prudent.",
        "Rien : les remboursements comptent bien dans ce qui peut être dépensé de nouveau, moins la perte moyenne de chaque candidat.",
    ),
    "repaid-too-late": (
        "Le premier argent qui revient à « {tier} » peut être dépensé en {year}, et le dernier coût est en {last}.",
        "Rien, si c'est voulu ; sinon, abrégez le différé, ou cherchez les coûts qui manquent.",
    ),
    "guarantee-not-needed": (
        "Aucune limite, aucun rendement exigé, aucun terme ni aucune règle ne demande la garantie « {tier} » : le plan n'en prend pas.",
        "Rien, ou ajoutez /risk avec une limite ou un rendement exigé sur les tranches qu'elle couvre.",
    ),
    "score-for-ranking": (
        "Le score sert aux stratégies qui classent ; cette réponse suit l'objectif.",
        "Rien, ou mettez les attributs notés dans l'objectif.",
    ),
    # the score
    "score-without-weights": (
        "Le score n'a pas de poids.",
        'Ajoutez "weights", ou "elicitation", dont ils découlent.',
    ),
    "score-weights-twice": (
        "Le score a des poids, et des jugements dont d'autres découleraient.",
        "Gardez l'un des deux.",
    ),
    "key-not-for-method": (
        "« {key} » n'appartient pas à la méthode {method}.",
        "Supprimez-la, ou choisissez l'autre méthode.",
    ),
    "method-needs-key": ("La méthode {method} demande « {key} ».", "Ajoutez « {key} »."),
    "swing-without-points": (
        "Aucun attribut n'a de points.",
        "Donnez 100 points à l'écart qui compte le plus.",
    ),
    "pair-twice": (
        "{attribute} et {over} sont un même attribut, ou ont déjà été comparés.",
        "Comparez chaque paire d'attributs une seule fois ; l'inverse en découle.",
    ),
    "pair-missing": ("Ces paires n'ont pas été comparées : {pairs}.", "Comparez chaque paire une fois."),
    "too-many-compared": (
        "{count} attributs sont comparés ; la cohérence n'est connue que pour {most} au plus.",
        "Comparez-en moins, ou employez des poids par écarts (swing).",
    ),
    "judgements-inconsistent": (
        "Les jugements se contredisent : leur ratio de cohérence est {ratio}, supérieur à 0,1. Les moins compatibles sont {a} sur {b}, "
        "{b} sur {c} et {a} sur {c}.",
        "Revoyez ces trois-là ; les poids découlent néanmoins de tous les jugements.",
    ),
    "range-without-weight": (
        "« {attribute} » a une étendue et pas de poids.",
        "Supprimez l'étendue, ou jugez l'attribut.",
    ),
    "range-empty": (
        "La pire et la meilleure valeur de « {attribute} » sont égales : son poids ne dit rien.",
        "Donnez une étendue dans laquelle il varie, ou laissez l'attribut de côté.",
    ),
    # strategies
    "unknown-strategy": ("Il n'existe pas de stratégie « {id} ».", "Nommez l'une de celles-ci : {known}."),
    "unknown-parameter": (
        "La stratégie {strategy} n'a pas de paramètre « {key} ».",
        "Elle a : {known}.",
    ),
    "bad-parameter": ("Le paramètre « {key} » ne peut pas être {found}.", "Écrivez {expected}."),
    "strategies-not-a-list": (
        "Les stratégies doivent être une liste ; ceci est : {found}.",
        'Écrivez une liste, comme ["optimise", "max-min"].',
    ),
    "strategy-needs-score": (
        "Un classement demande un score, et le scénario n'en a pas.",
        'Ajoutez /score, par exemple {{"weights": {{"points": 1}}}}.',
    ),
    "strategy-needs-risk": (
        "Il faudrait peser des pertes, et rien ne dit comment elles surviennent.",
        'Ajoutez /risk, par exemple {{"model": "gaussian_copula"}}.',
    ),
    "strategy-needs-public-loss": (
        "Aucun argent public n'est exposé à des pertes : il n'y a pas lieu d'être averse au risque.",
        "Laissez risk-averse de côté, ou ajoutez une tranche publique de fonds propres ou de prêts.",
    ),
    "strategy-needs-variants": (
        "Le scénario n'a pas de variante où un plan pourrait être regretté.",
        "Ajoutez /variants.",
    ),
    "key-without-countries": ("Aucun candidat n'a de pays.", "Donnez leur pays aux candidats."),
    "key-lacks-country": (
        "La clé de répartition ({key}) n'est pas connue pour : {countries}.",
        "Ajoutez-la sous /countries, ou donnez votre propre clé, avec tous les pays.",
    ),
    "key-sums-to-nothing": (
        "La clé de répartition vaut 0 pour tous les pays qui ont des candidats : {countries}.",
        "Donnez une part à l'un d'eux.",
    ),
    "key-of-unlimited": (
        "La tranche publique « {tier} » est illimitée : une part d'elle n'est pas une enveloppe.",
        "Donnez un montant à la tranche.",
    ),
    "strategy-gives-up": (
        "Le choix ne peut pas être payé en respectant toutes les règles sur la liste prise en entier ; celles-ci ont été abandonnées : {rules}.",
        "Voyez au certificat ce que le plan enfreint.",
    ),
    "quota-missed": (
        "La liste en compte {taken} pour ce quota, qui en demande au moins {at_least} et au plus {at_most}.",
        "Abaissez le quota, ou les seuils qui tiennent des candidats hors de la liste.",
    ),
    "pro-rata-share": (
        "Chaque candidat qui demande ({count}) reçoit {percent} % de ce qu'il demande.",
        "Rien : les sites construits en entier ou pas du tout enfreignent Y1 en deçà de 100 %, comme le dit le certificat.",
    ),
    "key-envelopes": ("Argent public par pays (millions d'euros) : {envelopes}.", "Rien."),
    "key-envelopes-raised": (
        "Relevées pour payer ce qui est décidé d'avance (millions d'euros) : {envelopes}.",
        "Rien, ou libérez un site.",
    ),
    "risk-averse-weight": (
        "Un million d'euros de perte publique dans les {percent} % de cas les pires pèse {weight} de l'objectif.",
        "Rien, ou donnez un autre poids : risk-averse:weight=…",
    ),
    "max-min-nothing": (
        "Quel que soit le choix, un pays ne reçoit rien. Autant de pays que possible sont servis : {count} sur {of}.",
        "Rien.",
    ),
    "robust-world-without-plan": (
        "Dans la variante « {world} », aucun plan n'est possible : elle est laissée de côté.",
        "Corrigez son patch si elle doit compter.",
    ),
    "robust-no-common-choice": (
        "Aucun choix de sites n'est possible dans chacune de ces variantes : {worlds}.",
        "Abandonnez une variante, ou assouplissez les règles incompatibles.",
    ),
    "robust-regret": (
        "Le plus grand regret sur les {count} mondes est de {regret} de l'objectif (dans « {world} ») : aucun choix de sites ne fait mieux.",
        "Rien.",
    ),
    "result-unreadable": (
        "Le résultat ne peut pas être lu : {reason}.",
        "Donnez le JSON d'un résultat tel qu'il a été enregistré.",
    ),
    "weight-without-sum": (
        "Un poids ne change rien là où les termes sont pris l'un après l'autre.",
        'Supprimez-le, ou employez "mode": "weighted".',
    ),
    "named-twice-in-order": (
        "Une tranche figure deux fois dans l'ordre ; la première place compte.",
        "Nommez chaque tranche une fois.",
    ),
    # plans
    "plan-not-an-object": (
        'Un plan est un objet avec "money" ; ceci est : {found}.',
        'Donnez {{"money": […]}}, comme dans un résultat.',
    ),
    "plan-unknown": (
        "Le plan nomme {what} « {id} », que le scénario n'a pas.",
        "Nommez parmi : {known}.",
    ),
    "plan-no-cost": (
        "Le plan paie {candidate}, phase {phase}, en {year}, alors qu'elle ne coûte rien.",
        "Déplacez l'argent vers une année où il y a un coût.",
    ),
    "plan-start-unknown": (
        "Le plan ne dit pas quand débute {candidate}, phase {phase}, et son argent convient à chacune de ces années : {starts}.",
        'Indiquez-le : {{"id": "{candidate}", "starts": {{"{phase}": {first}}}}} sous "candidates".',
    ),
    "plan-start-none": (
        "Aucun départ de la fenêtre de {candidate}, phase {phase}, n'a de coût en chacune des années payées : {years}.",
        'Déplacez l\'argent, ou indiquez un autre départ sous "candidates".',
    ),
    "plan-start-fixed": (
        "La phase {phase} de {candidate} a des années fixées ; aucun départ n'est à décider.",
        'Retirez-la de "starts".',
    ),
    "plan-cell-twice": ("Ce montant figure deux fois dans le plan.", "Faites la somme des deux."),
    "plan-negative": ("Le montant {amount} est négatif.", "Écrivez 0 ou plus."),
    "plan-fraction": (
        "La fraction {fraction} n'est pas entre 0 et 1.",
        "Écrivez une part, 1 pour un financement en totalité.",
    ),
    # soft rules
    "soft-at-least-broken": (
        "{rule} : {reached} atteints sur {asked}{unit}.",
        "Rien, si cela suffit ; un nombre plus petit dans sa priorité la fait céder plus tard.",
    ),
    "soft-at-most-broken": (
        "{rule} : {reached}{unit}, pour {asked} au plus demandés.",
        "Rien, si cela suffit ; un nombre plus petit dans sa priorité la fait céder plus tard.",
    ),
    "soft-rule-broken-often": (
        "{rule} : enfreinte à {places} endroits, de {total}{unit} en tout, le plus en {worst}.",
        "Rien, si cela suffit ; un nombre plus petit dans sa priorité la fait céder plus tard.",
    ),
    # studies
    "set-aside": (
        "« {key} » ne change rien ici : la clé relève d'une autre question.",
        "Rien, ou posez-la : investai robustness FILE {option}.",
    ),
    "variant-without-probability": (
        "La variante {variant} n'a pas de probabilité, et d'autres en ont une.",
        "Donnez une probabilité à chaque variante, ou à aucune.",
    ),
    "unknown-decision": (
        "Il n'existe pas de phase « {id} » à décider.",
        "Nommez candidat/phase, parmi : {known}.",
    ),
    "uncertain-twice": ("Le nombre en {pointer} est incertain deux fois.", "Gardez l'un des deux."),
    "uncertain-without-range": (
        "Un nombre incertain demande une étendue, et « {key} » manque.",
        'Donnez "low" et "high".',
    ),
    "uncertain-not-an-input": (
        "Ce qui figure ici n'est pas une donnée dont dépend la réponse.",
        "Désignez un nombre sous l'un de ces pointeurs : {known}.",
    ),
    "uncertain-not-a-number": (
        "On trouve ici {found}, et non un nombre.",
        "Désignez un nombre que le scénario énonce.",
    ),
    "uncertain-outside": (
        "La valeur {value} est hors de sa propre étendue, de {low} à {high}.",
        "Corrigez l'étendue ; une loi triangulaire doit contenir son sommet, la valeur.",
    ),
    "uncertain-impossible": (
        "À {value}, le scénario n'est pas valide : {reason}",
        "Resserrez l'étendue pour que le scénario y reste valide partout.",
    ),
    "robustness-nothing": (
        "Le scénario n'a ni nombres incertains ni variantes, et aucun tirage de poids n'est demandé.",
        'Ajoutez "uncertain" ou "variants" au scénario, ou demandez des tirages de poids (--weights 100).',
    ),
    "weights-nothing": (
        "Il n'y a pas de score, ou il n'a qu'un poids ; le classement ne peut pas en changer.",
        'Donnez au scénario un "score" à deux poids, ou tirez les poids de l\'objectif.',
    ),
    "weights-one-term": (
        "L'objectif n'a qu'un terme : aucun poids ne peut changer la réponse.",
        "Ajoutez un terme, ou tirez les poids du score.",
    ),
    "budget-needs-range": (
        "La tranche {tier} est illimitée : son montant n'a ni moitié ni double.",
        "Indiquez les deux bornes du parcours.",
    ),
    "study-open": (
        "La limite de temps de {seconds} s a mis fin à l'étude : {done} faits sur {all}.",
        "Relevez /solver/time_limit_s, ou demandez-en moins.",
    ),
    "two-stage-needs-variants": (
        "Deux étapes demandent des variantes ayant chacune une probabilité ; il y en a {count}.",
        'Ajoutez "variants", chacune avec une "probability" et un "patch".',
    ),
    "two-stage-needs-decisions": (
        "Rien ne dit ce qui se décide maintenant, avant que la variante soit connue.",
        'Ajoutez "decisions": {{"now": ["candidate/phase", …]}}.',
    ),
    "decision-not-in-variant": (
        "La variante {variant} n'a pas la phase {decision}, qui se décide maintenant.",
        "Excluez la phase dans la variante au lieu de la supprimer.",
    ),
    "variant-infeasible": (
        "Si {variant} se réalise, aucun plan ne respecte toutes les règles, quoi qu'on décide maintenant.",
        "Assouplissez dans la variante ce qui ne peut pas y être respecté, ou laissez-la de côté.",
    ),
    "soft-broken-further": (
        "Les plans comparés enfreignent les règles souples inégalement : {measure} comparerait ce qui n'est pas comparable, et n'est pas donné.",
        "Voyez les règles souples dans les résultats, ou rendez-les impératives.",
    ),
    "mean-undefined": (
        "Les variantes diffèrent par autre chose que des nombres, ou leur moyenne n'est pas un scénario valide : {reason} ; il n'y a donc pas de plan pour la moyenne auquel comparer.",
        "Rien : toutes les autres mesures sont valables.",
    ),
    "frontier-needs-terms": (
        "Une frontière s'étend entre deux termes, et l'objectif n'en a qu'un : {own}.",
        "Nommez-en deux, comme attribute:chips et public_money.",
    ),
    "frontier-first-two": (
        "L'objectif a plus de deux termes ({names}) ; la frontière s'étend entre les deux premiers.",
        "Rien, ou nommez-en deux.",
    ),
    "frontier-not-two": (
        "Une frontière s'étend entre deux termes.",
        "Donnez une liste de deux termes, comme attribute:chips et public_money.",
    ),
    "frontier-same-term": ("Les deux termes sont {term}.", "Nommez-en un autre."),
    "frontier-not-whole": (
        "Aucun des deux termes ne varie par pas entiers : il peut y avoir une infinité de points entre deux points.",
        "Demandez un nombre de points, ou un terme qui compte un attribut de candidats indivisibles.",
    ),
    "not-in-range": (
        "On trouve {found} là où il faut un nombre de {least} à {most}.",
        "Écrivez un nombre dans cet intervalle.",
    ),
    "not-whole-in-range": (
        "On trouve {found} là où il faut un nombre entier de {least} à {most}.",
        "Écrivez un nombre entier dans cet intervalle.",
    ),
    "frontier-open": (
        "La limite de temps de {seconds} s a mis fin à la recherche : les points marqués comme non prouvés peuvent être dépassés, et il peut y en avoir d'autres là où cela est indiqué.",
        "Relevez /solver/time_limit_s, ou demandez moins de points.",
    ),
    # solving
    "keep-unproven": (
        "La limite de temps a mis fin à la recherche du moins de changements ; ce plan change peut-être plus que nécessaire.",
        "Relevez /solver/time_limit_s.",
    ),
    "infeasible": (
        "Aucun plan ne respecte toutes les règles.",
        "Demandez quelles règles sont incompatibles et la réparation la moins coûteuse : investai repair, ou POST /v1/repairs.",
    ),
    "unbounded-objective": (
        "L'objectif peut croître sans limite.",
        "Donnez une limite à une tranche, un apport promis ou un attribut illimité.",
    ),
    "search-stopped": (
        "La recherche a été arrêtée sur demande ; voici le meilleur plan qu'elle avait trouvé.",
        "Soumettez de nouveau le scénario pour chercher jusqu'au bout.",
    ),
    "tie-break-unfinished": (
        "Plusieurs plans se valent ; la recherche de celui que le départage préfère a été interrompue.",
        "Rien : le plan est optimal. Une autre version peut nommer un autre plan équivalent.",
    ),
    "polish-failed": (
        "Le plan trouvé n'a pas pu être rendu exact ; il a été recherché de nouveau sans cela.",
        "Rien : le certificat montre ce qui est respecté.",
    ),
    "certificate-fails": (
        "Le plan arrondi enfreint une règle de plus que l'arrondi ne le permet : {rules}.",
        "Voyez le certificat ; des nombres d'ordres de grandeur très différents en sont la cause habituelle.",
    ),
    "time-limit": (
        "La limite de temps de {seconds} s a mis fin à la recherche ; le plan est le meilleur trouvé jusque-là, à {gap} au plus du meilleur possible.",
        "Relevez /solver/time_limit_s, ou acceptez un écart par /solver/mip_gap.",
    ),
    "time-limit-no-plan": (
        "La limite de temps de {seconds} s a mis fin à la recherche avant qu'un plan soit trouvé.",
        "Relevez /solver/time_limit_s.",
    ),
    "solver-failed": (
        "Le solveur a renoncé : {reason}.",
        "Cherchez des nombres d'ordres de grandeur très différents ; essayez une autre unité.",
    ),
}

_REASONS: dict[str, str] = {
    "funded": "Financé en totalité : il fait partie du meilleur plan.",
    "funded-locked": "Financé parce qu'il était imposé d'avance.",
    "funded-committed": "Financé parce que de l'argent lui était déjà engagé.",
    "funded-in-part": "Financé en partie ({fraction} de sa première phase) : aucun plan trouvé qui le finance davantage n'est meilleur.",
    "funded-some-phases": "Financé en totalité jusqu'à la phase {last} : aucun plan trouvé qui le finance davantage n'est meilleur.",
    "locked-out": "Non financé : il était exclu d'avance.",
    "below-floor": "Non financé : son attribut {attribute}, de {value}, est sous le plancher de {floor} ({rule}).",
    "not-eligible": "Non financé : aucune tranche ne peut le payer, et son propre apport promis de {pledge} millions d'euros ne couvre pas son coût de {cost}.",
    "unfinanceable": "Non financé : apport promis, montants, tickets et parts permettent {most} millions d'euros au plus, et il en coûte {cost}.",
    "rival-funded": "Non financé : incompatible avec {rivals}, qui est financé ({rule}).",
    "needs-other": "Non financé : il dépend de {needs}, qui n'est pas financé ({rule}).",
    "no-place-left": "Non financé : les {places} places de {rule} sont toutes prises.",
    "no-money-left": "Non financé : il a besoin de {needed} millions d'euros de tranches auxquelles il en reste {left} ({tiers}).",
    "no-change-left": "Non financé : {rule} permet {changes} changements par rapport au plan publié, et c'en serait un de plus.",
    "limit-reached": "Non financé : avec lui, {rule} serait dépassé.",
    "adds-nothing": "Non financé : il n'apporte rien à l'objectif.",
    "outranked": "Non financé : aucun plan trouvé qui le finance n'est meilleur que le plan choisi.",
    "not-in-plan": "Non financé dans ce plan.",
    "in-plan": "Financé dans ce plan.",
    "list-taken": "Financé : place {place} de la liste, avec {points} points.",
    "list-beforehand": "Financé parce que cela était décidé d'avance.",
    "list-no-money": "Non financé : après ceux qui le précèdent sur la liste, l'argent ne suffit plus.",
    "list-barred": "Non financé : avec ceux qui le précèdent sur la liste, {rule} serait enfreint ({label}).",
    "list-below-threshold": "Non financé : son attribut {attribute} est sous le seuil de {least}.",
    "list-below-total": "Non financé : {points} points, alors qu'il en faut {least}.",
    "list-quota": "Non financé : les {places} places de son quota sont toutes prises.",
    "list-after-cut": "Non financé : place {place} de la liste, avec {points} points, une fois l'argent épuisé.",
    "share-of-ask": "Reçoit {percent} % de ce qu'il demande, comme tous.",
    "share-none": "Ne reçoit rien.",
    "key-taken": "Financé sur l'enveloppe de {country} ({envelope} millions d'euros).",
    "key-no-money": "Non financé : avec ceux qui le précèdent, l'enveloppe de {country} ({envelope} millions d'euros) ou une tranche ne suffit pas.",
}

_SERVICE: dict[str, tuple[str, str]] = {
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

_PROBLEMS: dict[str, tuple[str, str, str]] = {
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

_LABELS: dict[str, str] = {
    "F1": "ressources égales aux emplois",
    "F2": "apport promis et part minimale du consortium",
    "F3": "part publique minimale",
    "B1": "montant de la tranche",
    "B2": "plafonds annuels",
    "B3": "montant et plafonds d'une tranche renouvelable",
    "S1": "part de la tranche dans le coût",
    "S2": "part publique du coût",
    "S3": "abondement",
    "S4": "tickets",
    "S5": "concentration",
    "S6": "éligibilité",
    "S7": "limites d'attribution",
    "Y1": "sites entiers, fraction minimale",
    "Q1": "ordre des phases",
    "N1": "nombre de sites",
    "G1": "argent à un groupe",
    "A1": "total ou moyenne d'un attribut",
    "A2": "plancher d'un attribut",
    "L1": "sites qui s'excluent",
    "L2": "sites qui dépendent d'autres",
    "L3": "décisions préalables et argent engagé",
    "T1": "années de départ",
    "T2": "proximité du plan publié",
    "GU": "ce qu'une garantie peut couvrir",
    "O1": "ordre des tranches",
    "E1": "plancher d'une étape de l'objectif",
    "W1": "décompte des pertes du portefeuille",
    "R1": "rendement exigé du niveau",
    "R2": "limite de la perte moyenne",
    "R3": "limite de la moyenne des pires pertes",
    "objective": "l'objectif",
}

_EXPLAIN: dict[str, str] = {
    # rules in the user's words
    "rule.F2.at_most": "le consortium de {rule} paie au plus {value}",
    "rule.F2.at_least": "le consortium lui-même paie au moins {value} du coût de chaque phase ({rule})",
    "rule.F2.at_most.many": "ce que promettent les consortiums de {count} sites",
    "rule.F2.at_least.many": "la part minimale que {count} consortiums paient du coût de leur propre site",
    "rule.F3.at_least.many": "la part publique minimale de {count} sites",
    "rule.S2.at_most.many": "la part publique maximale de {count} sites",
    "rule.F3.at_least": "l'argent public paie au moins {value} du coût de chaque phase ({rule})",
    "rule.B1.at_most": "la tranche {rule} dispose de {value}",
    "rule.B1.at_least": "la tranche {rule} dépense au moins {value}",
    "rule.B2.at_most": "la tranche {rule} peut inscrire au plus {value} ({pointer})",
    "rule.B3.at_most": "la tranche {rule} peut avoir au plus {value} d'encours ({pointer})",
    "rule.GU.at_most": "la garantie {rule} couvre au plus {value} de ce dont elle répond",
    "rule.T2.at_most": "{rule} : {value} au plus peuvent changer",
    "rule.S1.at_most": "la tranche {rule} paie au plus {value} du coût d'une phase",
    "rule.S2.at_most": "l'argent public paie au plus {value} du coût d'une phase ({rule})",
    "rule.S3.at_least": "{rule} : au moins {value} euros pour chaque euro abondé",
    "rule.S4.at_most": "la tranche {rule} paie au plus {value} à un site",
    "rule.S4.at_least": "la tranche {rule} paie au moins {value} à un site, ou rien",
    "rule.S5.at_most": "un site prend au plus {value} de la tranche {rule}",
    "rule.S7.at_most": "{rule} : une attribution de {value} au plus",
    "rule.S7.at_least": "{rule} : une attribution de {value} au moins",
    "rule.S7.at_most_share": "{rule} : une attribution de {value} au plus du coût de la phase",
    "rule.S7.at_least_share": "{rule} : une attribution de {value} au moins du coût de la phase",
    "rule.N1.at_most": "{rule} : {value} sites au plus",
    "rule.N1.at_least": "{rule} : {value} sites au moins",
    "rule.G1.at_most": "{rule} : {value} au plus au groupe",
    "rule.G1.at_least": "{rule} : {value} au moins au groupe",
    "rule.G1.at_most_share": "{rule} : {value} au plus de l'argent au groupe",
    "rule.G1.at_least_share": "{rule} : {value} au moins de l'argent au groupe",
    "rule.A1.at_most": "{rule} : {value} au plus",
    "rule.A1.at_least": "{rule} : {value} au moins",
    "rule.A2.rule": "{rule} : les sites sous le plancher sont écartés",
    "rule.L1.at_most": "{rule} : {value} au plus des sites rivaux",
    "rule.L2.rule": "{rule} : un site dépend d'autres",
    "rule.L3.in": "{rule} est imposé d'avance",
    "rule.L3.out": "{rule} est exclu d'avance",
    "rule.L3.committed": "de l'argent est engagé pour {rule}",
    "rule.L3.at_least": "{value} sont engagés pour {rule}",
    "rule.T1.rule": "les phases de {rule} débutent à quelques années d'intervalle",
    "rule.R1.at_least": "{rule} doit rapporter {value} par an",
    "rule.R2.at_most": "{rule} perd au plus {value} en moyenne",
    "rule.R3.at_most": "{rule} perd au plus {value} dans les pires cas",
    # changes
    "explain.change.too-high": "{text} : {by} de trop ; {after} convient",
    "explain.change.too-low": "{text} : {by} trop peu ; {after} convient",
    "explain.change.money": "{text} : il manque {by}, argent que quelqu'un doit trouver ; {after} convient",
    "explain.change.lifted": "{text} : à lever",
    # the letter about a country
    "letter.opening": "Le plan pour « {scenario} » finance {funded} sites : {names}.",
    "letter.funded": "Pays {country} : {site} est financé à hauteur de {money} par les tranches du fonds.",
    "letter.replaced": "Sans {site}, le meilleur plan financerait à la place {others}, et changerait ainsi : {lost}.",
    "letter.not-replaced": "Sans {site}, aucun autre site n'entrerait à sa place ; le plan changerait ainsi : {lost}.",
    "letter.site": "Un site a été proposé pour le pays {country} : {sites}.",
    "letter.sites": "{count} sites ont été proposés pour le pays {country} : {sites}.",
    "letter.reason": "{site}. {reason}",
    "letter.price": "Le meilleur plan qui comporte un site dans le pays {country} finance {site}. Le résultat changerait ainsi : {lost}.",
    "letter.displaces": "En contrepartie, le plan renoncerait à {others}.",
    "letter.displaces-nobody": "Il ne faudrait renoncer à aucun autre site.",
    "letter.as-good": "Un plan avec {site} vaut exactement celui qui a été choisi ; en contrepartie, ce plan renoncerait à "
    "{others}. Seul l'ordre fixé pour départager les plans équivalents a tranché.",
    "letter.rules": "Aucun plan qui respecte toutes les règles ne peut financer {site}. Ce qui s'y oppose : {rules}.",
    "letter.rules-unknown": "Aucun plan qui respecte toutes les règles ne peut financer {site}.",
    "letter.no-tier": "Aucune tranche du fonds ne peut payer un site dans le pays {country} : leurs listes de pays, d'étiquettes ou "
    "de sites éligibles l'excluent ({tiers}).",
    "letter.no-candidate": "Aucun site n'a été proposé pour le pays {country} : il n'y en avait donc aucun à choisir.",
    "letter.may-pay": "Les règles ne s'y opposeraient pas : ces tranches peuvent y payer un site : {tiers}.",
    "letter.none-may-pay": "Et, en l'état des règles, aucune tranche ne pourrait le payer : toutes sont réservées à d'autres pays.",
    "letter.to-beat": "Un site y devrait offrir plus que {site} (coût : {cost}), le site financé dont l'absence se ferait "
    "le moins sentir : {lost}.",
    "letter.closed": "Ces tranches ne peuvent pas payer dans le pays {country}, d'après leur liste de pays éligibles : {tiers}.",
    "letter.unknown": "Le temps accordé n'a pas permis de savoir s'il existe un plan avec un site dans le pays {country}.",
    "letter.closing": "Ceci résulte d'un calcul et non d'une appréciation : il est prouvé que le plan est le meilleur au regard des "
    "règles et des chiffres donnés, et chaque comparaison ci-dessus porte sur le meilleur plan de son espèce.",
    "letter.closing-unproven": "La limite de temps a mis fin à la recherche : le plan est le meilleur trouvé jusque-là.",
    "letter.worse": "{term} : de {before} à {after} (moins bien de {share})",
    "letter.better": "{term} : de {before} à {after} (mieux de {share})",
    "letter.nothing": "rien n'est perdu",
    "letter.nothing-lost": "sans lui, rien ne serait perdu",
    "letter.nobody": "aucun site",
    "explain.change.dropped": "{text} : supprimez la règle, qu'aucun nombre à elle ne peut assez assouplir",
}
"""Rules and changes, in the words of a sentence."""

_CLI: dict[str, str] = {
    "exported-template": "{file} : un classeur à remplir.",
    "exported-workbook": "{file} : le scénario sous forme de classeur.",
    "usage.export-file": "nommez le scénario dont il faut écrire le modèle ou le classeur.",
    "usage.needs-openpyxl": "les classeurs s'écrivent avec openpyxl : installez investai-optimiser[xlsx].",
    "usage.template": "--template ne demande ni FILE ni modèle : indiquez --xlsx PATH.",
    "workbook.read-me": "Un scénario d'InvestAI Optimiser sous forme de classeur\nChaque feuille est un tableau ; la première ligne nomme ses colonnes, avec leurs unités. Les montants sont en millions d'euros, les parts vont de 0 à 1.\nUne cellule vide vaut la valeur par défaut. 'unlimited' signifie sans limite.\nLes listes d'identifiants, d'étiquettes et de pays s'écrivent avec des virgules ; les hypothèses une par ligne (Alt+Entrée).\nLa feuille Scenario contient des clés et des valeurs ; chaque ligne des autres feuilles est un membre de sa liste.\nLes lignes de Costs, Ceilings et autres nomment par son identifiant ce à quoi elles appartiennent : tranche, candidat, phase, règle.\nDans Costs et Candidate attributes, une ligne sans phase appartient au candidat lui-même.\nLes lignes de Losses et de Probabilities suivent l'ordre des tirages.\nLes colonnes marquées JSON contiennent ce qui ne tient dans aucune autre cellule. Un texte qui commence par un guillemet est aussi du JSON.\nLes formules comptent par la valeur que le tableur a enregistrée. Les dates et les cellules fusionnées sont refusées.\nLes feuilles, colonnes et clés qui commencent par # sont à vous et ne sont pas lues.",
    "batch.title": "Lot",
    "batch.succeeded": "Les {total} scénarios ont tous un résultat.",
    "batch.partially_failed": "{succeeded} scénarios sur {total} ont un résultat ; {failed} n'en ont pas.",
    "batch.failed": "Aucun des {total} scénarios n'a de résultat.",
    "batch.interrupted": "Interrompu : {succeeded} scénarios sur {total} ont un résultat, {failed} ont échoué, "
    "{unfinished} restent à traiter.",
    "batch.way.optimal": "optimal",
    "batch.way.infeasible": "aucun plan ne respecte toutes les règles",
    "batch.way.time_limit": "arrêté à la limite de temps",
    "batch.way.unbounded": "sans borne",
    "batch.way.error": "échec du solveur",
    "batch.way.failed": "sans résultat",
    "batch.way.unfinished": "non commencé ou non achevé",
    "batch.column.scenarios": "scénarios",
    "batch.column.scenario": "scénario",
    "batch.column.reason": "pourquoi il n'y a pas de résultat",
    "batch.failures": "Sans résultat",
    "batch.more-failed": "… et {count} de plus ; summary.csv les contient tous.",
    "batch.took": "{new} résolus, {skipped} déjà connus, en {seconds} s ({rate} par seconde).",
    "batch.rate": "{rate} par seconde",
    "batch.resume": "Lancez de nouveau la même commande pour reprendre ici.",
    "batch.damaged": "{count} résultats conservés étaient endommagés et sont résolus de nouveau.",
    "usage.batch-empty": "il n'y a ici aucun scénario",
    # outcome
    "outcome.optimal": "Le meilleur plan, preuve à l'appui : aucun autre plan ne fait mieux.",
    "outcome.within-gap": "Aussi bon que demandé : à {gap} au plus du meilleur possible.",
    "outcome.time_limit": "La limite de temps a mis fin à la recherche. Voici le meilleur plan trouvé, à {gap} au plus du meilleur possible.",
    "outcome.time_limit-unknown": "La limite de temps a mis fin à la recherche. Voici le meilleur plan trouvé ; sa distance au meilleur "
    "possible n'est pas connue.",
    "outcome.no-plan": "La limite de temps a mis fin à la recherche avant qu'un plan soit trouvé.",
    "outcome.infeasible": "Aucun plan ne respecte toutes les règles : ensemble, elles demandent plus qu'il n'y a, ou elles se contredisent.",
    "outcome.unbounded": "Il n'y a pas de meilleur plan : l'objectif peut croître sans limite.",
    "outcome.error": "Le solveur n'a pas donné de réponse fiable.",
    "outcome.holds": "Le plan est admis : il respecte toutes les règles.",
    "outcome.holds-but-soft": "Le plan est admis : il respecte toutes les règles, sauf {count} qui peuvent être enfreintes.",
    "outcome.breaks": "Le plan n'est pas admis : il enfreint {count} des règles.",
    "outcome.another.exists": "D'autres plans sont tout aussi bons ; des règles fixes de départage ont choisi celui-ci.",
    "outcome.another.none": "Aucun autre plan n'est aussi bon.",
    "outcome.another.unknown": "On ne sait pas si un autre plan est aussi bon.",
    # headline
    "headline.sites": "Sites financés",
    "headline.of": "{count} sur {all}",
    "headline.public_money": "Argent public",
    "headline.private_money": "Argent privé",
    "headline.total_cost": "Payé en tout",
    "headline.guaranteed": "Garanti par {tier}",
    "headline.provision": "Provisionné pour {tier}",
    "headline.multiplier": "Effet multiplicateur",
    "headline.multiplier-unit": "total par euro d'argent public",
    "headline.million": "millions d'euros",
    "headline.maximised": "à maximiser",
    "headline.minimised": "à minimiser",
    "headline.weighted": "Objectif",
    "headline.weighted-unit": "somme pondérée de ce qui précède",
    "headline.bound": "Meilleur possible",
    "headline.gap": "au plus ; écart de {gap}",
    "term.attribute": "{attribute}",
    "term.discounted_attribute": "{attribute}, valeur actualisée",
    "term.private_money": "Argent privé",
    "term.public_money": "Argent public",
    "term.expected_return": "Rendement attendu",
    "term.least_served": "Le moins bien servi",
    "term.expected_loss": "Perte attendue",
    "term.cvar": "Moyenne des pires pertes (CVaR)",
    "term.of-tier": "{term} de {tier}",
    # titles
    "title.funded": "Financés (millions d'euros)",
    "title.nobody": "Rien n'est financé.",
    "title.not-funded": "Non financés, et pourquoi",
    "title.years": "Argent par tranche et par année (millions d'euros)",
    "title.repaid": "Ce qui revient aux tranches renouvelables (millions d'euros)",
    "title.countries": "Argent par pays (millions d'euros)",
    "title.losses": "Pertes (millions d'euros)",
    "title.returns": "Rendement annuel attendu, net des pertes",
    "title.levels": "Qui perd en premier (millions d'euros)",
    "title.limits": "Limites des pertes",
    "title.stresses": "Tests de résistance : le plan maintenu, le monde changé (millions d'euros)",
    "title.stressed-tiers": "Perte attendue par tranche dans chaque test de résistance (millions d'euros)",
    "title.stressed-rules": "Règles que le plan ne respecte plus dans un test de résistance",
    "title.aid": "Équivalents-subvention de l'argent public (millions d'euros)",
    "title.soft": "Règles souples",
    "title.unspent": "Ce qui reste non dépensé (millions d'euros)",
    "title.all-spent": "Chaque tranche est dépensée en totalité.",
    "title.binding": "Ce qui contraint, et ce que vaut une unité de plus",
    "title.nothing-binds": "Aucune règle n'est à sa borne.",
    "title.certificate": "Certificat",
    "title.findings": "Constats",
    "title.scenarios": "Scénarios fournis avec ce programme",
    "compare.title.disputed": "Là où les stratégies diffèrent",
    "compare.title.agreed": "Là où elles concordent",
    "compare.title.strategies": "Ce qu'atteint chaque stratégie (millions d'euros)",
    "compare.title.measures": "Équité, pertes, regret",
    "compare.title.prices": "Ce que coûtent l'équité et la prudence",
    "compare.title.broken": "Règles enfreintes",
    "compare.title.remarks": "Remarques",
    "diff.title.inputs": "Données qui diffèrent",
    "diff.title.outcomes": "Résultats (millions d'euros)",
    "diff.title.decisions": "Sites dont le sort change (millions d'euros des tranches)",
    "diff.title.money-by-tier": "Argent par tranche (millions d'euros)",
    "diff.title.money-by-site": "Argent par site (millions d'euros)",
    "diff.title.money-by-year": "Argent par année (millions d'euros)",
    # columns
    "column.site": "Site",
    "compare.column.strategy": "Stratégie",
    "compare.column.objective": "Objectif",
    "compare.column.given-up": "Renoncement",
    "compare.column.rules": "Règles",
    "compare.column.countries_served": "Pays servis",
    "compare.column.least_served": "Le moins bien servi",
    "compare.column.worst_public_loss": "Perte publique, pires 5 %",
    "compare.column.greatest_regret": "Plus grand regret",
    "diff.column.pointer": "Endroit",
    "diff.column.before": "Avant",
    "diff.column.after": "Après",
    "diff.column.change": "Écart",
    "diff.column.fares": "Ce qui se passe",
    "column.country": "Pays",
    "column.year": "Année",
    "column.share": "Part",
    "column.phases": "Phases",
    "column.starts": "Départs",
    "column.total": "Total",
    "column.own": "consortium",
    "column.paid-by": "Payé par",
    "column.why": "Pourquoi",
    "column.amount": "Montant",
    "as-above": "comme ci-dessus",
    "column.tier": "Tranche",
    "column.sites": "Sites",
    "column.public": "Public",
    "column.private": "Privé",
    "column.exposed": "Exposé",
    "column.mean-loss": "Perte attendue",
    "column.chance": "Probabilité d'une perte",
    "column.worst-5": "Pires 5 %",
    "column.worst-1": "Pire 1 %",
    "column.provision": "Provision",
    "column.return": "Rendement",
    "column.hurdle": "Rendement exigé",
    "column.level": "Niveau",
    "column.tiers": "Tranches",
    "column.loses-from": "perd à partir de",
    "column.loses-to": "jusqu'à",
    "column.limits": "Limites de ses pertes",
    "column.case": "Cas",
    "column.chance-of": "Probabilité d'une perte de {tiers}",
    "column.refused": "Non payé",
    "column.breaks": "Ce qui est enfreint",
    "column.share-of-cost": "Part du coût",
    "column.left": "Reste",
    "column.kept-by": "Ce qui l'explique",
    "column.rule": "Règle",
    "column.bound": "Borne",
    "column.asked": "Demandé",
    "column.reached": "Atteint",
    "column.priority": "Priorité",
    "column.worth": "Prix dual",
    "column.per": "par unité de plus",
    "column.broken-by": "Enfreinte de",
    "column.allowed": "Permis",
    "column.unit": "Unité",
    "column.id": "Identifiant",
    "column.name": "Nom",
    # sentences of the tables
    "phases.of": "{count} sur {all}",
    "unspent.proven": "aucun plan ne peut dépenser plus à moins qu'une autre tranche dépense moins : {rules}",
    "unspent.given-sites": "avec ces sites : {rules} ; un autre plan pourrait dépenser plus, et vaudrait moins",
    "unspent.worth-less": "un autre plan pourrait dépenser plus, et vaudrait moins",
    "totals.guarantees": "Garanti, non payé, et compté dans aucun total : {tiers}.",
    "repaid.note": "Cela peut être dépensé de nouveau dès l'année suivante.",
    "unspent.unlimited": "illimité",
    "unspent.paid-in-full": "les sites sont payés en totalité",
    "losses.none": "Aucun argent de ce plan n'est exposé à des pertes.",
    "losses.pool": "ensemble",
    "losses.note": "Pires 5 %, pire 1 % : perte moyenne dans les 5 % (1 %) de cas les pires (CVaR).",
    "losses.guarantees": "Pour une garantie : son montant, ce pour quoi elle est appelée, et ce qui est provisionné pour elle.",
    "losses.counted": "Compté tirage par tirage, sur {draws} tirages (graine {seed}) ; {sharing}.",
    "losses.counted-table": "Compté tirage par tirage, sur les {draws} tirages du tableau ; {sharing}.",
    "losses.waterfall": "les niveaux subordonnés perdent en premier",
    "losses.pari_passu": "chaque tranche perd son propre argent",
    "levels.note": "Un niveau perd ce que le portefeuille perd entre les deux montants.",
    "limit.expected_loss": "perte attendue",
    "limit.cvar": "perte moyenne dans les {worst} de cas les pires",
    "limit.reached": "{what} : {asked} au plus, {reached} atteint",
    "limit.own": "{what} : {asked} au plus, {reached} atteint au sens de la limite, {own} de son propre argent",
    "limit.empty": "{what} : {asked} au plus, pas d'argent dans la tranche",
    "limit.none": "aucune",
    "flip.one": "Il suffit d'une défaillance pour que le niveau le plus protégé ({tiers}) perde son premier euro : il faut perdre plus de {loss} sur "
    "{pool}, ce dont la probabilité est {chance}.",
    "flip.many": "Il faut {failures} défaillances pour que le niveau le plus protégé ({tiers}) perde son premier euro : il faut perdre plus de "
    "{loss} sur {pool}, ce dont la probabilité est {chance}.",
    "flip.never": "Le niveau le plus protégé ({tiers}) ne perd rien, même si tous les sites échouent.",
    "stress.none": "comme prévu",
    "stress.holds": "Le plan respecte toutes les règles dans chacun de ces cas.",
    "stress.broken": "{what}, de {by} {unit}",
    "stress.more": "{count} de plus dans le résultat complet",
    "stress.refused": "{name} : argent public qui ne serait pas payé, par année : {years} (sites : {sites}).",
    "stress.none-refused": "{name} : aucun argent public de ce plan n'attend ce budget.",
    "stress.term": "{name} : {term} {value} au lieu de {before}.",
    "aid.note": "Ce qui est donné aux sites : subventions et achats en entier ; argent qui doit revenir, moins ce qu'on attend "
    "qu'il rapporte, actualisé à {rate} par an. Depuis l'année du paiement ; sans actualisation à une année commune.",
    "aid.not-counted": "Non compté : {tiers}.",
    "bound.at_least": "au moins",
    "bound.at_most": "au plus",
    "bound.equal": "égal à",
    "per.million": "million d'euros",
    "per.site": "site",
    "per.unit": "unité",
    "rule-of": "{words} : {rule}",
    "level-of": "niveau {level} ({tiers})",
    "binding.note": "Prix dual : ce que gagne l'objectif par million d'euros, site ou unité de plus que la règle permet.",
    "binding.whole": "Il vaut pour les sites choisis, tenus fixes.",
    "binding.no-prices": "Ce solveur ne donne pas de prix : seul ce qui est à sa borne est indiqué.",
    "binding.free": "À leur borne, sans qu'un assouplissement rapporte rien : {rules}.",
    "binding.more": "{count} de plus figurent dans le résultat complet (--json, --out) ou s'affichent avec --verbose.",
    "soft.kept": "Toutes les règles souples sont respectées.",
    "soft.note": "La priorité 1 est enfreinte en dernier.",
    "binding.soft": "À leur borne, là où plus de marge servirait d'abord une règle souple : {rules}.",
    "certificate.soft": "Règles souples enfreintes : {broken}, de ce qui est indiqué plus haut.",
    "certificate.exact": "Toutes les règles sont exactement respectées : {rules} règles, recalculées sur le plan en euros entiers à {checked} endroits.",
    "certificate.holds": "Toutes les règles sont respectées : {rules} règles, recalculées sur le plan en euros entiers à {checked} endroits. "
    "Le plus grand écart est {largest}, pas plus que l'arrondi n'explique.",
    "certificate.fails": "Certificat : ces règles sont enfreintes de plus que l'arrondi n'explique",
    "findings.counts": "Erreurs : {errors}, avertissements : {warnings}, notes : {notes}.",
    "findings.notes-hidden": "Les notes s'affichent avec --verbose.",
    "findings.severity.error": "erreur",
    "findings.severity.warning": "avertissement",
    "findings.severity.note": "note",
    "took": "Résolu en {seconds} s avec {solver}.",
    "took-study": "Durée : {seconds} s.",
    "progress.of": "{done} sur {all}",
    "progress.found": "{done} trouvés jusqu'ici",
    "more-rows": "{count} de plus figurent dans la réponse complète (--json, --out) ou s'affichent avec --verbose.",
    "yes": "oui",
    "no": "non",
    "title.frontier": "Frontière",
    "title.open": "Laissé ouvert",
    "column.given-up": "Renoncement par unité",
    "column.proven": "Prouvé",
    "column.against-above": "Par rapport à la ligne précédente",
    "frontier.in": "entre : {names}",
    "frontier.out": "sort : {names}",
    "frontier.proven": "Plans sur la frontière : {count}, dont prouvés : {proven}.",
    "frontier.one": "Un même plan est le meilleur pour les deux termes : il n'y a rien à arbitrer.",
    "frontier.complete.steps": "Ils y sont tous : tout autre plan est dépassé par l'un d'eux, ou le vaut.",
    "frontier.complete.breakpoints": "Tous les sommets y sont : entre voisins, la frontière est un segment de droite.",
    "frontier.note": "Renoncement : de {first}, pour chaque unité de plus de {second} (de moins, si ce terme est à minimiser), par rapport à la ligne précédente.",
    "column.from": "De",
    "column.to": "À",
    "column.price": "Un euro de plus",
    "column.gain": "Gain",
    "column.change": "Ce qui change",
    "column.size": "Montant",
    "column.variant": "Si",
    "column.probability": "Probabilité",
    "column.wait": "Si on l'avait su",
    "column.funded": "Financé alors",
    "column.input": "Donnée",
    "column.move": "Déplacement",
    "column.value": "Valeur",
    "column.standing": "Fondement",
    "column.certainty": "Certitude",
    "column.interval": "Intervalle à 95 %",
    "column.in-plan": "Dans le plan",
    "column.core": "Indice de noyau",
    "column.of-weights": "Des poids",
    "column.kind": "Genre",
    "title.pieces": "Ce que vaut un euro de plus dans {tier}",
    "title.steps": "Où la liste change avec le montant de {tier}",
    "title.sizes": "Montants demandés",
    "title.variants": "Ce qui s'ensuit dans chaque variante",
    "title.measures": "Ce que cela vaut",
    "title.inputs": "Ce qui décide",
    "title.certainty": "Certitude de la sélection",
    "title.core": "Indice de noyau sur les poids",
    "title.price": "Prix de la robustesse sur les variantes",
    "curve.pieces": "Exact : entre les deux montants, chaque euro de plus (en millions) ajoute cela à l'objectif.",
    "curve.steps": "La liste change entre les deux montants, distants de {tolerance} millions d'euros au plus.",
    "curve.no-steps": "La liste des phases financées est la même à chaque montant demandé.",
    "curve.range": "L'objectif selon le montant de {tier}.",
    "curve.here": "Avec {tier} à {size} millions d'euros, l'objectif est {value}.",
    "curve.price": "Un euro de plus y vaut {price}, et le dernier aussi.",
    "curve.not-unique": "Le prix n'y est pas unique : le dernier euro valait {below}, le prochain vaut {above}.",
    "curve.open": "Entre ces montants, la limite de temps a laissé ouvert ce qui se passe :",
    "draws.same": "La liste des phases financées reste la même dans {same} tirages sur {solved}. Listes différentes : {lists}.",
    "draws.infeasible": "Dans {count} autres tirages, aucun plan ne respecte toutes les règles.",
    "draws.unproven": "Dans {count} tirages, il n'est pas prouvé que le plan est le meilleur.",
    "draws.objective": "Objectif : {median} au milieu, de {low} à {high} dans neuf tirages sur dix.",
    "draws.note": "Certitude : part des tirages où la phase est financée.",
    "core.note": "Meilleures listes différentes : {portfolios}, sur {done} tirages de poids, chaque poids variant de {range} au plus dans un sens ou l'autre. "
    "Noyau : dans toutes les listes ; extérieur : dans aucune.",
    "kind.core": "noyau",
    "kind.borderline": "limite",
    "kind.exterior": "extérieur",
    "price.found": "Une liste unique pour toutes les variantes atteint {common} dans le scénario tel qu'il est, {price} de moins que le meilleur, {best}.",
    "price.list": "La liste : {names}.",
    "price.softer": "Une liste unique pour toutes les variantes atteint {common} dans le scénario tel qu'il est, contre {best}, et enfreint davantage les règles souples.",
    "price.none": "Aucune liste de phases ne peut être financée dans le scénario et dans toutes les variantes.",
    "price.unknown": "La limite de temps est venue avant qu'une liste finançable dans toutes les variantes soit trouvée.",
    "stages.now": "À financer maintenant : {names}.",
    "stages.nothing-now": "Rien de ce qui se décide maintenant ne devrait être financé.",
    "stages.not-proven": "La limite de temps a mis fin à la recherche : il n'est pas prouvé que ce soit le meilleur choix.",
    "stages.mean-fails": "Les décisions prises pour la moyenne ne peuvent pas être tenues si {variant} se réalise.",
    "measure.recourse": "Attendu, en décidant maintenant pour toutes les variantes (RP)",
    "measure.wait": "Attendu, si la variante avait été connue (WS)",
    "measure.evpi": "Valeur de l'information parfaite (EVPI = WS - RP)",
    "measure.eev": "Attendu, en décidant maintenant pour la moyenne (EEV)",
    "measure.vss": "Valeur d'une décision pour toutes les variantes (VSS = RP - EEV)",
    "inputs.found": "{count} données sur {all} changent la liste des phases financées quand on les déplace seules de {bound} au plus.",
    "inputs.steady": "{count} ne la changent pas, à cette borne dans les deux sens.",
    "inputs.not-reached": "Pour {count}, la limite de temps a laissé la recherche ouverte.",
    "inputs.no-plan": "aucun plan ne respecte toutes les règles",
    "inputs.note": "Déplacement : le plus petit trouvé qui change la liste, au millième de la valeur près.",
    "standing.assumed": "supposé",
    "standing.derived": "déduit",
    "standing.weak": "source faible",
    "standing.sourced": "sourcé",
    "standing.unsourced": "sans source",
    "frontier.open": "Entre ces valeurs de {term}, la limite de temps a laissé ouvert s'il y a d'autres plans :",
    "frontier.interval": "de {low} à {high}",
    "took-evaluate": "Vérifié en {seconds} s.",
    # explanations
    "explain.plan": "Le meilleur plan finance : {sites}.",
    "explain.ended.time_limit": "La limite de temps a mis fin à la recherche avant qu'un plan soit trouvé ; il n'y a rien à expliquer.",
    "explain.ended.optimal": "Le meilleur plan ne finance personne.",
    "explain.ended.unbounded": "Il n'y a pas de meilleur plan à expliquer : l'objectif peut croître sans limite.",
    "explain.ended.error": "Le solveur n'a pas donné de réponse fiable.",
    "explain.took": "Durée de l'examen : {seconds} s.",
    "explain.not-computed": "Le temps n'a pas suffi pour : {what}. Accordez-en davantage par --time-limit, ou interrogez sur un seul candidat.",
    "explain.not-known": "non établi dans le temps accordé",
    "explain.no-plan-without": "aucun site : sans lui, aucun plan ne respecte toutes les règles",
    "explain.no-plan-with": "aucun plan qui le comporte ne respecte toutes les règles",
    "explain.nobody": "aucun site",
    "explain.and-out": "{comes_in} (et sort : {also})",
    "explain.as-good": "rien : un plan aussi bon",
    "explain.term": "{term} : de {before} à {after}",
    "explain.see-it": "Pour voir ce plan : investai allocate … --set '/candidates/{candidate}/locked=\"in\"'.",
    "explain.entry-note": "Entrée : un plan qui le comporte vaut tout plan qui ne le comporte pas ; résolu à cette valeur, et juste en deçà. Tout le reste inchangé.",
    "explain.against": "{candidate} : {rules}.",
    "explain.no-alternatives": "Il n'y a pas d'autre plan dans la limite de cette perte.",
    "explain.alternatives-unknown": "Non établi dans le temps accordé.",
    "entry.cost": "son coût (millions d'euros)",
    "entry.attribute": "son attribut {of} ({unit})",
    "entry.tier": "la tranche {of} (millions d'euros)",
    "entry.public": "toutes les tranches publiques (millions d'euros)",
    "entry.at": "à {enters}{factor} ; pas à {out}",
    "entry.bracket": "entre {out} et {enters}, non établi de plus près dans le temps accordé",
    "entry.never": "pas par cela seul",
    "question.clash": "s'il existe un plan",
    "question.repairs": "toutes les réparations",
    "question.alternatives": "tous les autres plans",
    "question.forced": "les plans avec certains candidats",
    "question.replacement": "les plans sans certains candidats",
    "question.entry": "tous les prix d'entrée",
    "title.letter": "Lettre au sujet du pays {country}",
    "title.replacement": "Si un site financé se retire",
    "title.outside": "Non financés : pourquoi, et ce que coûterait leur financement",
    "title.entry": "Ce qui devrait changer pour qu'un site soit financé",
    "title.against": "Règles qui s'opposent à un site",
    "title.reserve": "Liste de réserve",
    "title.alternatives": "Autres plans qui perdent {within} au plus",
    "title.clash": "Ces règles sont incompatibles",
    "title.repair": "Réparation {n} (déplace ce qui est écrit de {size} en tout)",
    "column.comes-in": "Entre",
    "column.drops-out": "Sort",
    "column.displaces": "Évince",
    "column.lost": "L'objectif",
    "column.what": "Quoi",
    "column.now": "Aujourd'hui",
    "column.enters": "Entrée",
    "column.place": "Où",
    "column.place-in-list": "Nº",
    "column.enough": "Suffit-il de l'abandonner ?",
    "repair.feasible": "Il existe un plan qui respecte toutes les règles : rien n'est à réparer.",
    "repair.unknown": "La limite de temps a mis fin à la recherche : on ne sait pas si un plan respecte toutes les règles.",
    "repair.irreducible": "Ensemble, elles ne laissent aucun plan ; sans l'une d'elles, quelle qu'elle soit, les autres de cette liste en laissent un.",
    "repair.not-irreducible": "Ensemble, elles ne laissent aucun plan ; certaines n'y sont peut-être pour rien : le temps n'a pas suffi pour le dire.",
    "repair.more": "{count} de plus figurent dans le résultat complet (--json, --out).",
    "repair.enough.yes": "oui",
    "repair.enough.no": "non : d'autres sont aussi incompatibles",
    "repair.enough.unknown": "inconnu",
    "repair.proven": "Appliquée et résolue : il y a un plan. Aucun changement moindre de ces règles ne suffit.",
    "repair.not-proven": "Appliquée et résolue : il y a un plan. Il n'est pas prouvé qu'un changement moindre ne suffise pas.",
    "repair.money": "Il faut {amount} millions d'euros de plus dans les tranches.",
    "repair.objective": "L'objectif est alors {value}.",
    "repair.none": "Aucun changement de nombres laissant un plan n'a été trouvé ; abandonnez l'une de ces règles.",
    # a plan kept
    "keep.none": "Aucun plan ne respecte toutes les règles et tout ce qui est signé ({signed} millions d'euros jusqu'en {year}).",
    "keep.none-unsigned": "Aucun plan ne respecte toutes les règles.",
    "keep.unchanged": "Le plan respecte toujours toutes les règles : rien n'a à changer.",
    "keep.changes": "Le plan le plus proche change {changes} phases et déplace {moved} millions d'euros.",
    "keep.unproven": "La limite de temps a mis fin à la recherche : un plan plus proche existe peut-être.",
    "keep.comes-in": "Entrent : {sites}.",
    "keep.drops-out": "Sortent : {sites}.",
    "keep.breaks": "{plan} : enfreint {rules}.",
    "keep.holds": "{plan} : respecte toutes les règles.",
    "keep.objective": "{plan} : l'objectif est {value}.",
    "keep.strategy.before": "Le plan tel qu'il était",
    "keep.strategy.keep": "Le plan le plus proche",
    "keep.strategy.proportional": "Chaque attribution d'une tranche réduite de la même part",
    "title.moves": "Qui perd, qui gagne (millions d'euros des tranches)",
    "title.beside": "Côte à côte, sous le scénario modifié",
    "column.before": "Avant",
    "column.after": "Plan le plus proche",
    "column.proportional": "Même part",
    "column.signed": "Signé",
    "took-compare": "Comparé en {seconds} s.",
    "took-diff": "Comparé en {seconds} s.",
    # strategies side by side
    "compare.count": "{count} stratégies ; chaque plan est vérifié et noté par le même code.",
    "compare.unproven": "Meilleur plan trouvé dans le temps accordé, non prouvé : {strategies}.",
    "compare.unsolved": "Non résolu dans la limite de temps : {strategies}.",
    "compare.all-agree": "Toutes les stratégies qui respectent les règles financent les mêmes sites.",
    "compare.sites-note": "financé : en totalité ; une part : de la première phase ; financé 1, financé 2 : avec autant de phases ; un tiret : non financé.",
    "compare.in": "financé",
    "compare.agreed-in": "Financés par toutes les stratégies qui respectent les règles : {sites}.",
    "compare.agreed-out": "Financés par aucune stratégie qui respecte les règles : {sites}.",
    "compare.given-up-note": "Renoncement : part de l'objectif, par rapport à optimise. Un plan qui enfreint des règles n'est pas comparé ainsi.",
    "compare.first-term-note": "L'objectif prend ses termes l'un après l'autre : le premier est compté ici.",
    "compare.kept": "respectées",
    "compare.breaks": "{count} enfreintes",
    "compare.no-plan": "aucun plan",
    "compare.not-solved": "non résolu",
    "compare.least_served-note": "Le moins bien servi : ce que reçoit le pays le moins bien servi, par habitant si la population est connue.",
    "compare.worst_public_loss-note": "Perte publique : ce que perdent elles-mêmes les tranches publiques, en moyenne dans les 5 % de cas les pires "
    "(millions d'euros).",
    "compare.greatest_regret-note": "Plus grand regret : ce à quoi l'objectif renonce dans la variante où le plan s'en tire le moins bien.",
    "compare.price-fairness": "L'équité (max-min) coûte {price} de l'objectif ; {measure} : {before} → {after} ({unit}).",
    "compare.price-caution": "La prudence (risk-averse) coûte {price} de l'objectif ; {measure} : {before} → {after} ({unit}).",
    "compare.price-none": "rien",
    "compare.no-price": "une part inconnue",
    "compare.broken": "{strategy} : {rules}.",
    "compare.left-out": "{strategy} ne s'applique pas : {why}",
    "compare.score-stated": "Score : {weights} points par unité.",
    "compare.score-swing": "Score, poids tirés des écarts (somme 1) : {weights}.",
    "compare.score-pairwise": "Score, poids tirés de comparaisons par paires (somme 1) : {weights}.",
    "compare.score-ratio": "Ratio de cohérence des comparaisons : {ratio} (0,1 est admis).",
    # two scenarios or results
    "diff.inputs": "Données qui diffèrent : {count}.",
    "diff.same-inputs": "Les deux scénarios posent la même question.",
    "diff.same-scenario": "Les deux résultats répondent au même scénario.",
    "diff.other-scenario": "Les deux répondent à des scénarios différents ; les résultats ne portent pas leurs données, qui ne sont donc pas comparées.",
    "diff.decisions": "Sites dont le sort change : {count}.",
    "diff.same-decisions": "Aucun site ne change de sort.",
    "diff.no-plan": "Il n'y a pas de plan à comparer : {sides}.",
    "diff.before": "avant",
    "diff.after": "après",
    "diff.ended": "Issue",
    "diff.ended.optimal": "optimal",
    "diff.ended.time_limit": "limite de temps",
    "diff.ended.infeasible": "impossible",
    "diff.ended.unbounded": "sans borne",
    "diff.ended.error": "sans réponse",
    "diff.enters": "entre",
    "diff.leaves": "sort",
    "diff.gains": "gagne",
    "diff.loses": "perd",
    "diff.shifts": "même somme, répartie autrement",
    "diff.money-note": "Sans l'argent propre du consortium.",
    # the command
    "invalid-question": "La question ne convient pas au scénario.",
    "usage.strategies": "{value} n'est ni une suite de noms séparés par des virgules ni une liste JSON.",
    "valid": "Le scénario est valide.",
    "invalid": "Le scénario ne peut pas être utilisé.",
    "invalid-plan": "Le plan ne convient pas au scénario.",
    "saved": "Enregistré : {file}",
    "cannot-save": "{file} ne peut pas être enregistré : {reason}.",
    "exported": "{file} : {columns} colonnes (dont {integers} entières), {rows} lignes.",
    "exported-stages": "Le fichier contient la première de {stages} étapes : {stage}.",
    "no-such-file": "Il n'y a pas de fichier {file}, ni de scénario fourni de ce nom ; il y a : {known}.",
    "interrupted": "Interrompu.",
    "unexpected": "Une erreur s'est produite à l'intérieur du programme : {reason}. Relancez-le avec --debug et signalez ce qui s'affiche.",
    "problem": "Erreur : {reason}",
    "missing-part": "Ceci demande un composant qui n'est pas installé : {part}.",
    "usage.language": "il n'y a pas de langue {language} ; il y a : {known}.",
    "usage.setting": "{setting} n'est pas de la forme POINTER=VALUE, comme /fund/tiers/union/size=5000.",
    "usage.csv-format": "il n'y a pas de format CSV {format} ; il y a : en, fr.",
    "usage.out": "{file} doit finir par .json ou .csv, ou par / pour un dossier.",
    "usage.export": "indiquez où écrire : --lp PATH, --mps PATH ou les deux.",
    "usage.signed-until": "--signed-until demande --keep.",
    "usage.one-country": "un pays est une question à part ; retirez --candidate et --alternatives.",
    "usage.one-question": "posez une seule des deux questions à la fois.",
    "usage.one-stdin": "un seul des deux peut venir de l'entrée standard.",
    "usage.solver": "il n'y a pas de solveur {solver} sur cette machine ; il y a : {known}.",
    "usage.verify": "nommez aussi le résultat, ou un dossier qui finit par .zip",
    "opinion.title": "Ce qui a été comparé",
    "opinion.stage": "Étape",
    "opinion.stated": "Annoncé",
    "opinion.recounted": "Recompté",
    "opinion.other": "Par l'autre solveur",
    "opinion.note": "Chaque valeur est à maximiser ; ce qui est à minimiser, ou enfreint d'une règle souple, compte en négatif.",
    "opinion.took": "Résolu de nouveau par {solver} en {seconds} s.",
    "dossier.verify": "Pour le vérifier : investai verify {file}",
    "dossier.readme": "InvestAI Optimiser : le dossier d'une réponse\n\n"
    "Scénario : {name}\nSHA-256 de sa forme canonique : {sha256}\nÉtabli : {created}\nAvec : {versions}\n\n"
    "scenario.json   le scénario tel qu'il est écrit, avec sources et hypothèses\n"
    "canonical.json  le même, valeurs par défaut comprises, sans les mots (RFC 8785) ; son SHA-256 figure ci-dessus\n"
    "result.json     la réponse, avec son certificat, les motifs et les constats\n"
    "model.mps       le programme de la première étape, pour tout autre solveur\n"
    "SHA256SUMS      des fichiers ci-dessus : sha256sum -c SHA256SUMS\n\n"
    "Pour le refaire :        investai allocate scenario.json --json\n"
    "Pour le faire vérifier par un autre solveur :  investai verify DOSSIER.zip --solver cbc\n",
    "use-scenario": "Pour en utiliser un, par son identifiant : investai allocate {id}",
}

_VERDICTS: dict[str, str] = {
    "confirmed": "Confirmé : {solver} aboutit à la même valeur et aux mêmes sites, et toutes les règles sont respectées.",
    "confirmed-other-sites": "Confirmé : {solver} trouve un plan tout aussi bon avec d'autres sites (ici seulement : {only_here} ; "
    "là seulement : {only_there}) ; la réponse est l'une de plusieurs, et toutes les règles sont respectées.",
    "confirmed-ending": "Confirmé : {solver} finit de la même façon ({there}).",
    "other-ending": "Non confirmé : le résultat a fini ainsi : {here}, et {solver} ainsi : {there}.",
    "other-scenario": "Non comparable : le résultat porte sur un autre scénario, ou le scénario a changé depuis.",
    "breaks-rules": "Faux : le plan enfreint {rules}.",
    "misstated": "Faux : le résultat annonce une autre valeur que celle de son propre plan.",
    "better-found": "Faux : le résultat se dit optimal, et {solver} trouve un meilleur plan.",
    "better-than-unproven": "Il n'était pas prouvé que le résultat fût le meilleur, et {solver} trouve un meilleur plan.",
    "worse-found": "Non confirmé : {solver} dit optimal un plan moins bon ; le certificat du meilleur est valable.",
    "not-proven": "Ouvert : {solver} n'a pas achevé sa recherche à temps, et n'a rien trouvé de meilleur ; toutes les règles sont respectées.",
}

_PAGE: dict[str, str] = {
    "skip": "Aller au contenu",
    "languages": "Langues",
    "footer": "Montants en millions d'euros. Chaque chiffre a une source ou est signalé comme hypothèse.",
    "start": "Quelle stratégie pour le fonds ?",
    "start.lead": "Ouvrez un scénario, actionnez ses leviers, et voyez quels sites reçoivent quel euro de quelle tranche, pourquoi, et à quel "
    "risque. Chaque vue est un lien qui peut être envoyé.",
    "scenario": "Scénario",
    "levers": "Leviers du scénario",
    "group.sizes": "Montant de chaque tranche",
    "group.shares": "Parts maximales et minimales",
    "group.limits-expected_loss": "Perte attendue, au plus",
    "group.limits-cvar": "Perte moyenne dans les pires cas, au plus",
    "group.rules": "Bornes des règles",
    "group.weights": "Poids",
    "group.switches": "Règles en vigueur",
    "label.max_public_share": "part publique du coût, au plus",
    "label.least_private_share": "part privée du coût, au moins",
    "label.least_public_share": "part publique du coût, au moins",
    "unit.amount": "millions",
    "unit.share": "de 0 à 1",
    "unit.count": "nombre",
    "unit.number": "",
    "allocate": "Allouer",
    "reset": "Tel qu'écrit",
    "to-start": "Tous les scénarios",
    "invalid": "Ce scénario ne peut pas être résolu en l'état.",
    "consortia": "consortiums",
    "eur-million": "millions d'euros",
    "chart.money": "Argent par année et par tranche",
    "map": "Argent par pays, en millions d'euros",
    "table": "Tableau",
    "column": "Élément",
    "sources": "Sources et hypothèses",
    "assumption": "Hypothèse :",
    "grade.A": "texte officiel lu",
    "grade.B": "tiers citant un texte officiel",
    "grade.C": "presse",
    "grade.D": "faible",
    "grade.der": "déduit d'autres chiffres",
    "grade.asm": "hypothèse",
}

_PHRASES: dict[str, str] = {
    "none": "aucun",
    "joint": " ; ",
    "nothing": "rien",
    "both": "les deux",
    "neither": "aucun des deux",
    "candidate": "le candidat",
    "phase": "la phase",
    "earlier-phase": "la phase précédente {phase}",
    "commitment-or-lock": "un engagement ou une décision d'avance",
    "lock-or-commitment": "la décision d'avance ou l'engagement de cette phase",
    "money": "argent",
    "choices": "{first} ou {last}",
    "the-price": "le prix",
    "millions": " millions d'euros",
    "no-tier": "aucune tranche",
    "pair": "{a} et {b}",
    "did-you-mean": "Vouliez-vous dire « {key} » ?",
    "keys-here": "Clés admises ici : {keys}.",
    "unknown-distance": "une distance inconnue",
    "percent": "{percent} %",
    "untrusted": "pas de réponse dans ses tolérances",
    "no-stated-type": "sans type indiqué",
    "charset": "jeu de caractères {charset}",
    # what can be written
    "a-number": "un nombre",
    "a-whole-number": "un nombre entier",
    "a-boolean": "true ou false",
    "text": "un texte",
    "a-text": "un texte",
    "a-list": "une liste",
    "an-object": "un objet",
    "a-year": "une année",
    "a-name-or-strategy": 'un nom, ou un objet avec "strategy"',
    "an-attribute": "le nom d'un attribut",
    "population-or-none": "population ou none",
    "a-weight": "un nombre positif ou nul : objectif par million d'euros",
    "a-level": "une part entre 0 et 1",
    "a-key": "gdp, population, ou un objet avec un nombre par pays",
    "an-order": "score ou cheapest",
    # kinds of values
    "type.dict": "un objet",
    "type.list": "une liste",
    "type.str": "un texte",
    "type.int": "un nombre entier",
    "type.float": "un nombre",
    "type.bool": "true ou false",
    "type.NoneType": "null",
    # where a pointer leads
    "pointer.no-slash": "{pointer} ne commence pas par une barre oblique, comme dans /fund/tiers/union/size",
    "pointer.whole": "le scénario entier ne peut pas être remplacé ; nommez un endroit, comme /fund/tiers/union/size",
    "pointer.value": "{place} est une valeur et ne contient rien du nom de {name}",
    "pointer.not-there": "{place} n'existe pas ; il y a : {known}",
    "pointer.positions": "de 0 à {last}",
    # what a plan names
    "plan.tier": "la tranche",
    "plan.candidate": "le candidat",
    "plan.phase": "la phase",
}
"""Words that stand as parameters in other texts."""

_UNITS: dict[str, str] = {"EUR million": "millions d'euros"}
"""Units of the model; those of attributes are the scenario's own."""

_NARROW, _WIDE = "\u202f", "\u00a0"
"""The spaces that never end a line: narrow, and as wide as any."""


MARKS: dict[str, str] = {".": ",", ",": _NARROW, " ": _NARROW}
"""What stands for the marks of a number as English writes it."""


def _typeset(words: str) -> str:
    """French print: narrow spaces inside « » and before ; ? ! %, a wide one before a colon, a curved apostrophe."""
    words = re.sub(r"(?<=\w)'(?=[\w{«])", "\u2019", words)
    words = re.sub(r" (?=[;?!%»])|(?<=«) ", _NARROW, words)
    return re.sub(r" (?=:)", _WIDE, words)


TEXTS: dict[str, str] = {
    code: _typeset(words)
    for code, words in (
        {f"finding.{code}": message for code, (message, _) in _FINDINGS.items()}
        | {f"cure.{code}": cure for code, (_, cure) in _FINDINGS.items()}
        | {f"reason.{code}": reason for code, reason in _REASONS.items()}
        | {"reason-starts": "Départ décidé : {starts}."}
        | {f"label.{label}": words for label, words in _LABELS.items()}
        | {f"phrase.{code}": words for code, words in _PHRASES.items()}
        | {f"unit.{unit}": words for unit, words in _UNITS.items()}
        | _EXPLAIN
        | {f"cli.{code}": words for code, words in _CLI.items()}
        | {f"verdict.{code}": words for code, words in _VERDICTS.items()}
        | {f"page.{code}": words for code, words in _PAGE.items()}
        | {f"finding.{code}": message for code, (message, _) in _SERVICE.items()}
        | {f"cure.{code}": cure for code, (_, cure) in _SERVICE.items()}
        | {f"problem.{code}": title for code, (title, _, _) in _PROBLEMS.items()}
        | {f"problem.{code}.detail": detail for code, (_, detail, _) in _PROBLEMS.items()}
        | {f"problem.{code}.cure": cure for code, (_, _, cure) in _PROBLEMS.items()}
    ).items()
}
