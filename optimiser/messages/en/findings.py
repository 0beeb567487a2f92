"""Findings of scenarios: a message (what disagrees) and a cure (what to do)."""

from __future__ import annotations

from optimiser.messages.en.words import Words

FINDINGS: dict[str, tuple[Words, Words]] = {
    # reading
    "cannot-read": ("The file {file} cannot be read: {reason}.", "Check the path and the permissions."),
    "file-too-large": (
        "The file has {size} bytes; at most {limit} are read.",
        "Split the scenario, or leave out what it does not need.",
    ),
    "format-not-read": (
        "Files ending in {suffix} are not read.",
        "Save the scenario as JSON, YAML or a workbook (.xlsx).",
    ),
    # workbooks
    "not-xlsx": (
        "This is not a workbook that can be read: {reason}.",
        "Open it in a spreadsheet and save it as .xlsx, without a password.",
    ),
    "workbook-needs-library": (
        "Workbooks are read and written with openpyxl, which is not installed.",
        "Install investai-optimiser[xlsx], or use JSON or YAML.",
    ),
    "workbook-unpacked": (
        "The workbook unpacks to {size} bytes; at most {limit} are read.",
        "Split the scenario, or leave out what it does not need.",
    ),
    "workbook-packed": (
        "A part of the workbook unpacks to {ratio} times its size; at most {limit} times is read.",
        "Clear formats of empty rows and columns, and save the workbook again.",
    ),
    "workbook-cells": (
        "The sheet reaches over {cells} cells; at most {limit} are read.",
        "Delete the empty rows and columns beyond the table; a stray cell may stand far out.",
    ),
    "workbook-sheet": (
        "No sheet of a scenario is called {sheet}.",
        "Use one of {known}; a sheet of your own begins with #, and is not read.",
    ),
    "workbook-sheet-twice": ("The sheet {sheet} stands twice.", "Join the two sheets; case makes no difference."),
    "workbook-column": (
        "The sheet {sheet} has no column {name}.",
        "Use one of {known}; a column of your own begins with #, and is not read.",
    ),
    "workbook-column-twice": ("The column {name} stands twice.", "Leave one of them out."),
    "workbook-no-header": ("The cell stands below no header.", "Give the column a header, or empty the cell."),
    "workbook-key": (
        "The format has no key {name}.",
        "Take the keys from a template (investai export --template); a row of your own begins with #.",
    ),
    "workbook-keys": (
        "The row fills the keys {found}; its sheet needs {asked}.",
        "Fill the columns that say where the row belongs, and no others.",
    ),
    "workbook-no-such-row": (
        "The row belongs to the {column} {name}, and there is none.",
        "Correct the id, or add the {column} to its own sheet.",
    ),
    "workbook-no-value": ("The row has no {name}.", "Fill the cell, or delete the row."),
    "workbook-twice": ("{name} is stated twice.", "Keep one of the cells or rows that state it."),
    "workbook-merged": ("The cells {range} are merged.", "Unmerge them, so that every row has its own values."),
    "workbook-formula": (
        "The formula has no stored value.",
        "Open the workbook in a spreadsheet and save it, or write the value in place of the formula.",
    ),
    "workbook-error": ("The cell holds the error {found}.", "Correct its formula, or write the value."),
    "workbook-date": (
        "The cell holds a date ({found}).",
        "Format the cell as a number or as text, and write it again.",
    ),
    "workbook-number": (
        "{found} is text, and may mean thousands or decimals.",
        "Write it as a number, not as text.",
    ),
    "workbook-json": (
        "The cell does not hold JSON: {reason}",
        "Correct the JSON; a text that is none starts without a quotation mark.",
    ),
    "workbook-too-long": (
        "{place}: {length} is more than a workbook holds ({limit}).",
        "Save the scenario as JSON or YAML.",
    ),
    "not-utf8": ("The text is not UTF-8 (byte {position}).", "Save the file with UTF-8 encoding."),
    "not-json": (
        "This is not JSON (line {line}, column {column}): {reason}.",
        "Correct the text at that place; a file that was cut off must be written again.",
    ),
    "not-yaml": ("This is not YAML (line {line}, column {column}): {reason}.", "Correct the text at that place."),
    "yaml-alias": (
        "Line {line} uses a YAML alias; aliases are refused, since a few lines of them can stand for billions of values.",
        "Write the value out.",
    ),
    "too-deep": (
        "The document is nested more than {limit} levels deep.",
        "A scenario needs ten levels; look for brackets that were never closed.",
    ),
    "not-an-object": (
        "A scenario is an object with keys; this is {found}.",
        'Start with {{"fund": …, "candidates": […], "objective": …}}.',
    ),
    "answer-not-scenario": (
        "This is an answer of this program, not a scenario.",
        "Name the file of the scenario it answers.",
    ),
    "key-twice": (
        'The key "{key}" stands twice in one object; only one of the two would count.',
        "Remove one of them.",
    ),
    "pointer-leads-nowhere": (
        "The pointer cannot be set: {reason}.",
        "Use keys and ids joined by slashes, as in /fund/tiers/union/size.",
    ),
    "patch-leads-nowhere": (
        "The patch cannot be applied: {reason}.",
        "Give it the shape of the scenario, list members by id, or use pointers as keys.",
    ),
    # batches
    "unknown-key-of-sweep": ('"{key}" is no part of a sweep.', "A sweep has: {known}."),
    "sweep-form": (
        "A sweep has either variants or a grid.",
        'Write "variants": [{{"id": …, "patch": {{…}}}}] or "grid": {{pointer: [values]}}, not both.',
    ),
    "sweep-base": (
        '"{base}" is no scenario to start from.',
        "Name a file beside the sweep, write the scenario itself, or choose one of: {known}.",
    ),
    "sweep-values": (
        "Here stand no values to go through.",
        'A grid has pointers with a list of values, or {{"from": 1, "to": 2, "count": 5}}; a list is not empty.',
    ),
    "sweep-variant": (
        "This is not a variant.",
        'A variant is {{"id": "half", "patch": {{…}}}} and nothing else.',
    ),
    "sweep-too-large": (
        "The sweep has {count} scenarios; at most {limit} are taken.",
        "Take fewer values, or split it.",
    ),
    "sweep-in-lines": (
        "A line of a JSON Lines file is one scenario; this one is a sweep.",
        "Put the sweep into a file of its own.",
    ),
    "item-failed": ("Solving failed: {reason}.", "Run this scenario alone with --debug, and report what it says."),
    "worker-died": (
        ("The process that worked on it died {count} time.", "The process that worked on it died {count} times."),
        "It may need more memory than there is: run it alone, or on fewer workers.",
    ),
    # shape
    "missing-key": ('The key "{key}" is missing; here are: {among}.', 'Add "{key}".'),
    "unknown-key": ('The key "{key}" is not part of the format. {hint}', "Correct the spelling or remove the key."),
    "wrong-type": ("{found} stands where {expected} is needed.", "Write {expected}."),
    "not-finite": ("{found} is not a finite number.", 'Write a number, or "unlimited" where a limit is meant.'),
    "below-least": ("{found} is below {bound}, the least value.", "Write {bound} or more."),
    "not-above": ("{found} is not above {bound}.", "Write more than {bound}."),
    "above-greatest": (
        "{found} is above {bound}, the greatest value.",
        "Write {bound} or less; shares run from 0 to 1.",
    ),
    "not-below": ("{found} is not below {bound}.", "Write less than {bound}."),
    "too-short": (
        ("The list needs at least {count} entry.", "The list needs at least {count} entries."),
        "Add an entry, or leave the key out where no restriction is meant.",
    ),
    "text-empty": ("The text is empty.", ("Write at least {count} character.", "Write at least {count} characters.")),
    "text-too-long": ("The text is longer than {limit} characters.", "Shorten it."),
    "not-a-choice": ("{found} is not one of {choices}.", "Choose one of {choices}."),
    "unknown-kind": ('"{tag}" is not a kind of rule.', "Choose one of {choices}."),
    "missing-kind": (
        'The rule has no "kind".',
        'Add "kind": count, money, attribute, award, floor, exclusive, requires or stay_close.',
    ),
    "bad-pattern": (
        "{found} does not have the form needed here.",
        "Countries are two capital letters, as in PT; years since a start are 0, 1, 2 …",
    ),
    "bad-year": ("{found} is not a year.", "Write four digits, the first of them not 0, as in 2027."),
    "not-whole": ("{found} is not a whole number.", "Write a whole number."),
    "bad-id": (
        "{found} is not an id: it has blanks at an end, or characters that cannot be seen.",
        "Use letters, digits, dashes and points.",
    ),
    "too-large": (
        "{found} is larger than {limit}, beyond which sums are no longer exact.",
        "Check the unit, or count in thousands or millions.",
    ),
    "too-small": (
        "{found} is smaller than {limit}, below which the solver sees nothing.",
        "Check the unit, or write 0.",
    ),
    "too-much-money": (
        "{found} is more than {limit} EUR million.",
        "Amounts are in EUR million: write 500 for half a billion euros.",
    ),
    # references
    "no-candidates": ("There is no candidate.", "Add at least one candidate: without any there is nothing to decide."),
    "duplicate-id": ('The id "{id}" stands {times} times in this list.', "Give each its own id."),
    "unknown-tier": ('There is no tier "{id}".', "Name one of: {known}."),
    "unknown-candidate": ('There is no candidate "{id}".', "Name one of: {known}."),
    "unknown-tag": ('No candidate bears the tag "{id}".', "Name one of: {known}; or give a candidate the tag."),
    "unknown-phase": ('No candidate has a phase "{id}".', "Name one of: {known}."),
    "unknown-phase-of": ('The candidate "{candidate}" has no phase "{id}".', "Name one of: {known}."),
    "unknown-attribute": (
        'No candidate has the attribute "{id}".',
        "Name one of: {known}; or give it to the candidates.",
    ),
    "unknown-source": ('There is no source "{id}".', "List it under /sources, or remove it here."),
    "unknown-country": ('No candidate stands in "{id}".', "Name one of: {known}."),
    # contradictions
    "no-tiers": (
        "The fund has no tiers, but these candidates cost money: {candidates}.",
        "Add a tier to pay them; without tiers every candidate must cost nothing.",
    ),
    "bounds-crossed": ("The lower bound {at_least} is above the upper bound {at_most}.", "Exchange or correct them."),
    "shares-beyond-one": (
        "Least public share {public} and least consortium share {private} are more than the whole cost together.",
        "Lower one of them.",
    ),
    "years-reversed": ("The first year {first} comes after the last year {last}.", "Exchange them."),
    "horizon-too-long": ("The horizon has {years} years; at most {limit} are possible.", "Check the years for a slip."),
    "year-outside-horizon": (
        "The year {year} lies outside the horizon {first} to {last}.",
        "Move the amount into the horizon, or widen /horizon.",
    ),
    "key-not-for-instrument": (
        '"{key}" does not belong on a {instrument}.',
        "Remove it, or choose an instrument that has it.",
    ),
    "concentration-of-unlimited": (
        "A share of the size says nothing on an unlimited tier.",
        'Give the tier a size, or use "of": "allocated".',
    ),
    "matching-itself": ('The tier "{tier}" stands on both sides of the matching rule.', "Name it on one side."),
    "cost-and-phases": (
        'The candidate has both "cost" and "phases".',
        "Move the cost into a phase, or remove the phases.",
    ),
    "fraction-not-divisible": (
        '"least_fraction" needs a divisible candidate.',
        'Add "divisible": true, or remove least_fraction.',
    ),
    "attribute-twice": (
        'The attribute "{attribute}" stands on candidate {candidate} and again on this phase.',
        "Keep it in one place: on the candidate it counts once, with the first phase.",
    ),
    "lock-contradicts": ("{what} is locked out, which contradicts {other}.", "Remove the lock or what contradicts it."),
    "committed-not-eligible": (
        'The tier "{tier}" may not pay {candidate} here, but money of it is committed.',
        "Correct the tier's eligibility or the commitment.",
    ),
    "committed-beyond-cost": (
        "{committed} EUR million are committed for {year}, more than the cost of that year ({cost}).",
        "Lower the commitment, or correct the cost or the year.",
    ),
    "cost-twice": (
        'The phase has both "cost" and "cost_since_start".',
        "Keep cost where the years are fixed; keep cost_since_start where the start is to be decided.",
    ),
    "start-missing": (
        "Costs are counted from a start, and no window says when that may be.",
        'Add "start": {{"earliest": 2028, "latest": 2030}}, or give the cost by year in "cost".',
    ),
    "start-without-cost": (
        "A start is to be decided, and no cost depends on it.",
        'Add "cost_since_start", or remove "start": fixed years stand in "cost".',
    ),
    "window-leaves-horizon": (
        "With a start in {start} the phase reaches {year}, outside the horizon {first} to {last}.",
        "Narrow the window, or widen /horizon.",
    ),
    "after-nothing": ("This is the first phase: there is none before it.", 'Remove "after_years".'),
    "committed-without-start": (
        "No start in the window has a cost as large as the money committed in each of {years}.",
        "Widen the window, or correct the commitment.",
    ),
    "rule-without-bound": (
        'The rule "{rule}" has no bound and says nothing.',
        "Add at_least or at_most (or their share), or remove the rule.",
    ),
    "bound-without-plan": ('"{bound}" needs a plan to compare with.', 'Add "{plan}", or remove "{bound}".'),
    "plan-without-bound": ('"{plan}" says nothing without "{bound}".', 'Add "{bound}", or remove "{plan}".'),
    "award-per-country": (
        '"{key}" has no meaning per country.',
        "Per country only at_most bounds the sum; make another rule per candidate for the rest.",
    ),
    "requires-itself": ('The candidate "{candidate}" needs itself.', 'Remove it from "needs".'),
    "named-twice": ("A candidate is named twice.", "Name each once."),
    "attribute-lacking": (
        'An average or a floor needs the attribute "{attribute}" of each candidate; these lack it: {candidates}.',
        'Give it to them, or narrow the rule with "of".',
    ),
    "not-additive": (
        'The attribute "{attribute}" is not additive: its total means nothing.',
        'Bound its average with "average_by", or use another attribute.',
    ),
    "average-lacks-value": (
        "{at} brings weight ({weight}) to the average, but no {attribute}.",
        "Give the phase its {attribute}, or give it once on the candidate.",
    ),
    "average-lacks-weight": (
        "{at} has its own {attribute}, but {weight} stands on the candidate, for all phases together.",
        "Give {weight} phase by phase, like {attribute}.",
    ),
    "negative-weight": (
        'The average is weighted by "{attribute}", which is negative for {candidate}.',
        "Weight by an attribute that is 0 or more.",
    ),
    "term-needs-key": ('The term "{term}" needs "{key}".', 'Add "{key}" to the term.'),
    "term-has-no-key": ('The term "{term}" does not use "{key}".', 'Remove "{key}".'),
    "sense-unbounded": ('To {sense} "{term}" has no bound.', 'Remove "sense".'),
    "tolerance-needs-stages": (
        "A tolerance belongs to a stage, and a weighted objective has one stage only.",
        'Remove it, or use "mode": "lexicographic".',
    ),
    "term-not-of-tier": (
        'The tier "{tier}" does not count in "{term}".',
        "Name a tier that does: a private one for private_money, a public one for public_money, one with exposure for expected_return.",
    ),
    "population-needs-country": (
        "Only countries have a population here.",
        'Use "group_by": "country", or remove "per".',
    ),
    "population-unknown": (
        "The population of {country} is not known.",
        "Add it under /countries/{country}/population, in millions.",
    ),
    "no-group": (
        "No candidate has a {group_by}, so that there is no group to be served.",
        "Give the candidates one, or group by candidate.",
    ),
    "seniority-missing": (
        "In a waterfall every tier that bears losses has its place, and {tier} has none.",
        'Add "seniority": 0 for the tier that loses first, then 1, 2 …',
    ),
    "needs-risk": (
        '"{what}" speaks of losses, and nothing says how they arise.',
        'Add /risk, for instance {{"model": "gaussian_copula"}}.',
    ),
    "key-not-for-model": (
        '"{key}" does not belong to the risk model {model}.',
        "Remove it, or choose the other model.",
    ),
    "too-many-draws": ("{draws} draws of all candidates need too much memory.", "Ask for {most} or fewer."),
    "correlation-beyond-one": (
        "The correlation {own} (of the Basel formula at most) and the country's {country} are above 1 together.",
        "Lower one of them.",
    ),
    "table-missing": (
        "The risk model is a table, and it has no losses.",
        'Add "losses": shares lost by candidate, one for each draw.',
    ),
    "table-ragged": (
        "The lists of the table have different lengths: {lengths}.",
        "Give each candidate, and the probabilities, one number for each draw.",
    ),
    "probabilities-sum": ("The probabilities sum to {total}.", "Make them sum to 1."),
    "loss-beyond-one": ("A loss of {value} is more than everything.", "Write shares from 0 to 1."),
    "gain-in-waterfall": (
        "{value} is a gain, which has no place in a waterfall.",
        'Use "loss_sharing": "pari_passu", or write 0.',
    ),
    "guarantee-needs-key": (
        'The guarantee "{tier}" does not say "{key}".',
        'Add "covers", the tiers it stands for, and "cover_share", the greatest share of their money it covers.',
    ),
    "covers-no-losses": (
        'A guarantee covers money that can be lost, and the {instrument} "{tier}" is not.',
        "Name tiers of equity, quasi-equity or loans.",
    ),
    "covered-twice": (
        'The guarantees {guarantees} cover a share of {share} of the money of "{tier}" together: more than there is.',
        "Lower their cover_share to 1 in sum.",
    ),
    "provision-of-nothing": (
        "At least {at_least} EUR million are to be set aside, and a provision_rate of 0 sets nothing aside.",
        "Remove at_least, or raise provision_rate.",
    ),
    "guarantee-in-matching": (
        'The guarantee "{tier}" pays no cost, so it neither matches money nor is matched.',
        "Remove it from the matching rule; bound its amount with a rule of the kind money or award.",
    ),
    "guarantee-without-order": (
        'Pari passu there is no order of losses, and it is the order that says when the guarantee "{tier}" pays.',
        'Use "loss_sharing": "waterfall" with a seniority for each tier, or remove the guarantee.',
    ),
    "guarantee-beside-pool": (
        "At seniority {seniority} the guarantee would share losses with {tiers}, which it does not cover.",
        "Give it a seniority of its own, below the tiers it covers and above those that lose before it pays.",
    ),
    "misplaced-cover": (
        "In a waterfall a guarantee shelters every tier above it and no other; of these tiers covers says otherwise: {tiers}.",
        "Cover exactly the tiers above it ({above}), or change its seniority.",
    ),
    "calls-beyond-provision": (
        'The guarantee "{tier}" is called for {mean} EUR million on average, and {provision} are set aside for it.',
        "Raise provision_rate, or add first loss below the guarantee.",
    ),
    "worst-calls-beyond-provision": (
        'The guarantee "{tier}" is called for {mean} EUR million on average and for {worst} in the worst 1 % of cases; '
        "{provision} are set aside for it.",
        "Nothing, if another budget keeps the promise then; else raise provision_rate, or add first loss below it.",
    ),
    "probability-beside-table": (
        "The table says how the candidate fails; its failure_probability would be ignored.",
        "Remove it.",
    ),
    "levels-disagree": (
        "These tiers have one seniority and form one level, but not the same limits, or hurdles on some of them only: {tiers}.",
        "Give them the same limits and each its hurdle, or different seniorities.",
    ),
    "unknown-level": ("There is no level {level}.", "Name one of the seniorities: {known}; with pari passu, none."),
    "level-empty": (
        "The level of {tiers} holds no money in this plan, and its limit on {kind}, a share of nothing, lets no loss exceed the EUR {attachment} million below it: the money above is protected as if the level stood.",
        'Give the level money ("at_least" in its size), use "of": "level_and_above", or take out the tier or its limit.',
    ),
    "level-may-be-empty": (
        "The limit of {tier} is a share of its own money. Where it holds none, no loss may reach the levels above it either.",
        'If the tier may stay empty, use "of": "level_and_above" in a cvar limit, or take the limit out to see whether it is the cause.',
    ),
    "level-loses-more": (
        "The limit on {kind} holds for this level and all above it together, and the level itself ({tiers}) loses {own} of its money, more than {at_most}.",
        'Use "of": "level" if the level itself is meant.',
    ),
    "pool-empty": (
        "No tier is exposed to losses, so that the risk model changes nothing.",
        "Nothing, or add a tier of equity or loans.",
    ),
    "stress-kind-or-patch": (
        'A stress has either a "kind" or a "patch"; this one has {found}.',
        'Write a kind (chip_price_fall, delay, country_failure, budget_refused) with its keys, or "patch": {{…}}.',
    ),
    "stress-needs-key": ('The stress {kind} needs "{key}".', 'Add "{key}" to the stress.'),
    "stress-has-no-key": ('The stress {kind} does not use "{key}".', 'Remove "{key}".'),
    "stress-not-public": (
        'The tier "{tier}" is not public: no public budget pays it.',
        "Name public tiers, or leave the key out to mean all of them.",
    ),
    "stress-with-gains": (
        "The table of losses has gains, which a fall of the collateral would raise as well.",
        "Write the stressed losses as a patch of /risk/losses.",
    ),
    "stress-changes-question": (
        "The stress changes {what}: the plan could not be held and compared.",
        "A stress changes what happens to the plan: amounts, years, probabilities, limits. Ask another question with a variant.",
    ),
    "delay-keeps-table": (
        "A table says how sites fail, whenever they are built: the delay moves costs and money, and losses stay.",
        "Nothing, or write the losses of a longer time as a patch of /risk/losses.",
    ),
    # warnings
    "unfinanceable": (
        "The cost is {cost} EUR million, and pledge and shares of the tiers that may pay allow {most} at most.",
        "Raise the pledge or a share, or let another tier pay; as it stands this cannot be funded in full.",
    ),
    "unfinanceable-together": (
        "Each phase can be paid, but all together need {needed} EUR million of consortium money, and the pledge is {pledge}.",
        "Raise the pledge or a share; as it stands not every phase can be funded in full.",
    ),
    "never-late-enough": (
        (
            "The phase starts in {start} at the latest, which is not {count} year after {earlier}, which starts in {earlier_start} at the earliest: the two are never funded together.",
            "The phase starts in {start} at the latest, which is not {count} years after {earlier}, which starts in {earlier_start} at the earliest: the two are never funded together.",
        ),
        "Let it start later, let {earlier} start earlier, or lower after_years.",
    ),
    "free-private": (
        "The pledge is unlimited and no least public share is asked: the candidate needs no public money at all.",
        "Give the pledge a limit, or set least_public_share to the funding gap.",
    ),
    "concentration-too-tight": (
        (
            "One candidate may take a share of {share}, and the tier may pay {count} candidate: less than the whole.",
            "One candidate may take a share of {share}, and the tier may pay {count} candidates: together less than the whole.",
        ),
        "Raise the share, or let the tier pay more candidates.",
    ),
    "share-met-by-zero": (
        "A share of at least {share} is also met when nothing is spent.",
        "Add at_least if money must flow.",
    ),
    "ceiling-beyond-size": (
        "The ceiling {ceiling} lies beyond the size {size} and binds nothing.",
        "Check which of the two is meant.",
    ),
    "ceilings-below-size": (
        "The yearly ceilings sum to {ceiling}, below the size {size}: the rest cannot be spent.",
        "Raise a ceiling, or lower the size.",
    ),
    "below-floor-excluded": (
        "{candidate} has {attribute} {value} {unit}, below the floor {floor} of {rule}: it is left out.",
        "Correct the figure, or lower the floor.",
    ),
    "soft-finding": (
        "A floor that is only reported cannot be broken, so that soft says nothing.",
        'Remove "soft", or use "effect": "exclude".',
    ),
    "below-floor": (
        "{candidate} has {attribute} {value} {unit}, below the floor {floor} of {rule}; it stays in.",
        'Check the figure; set "effect": "exclude" to leave it out.',
    ),
    "tier-for-nobody": ('The tier "{tier}" may pay no candidate.', 'Widen "eligible".'),
    "rule-on-nobody": ('The rule "{rule}" reaches no candidate.', 'Widen "of", or remove the rule.'),
    "requires-cycle": (
        "These candidates need each other, so all or none of them are funded: {candidates}.",
        "Nothing, if that is meant.",
    ),
    "sizes-apart": (
        "{what}: {least} here and {most} at {other} are very far apart.",
        "Check the units; amounts are in EUR million.",
    ),
    "finer-than-a-euro": (
        "Costs of {years} are no whole number of euros; what is paid is rounded to the euro.",
        "Nothing, or write whole euros (six decimals).",
    ),
    "seniority-without-losses": (
        "Seniority orders losses, and nothing in this scenario counts losses.",
        "Nothing: it is kept and changes no answer.",
    ),
    "return-without-term": (
        '"{key}" counts in the term expected_return, which the objective does not have.',
        "Nothing, or add the term.",
    ),
    "revolving-with-losses": (
        'This counts the money exposed as one amount, and what the revolving tier "{tier}" has out changes by year.',
        "Remove the limit, hurdle or term, or remove revolving from the tier.",
    ),
    "repaid-in-full": (
        'Nothing says how candidates fail: what "{tier}" pays is counted as repaid in full.',
        "Nothing, or add /risk: repayments are then less the mean loss of each candidate.",
    ),
    "exposed-at-once": (
        'The loss report counts all that "{tier}" pays as out at the same time, which is cautious.',
        "Nothing: repayments do count in what can be spent again, less the mean loss of each candidate.",
    ),
    "repaid-too-late": (
        'The first money of "{tier}" to come back can be spent in {year}, and the last cost is in {last}.',
        "Nothing, if that is meant; else shorten the grace, or look for costs that are missing.",
    ),
    "guarantee-not-needed": (
        'No limit, hurdle, term or rule asks for the guarantee "{tier}", so that the plan has none of it.',
        "Nothing, or add /risk with a limit or a hurdle on the tiers it covers.",
    ),
    "score-for-ranking": (
        "The score is for strategies that rank; this answer follows the objective.",
        "Nothing, or put the scored attributes into the objective.",
    ),
    # the score
    "score-without-weights": ("The score has no weights.", 'Add "weights", or "elicitation" from which they follow.'),
    "score-weights-twice": (
        "The score has weights, and judgements from which others would follow.",
        "Keep one of the two.",
    ),
    "key-not-for-method": ('"{key}" does not belong to the method {method}.', "Remove it, or choose the other method."),
    "method-needs-key": ('The method {method} needs "{key}".', 'Add "{key}".'),
    "swing-without-points": ("No attribute has any points.", "Give 100 points to the swing that matters most."),
    "pair-twice": (
        "{attribute} and {over} are one attribute, or were compared before.",
        "Compare each pair of two attributes once; the reverse follows.",
    ),
    "pair-missing": ("These pairs were not compared: {pairs}.", "Compare every pair once."),
    "too-many-compared": (
        "{count} attributes are compared; consistency is known for {most} at most.",
        "Compare fewer, or use swing weights.",
    ),
    "judgements-inconsistent": (
        "The judgements contradict each other: their consistency ratio is {ratio}, above 0.1. Least of all fit {a} over {b}, "
        "{b} over {c} and {a} over {c}.",
        "Look at these three again; the weights follow from all judgements all the same.",
    ),
    "range-without-weight": ('"{attribute}" has a range and no weight.', "Remove the range, or judge the attribute."),
    "range-empty": (
        'The worst and the best value of "{attribute}" are the same, so that its weight says nothing.',
        "Give a range in which it swings, or leave the attribute out.",
    ),
    # strategies
    "unknown-strategy": ('There is no strategy "{id}".', "Name one of: {known}."),
    "unknown-parameter": ('The strategy {strategy} has no parameter "{key}".', "It has: {known}."),
    "bad-parameter": ('The parameter "{key}" cannot be {found}.', "Write {expected}."),
    "strategies-not-a-list": (
        "The strategies are {found}, not a list.",
        'Write a list, as in ["optimise", "max-min"].',
    ),
    "strategy-needs-score": (
        "A ranking needs a score, and the scenario has none.",
        'Add /score, for instance {{"weights": {{"points": 1}}}}.',
    ),
    "strategy-needs-risk": (
        "Losses would be weighed, and nothing says how they arise.",
        'Add /risk, for instance {{"model": "gaussian_copula"}}.',
    ),
    "strategy-needs-public-loss": (
        "No public money is exposed to losses, so that there is nothing to be averse to.",
        "Leave risk-averse out, or add a public tier of equity or loans.",
    ),
    "strategy-needs-variants": (
        "The scenario has no variants over which a plan could be regretted.",
        "Add /variants.",
    ),
    "key-without-countries": ("No candidate has a country.", "Give the candidates their countries."),
    "key-lacks-country": (
        "The key ({key}) is not known for: {countries}.",
        "Add it under /countries, or give a key of your own with every country in it.",
    ),
    "key-sums-to-nothing": (
        "The key is 0 for every country with candidates: {countries}.",
        "Give one of them a share.",
    ),
    "key-of-unlimited": (
        'The public tier "{tier}" is unlimited: a share of it is no envelope.',
        "Give the tier a size.",
    ),
    "strategy-gives-up": (
        "The choice cannot be paid within every rule on the list as a whole; these were given up: {rules}.",
        "See the certificate for what the plan breaks.",
    ),
    "quota-missed": (
        "The list has {taken} of this quota, which asks for at least {at_least} and at most {at_most}.",
        "Lower the quota, or the thresholds that keep candidates off the list.",
    ),
    "pro-rata-share": (
        "Every candidate that asks ({count}) receives {percent} % of what it asks.",
        "Nothing: sites that are built whole or not at all break Y1 with less than 100 %, as the certificate says.",
    ),
    "key-envelopes": ("Public money by country (EUR million): {envelopes}.", "Nothing."),
    "key-envelopes-raised": (
        "Raised to pay what is decided beforehand (EUR million): {envelopes}.",
        "Nothing, or unlock a site.",
    ),
    "risk-averse-weight": (
        "One EUR million of the public loss in the worst {percent} % of cases weighs {weight} of the objective.",
        "Nothing, or give another weight: risk-averse:weight=…",
    ),
    "max-min-nothing": (
        "Whatever is chosen, some country receives nothing. As many are served as can be: {count} of {of}.",
        "Nothing.",
    ),
    "robust-world-without-plan": (
        'In the variant "{world}" no plan is possible at all: it is left out.',
        "Correct its patch if it should count.",
    ),
    "robust-no-common-choice": (
        "No choice of sites is possible in all of: {worlds}.",
        "Drop a variant, or loosen the rules that clash.",
    ),
    "robust-regret": (
        (
            'The most one regrets in the {count} world is {regret} of the objective (in "{world}"): no choice of sites does better.',
            'The most one regrets over the {count} worlds is {regret} of the objective (in "{world}"): no choice of sites does better.',
        ),
        "Nothing.",
    ),
    "result-unreadable": ("The result cannot be read: {reason}.", "Give the JSON of a result as it was saved."),
    "weight-without-sum": (
        "A weight changes nothing where terms are taken one after the other.",
        'Remove it, or use "mode": "weighted".',
    ),
    "named-twice-in-order": ("A tier stands twice in the order; the first place counts.", "Name each tier once."),
    # plans
    "not-an-answer": (
        "This is no answer of this program.",
        "Give the JSON that allocate, compare, frontier, robustness, explain or repair saved with --out or --json.",
    ),
    "answer-changed": (
        "This cannot stand in an answer of the kind {kind}.",
        "Save the answer again; files changed by hand, or of another version, may not be readable.",
    ),
    "no-answers": ("There is no answer to report on.", "Name one saved answer at least."),
    "answer-of-another": (
        "Answer {n} is of another scenario: its SHA-256 is {of}, that of the scenario given is {scenario}.",
        "Give the scenario it was made of, with the same --set, or leave the scenario out.",
    ),
    "plan-not-an-object": (
        'A plan is an object with "money"; this is {found}.',
        'Give {{"money": […]}}, as in a result.',
    ),
    "plan-unknown": ('The plan names {what} "{id}", which the scenario does not have.', "Name one of: {known}."),
    "plan-no-cost": (
        "The plan pays {candidate}, phase {phase}, in {year}, when it costs nothing.",
        "Move the money to a year with a cost.",
    ),
    "plan-start-unknown": (
        "When {candidate}, phase {phase}, starts is not said, and its money fits each of these years: {starts}.",
        'State it: {{"id": "{candidate}", "starts": {{"{phase}": {first}}}}} under "candidates".',
    ),
    "plan-start-none": (
        "No start in the window of {candidate}, phase {phase}, has a cost in each of the years paid: {years}.",
        'Move the money, or state another start under "candidates".',
    ),
    "plan-start-fixed": (
        "The phase {phase} of {candidate} has fixed years; there is no start to decide.",
        'Remove it from "starts".',
    ),
    "plan-cell-twice": ("This amount stands twice in the plan.", "Sum the two."),
    "plan-negative": ("The amount {amount} is negative.", "Write 0 or more."),
    "plan-fraction": ("The fraction {fraction} is not between 0 and 1.", "Write a share, 1 for funded in full."),
    # soft rules
    "soft-at-least-broken": (
        "{rule}: {reached} of {asked}{unit} reached.",
        "Nothing, if that will do; a lower number in its priority makes it give way later.",
    ),
    "soft-at-most-broken": (
        "{rule}: {reached}{unit}, asked: at most {asked}.",
        "Nothing, if that will do; a lower number in its priority makes it give way later.",
    ),
    "soft-rule-broken-often": (
        (
            "{rule}: broken at {count} place, by {total}{unit}, most at {worst}.",
            "{rule}: broken at {count} places, by {total}{unit} together, most at {worst}.",
        ),
        "Nothing, if that will do; a lower number in its priority makes it give way later.",
    ),
    # studies
    "set-aside": (
        '"{key}" changes nothing here: it belongs to another question.',
        "Nothing, or ask it: investai robustness FILE {option}.",
    ),
    "variant-without-probability": (
        "The variant {variant} has no probability, and others have one.",
        "Give every variant a probability, or none.",
    ),
    "unknown-decision": ('There is no phase "{id}" to decide on.', "Name candidate/phase, one of: {known}."),
    "uncertain-twice": ("The number at {pointer} is uncertain twice.", "Keep one of the two."),
    "uncertain-without-range": ('An uncertain number needs a range, and "{key}" is missing.', 'Give "low" and "high".'),
    "uncertain-not-an-input": (
        "What stands here is no input of the answer.",
        "Point to a number under one of: {known}.",
    ),
    "uncertain-not-a-number": ("{found} stands here, not a number.", "Point to a number that the scenario states."),
    "uncertain-outside": (
        "The value {value} lies outside its own range from {low} to {high}.",
        "Correct the range; a triangular distribution needs its peak, the value, within it.",
    ),
    "uncertain-impossible": (
        "At {value} the scenario is not valid: {reason}",
        "Narrow the range, so that the scenario stays valid all over it.",
    ),
    "robustness-nothing": (
        "The scenario has no uncertain numbers and no variants, and no draws of weights are asked for.",
        'Add "uncertain" or "variants" to the scenario, or ask for draws of weights (--weights 100).',
    ),
    "weights-nothing": (
        "There is no score, or it has one weight; the ranking cannot change with it.",
        'Give the scenario a "score" with two weights, or draw the weights of the objective.',
    ),
    "weights-one-term": (
        "The objective has one term: no weight can change the answer.",
        "Add a term, or draw the weights of the score.",
    ),
    "budget-needs-range": (
        "The tier {tier} is unlimited: its size has no half and no double.",
        "Say from where to where.",
    ),
    "study-open": (
        "The time limit of {seconds} s ended the study; done: {done} of {all}.",
        "Raise /solver/time_limit_s, or ask for fewer.",
    ),
    "two-stage-needs-variants": (
        (
            "Two stages need variants with a probability each; there is {count}.",
            "Two stages need variants with a probability each; there are {count}.",
        ),
        'Add "variants", each with a "probability" and a "patch".',
    ),
    "two-stage-needs-decisions": (
        "Nothing says what is decided now, before the variant is known.",
        'Add "decisions": {{"now": ["candidate/phase", …]}}.',
    ),
    "decision-not-in-variant": (
        "The variant {variant} has no phase {decision}, which is decided now.",
        "Lock the phase out in the variant instead of removing it.",
    ),
    "variant-infeasible": (
        "If {variant} comes true, no plan keeps every rule, whatever is decided now.",
        "Loosen in the variant what it cannot keep, or leave it out.",
    ),
    "soft-broken-further": (
        "The plans compared break soft rules by more or less than each other: {measure} would compare what is not alike, and is not given.",
        "Look at the soft rules in the results, or make them hard.",
    ),
    "mean-undefined": (
        "The variants differ in more than numbers, or their mean is no valid scenario: {reason}; so there is no plan for the mean to compare with.",
        "Nothing: every other measure holds.",
    ),
    "frontier-needs-terms": (
        "A frontier lies between two terms, and the objective has one: {own}.",
        "Name two, as in attribute:chips and public_money.",
    ),
    "frontier-first-two": (
        "The objective has more than two terms ({names}); the frontier lies between the first two.",
        "Nothing, or name two.",
    ),
    "frontier-not-two": (
        "A frontier lies between two terms.",
        "Give a list of two, as in attribute:chips and public_money.",
    ),
    "frontier-same-term": ("Both terms are {term}.", "Name another one."),
    "frontier-not-whole": (
        "Neither term moves in whole steps, so that there may be infinitely many points between any two.",
        "Ask for a number of points, or for a term that counts an attribute of all-or-nothing candidates.",
    ),
    "not-in-range": (
        "{found} stands where a number from {least} to {most} is needed.",
        "Write a number in that range.",
    ),
    "not-whole-in-range": (
        "{found} stands where a whole number from {least} to {most} is needed.",
        "Write a whole number in that range.",
    ),
    "frontier-open": (
        "The time limit of {seconds} s ended the search: points marked as not proven may be beaten, and further ones may lie where it says so.",
        "Raise /solver/time_limit_s, or ask for fewer points.",
    ),
    # solving
    "keep-unproven": (
        "The time limit ended the search for the fewest changes; this plan may change more than it must.",
        "Raise /solver/time_limit_s.",
    ),
    "infeasible": (
        "No plan keeps every rule.",
        "Ask which rules clash and for the cheapest repair: investai repair, or POST /v1/repairs.",
    ),
    "unbounded-objective": (
        "The objective can grow without limit.",
        "Give an unlimited tier, pledge or attribute a limit.",
    ),
    "tie-break-unfinished": (
        "Several plans are equally good; the search for the one the tie-break prefers was stopped early.",
        "Nothing: the plan is optimal. Another version may name another equally good plan.",
    ),
    "search-stopped": (
        "The search was stopped on request; this is the best it had found.",
        "Submit the scenario again to search to the end.",
    ),
    "polish-failed": (
        "The plan found could not be made exact; it was searched again without it.",
        "Nothing: the certificate shows what holds.",
    ),
    "certificate-fails": (
        "The rounded plan breaks a rule by more than rounding allows: {rules}.",
        "Look at the certificate; numbers of very different size are the usual cause.",
    ),
    "time-limit": (
        "The time limit of {seconds} s ended the search; the plan is the best found so far, and at most {gap} from the best possible.",
        "Raise /solver/time_limit_s, or accept a gap with /solver/mip_gap.",
    ),
    "time-limit-no-plan": (
        "The time limit of {seconds} s ended the search before a plan was found.",
        "Raise /solver/time_limit_s.",
    ),
    "solver-failed": ("The solver gave up: {reason}.", "Look for numbers of very different size; try another unit."),
}
