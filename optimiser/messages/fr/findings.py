"""Findings of scenarios: a message (what disagrees) and a cure (what to do)."""

from __future__ import annotations

FINDINGS: dict[str, tuple[str, str]] = {
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
