"""English texts. A finding has a message (what disagrees) and a cure (what to do)."""

from __future__ import annotations

_FINDINGS: dict[str, tuple[str, str]] = {
    # reading
    "cannot-read": ("The file {file} cannot be read: {reason}.", "Check the path and the permissions."),
    "file-too-large": (
        "The file has {size} bytes; at most {limit} are read.",
        "Split the scenario, or leave out what it does not need.",
    ),
    "format-not-read": ("Files ending in {suffix} are not read.", "Save the scenario as JSON or YAML."),
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
        "A scenario is an object with keys; this is a {found}.",
        'Start with {{"fund": …, "candidates": […], "objective": …}}.',
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
        "The process that worked on it died, {attempts} times.",
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
        "The list has fewer than {least} entries.",
        "Add an entry, or leave the key out where no restriction is meant.",
    ),
    "text-empty": ("The text is empty.", "Write at least {least} character."),
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
    "bad-year": ("{found} is not a year.", "Write four digits, as in 2027."),
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
    "unknown-attribute": (
        'No candidate has the attribute "{id}".',
        "Name one of: {known}; or give it to the candidates.",
    ),
    "unknown-source": ('There is no source "{id}".', "List it under /sources, or remove it here."),
    "unknown-country": ('No candidate stands in "{id}".', "Name one of: {known}."),
    # not honoured yet
    "not-honoured": (
        '"{key}" is part of the format, but this version does not act on it yet, and will not ignore it.',
        'Remove "{key}" to have the scenario solved without it.',
    ),
    "instrument-not-honoured": (
        'The instrument "{instrument}" is part of the format, but this version does not act on it yet.',
        "Remove the tier, or model it as another instrument.",
    ),
    "kind-not-honoured": (
        'Rules of the kind "{kind}" are part of the format, but this version does not act on them yet.',
        "Remove the rule.",
    ),
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
    "probability-beside-table": (
        "The table says how the candidate fails; its failure_probability would be ignored.",
        "Remove it.",
    ),
    "levels-disagree": (
        "These tiers have one seniority and form one level, but not the same limits, or hurdles on some of them only: {tiers}.",
        "Give them the same limits and each its hurdle, or different seniorities.",
    ),
    "unknown-level": ("There is no level {level}.", "Name one of the seniorities: {known}; with pari passu, none."),
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
        "The phase starts in {start} at the latest, which is not {years} years after {earlier}, which starts in "
        "{earlier_start} at the earliest: the two are never funded together.",
        "Let it start later, let {earlier} start earlier, or lower after_years.",
    ),
    "free-private": (
        "The pledge is unlimited and no least public share is asked: the candidate needs no public money at all.",
        "Give the pledge a limit, or set least_public_share to the funding gap.",
    ),
    "concentration-too-tight": (
        "One candidate may take a share of {share}, and the tier may pay {candidates}: together less than the whole.",
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
    "score-for-ranking": (
        "The score is for strategies that rank; this answer follows the objective.",
        "Nothing, or put the scored attributes into the objective.",
    ),
    "weight-without-sum": (
        "A weight changes nothing where terms are taken one after the other.",
        'Remove it, or use "mode": "weighted".',
    ),
    "named-twice-in-order": ("A tier stands twice in the order; the first place counts.", "Name each tier once."),
    # plans
    "plan-not-an-object": (
        'A plan is an object with "money"; this is a {found}.',
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
    # studies
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
    "unbounded-objective": (
        "The objective can grow without limit.",
        "Give an unlimited tier, pledge or attribute a limit.",
    ),
    "tie-break-unfinished": (
        "Several plans are equally good; the search for the one the tie-break prefers was stopped early.",
        "Nothing: the plan is optimal. Another version may name another equally good plan.",
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

_REASONS: dict[str, str] = {
    "funded": "Funded in full: it belongs to the best plan.",
    "funded-locked": "Funded because it was locked in beforehand.",
    "funded-committed": "Funded because money was already committed to it.",
    "funded-in-part": "Funded in part ({fraction} of its first phase): no plan found with more of it is better.",
    "funded-some-phases": "Funded in full up to phase {last}: no plan found with more of it is better.",
    "locked-out": "Not funded: it was locked out beforehand.",
    "below-floor": "Not funded: its {attribute} of {value} is below the floor of {floor} ({rule}).",
    "not-eligible": "Not funded: no tier may pay it, and its own pledge of {pledge} EUR million does not cover its cost of {cost}.",
    "unfinanceable": "Not funded: pledge, sizes, tickets and shares allow {most} EUR million at most, and it costs {cost}.",
    "rival-funded": "Not funded: it excludes {rivals}, which is funded ({rule}).",
    "needs-other": "Not funded: it needs {needs}, which is not funded ({rule}).",
    "no-place-left": "Not funded: all {places} places of {rule} are taken.",
    "no-money-left": "Not funded: it needs {needed} EUR million from tiers that have {left} left ({tiers}).",
    "limit-reached": "Not funded: with it {rule} would be exceeded.",
    "adds-nothing": "Not funded: it adds nothing to the objective.",
    "outranked": "Not funded: no plan found that funds it is better than the one chosen.",
    "not-in-plan": "Not funded in this plan.",
    "in-plan": "Funded in this plan.",
}

_SERVICE: dict[str, tuple[str, str]] = {
    "time-limit-capped": (
        "The time limit of {asked} s is more than this service gives; the search had {given} s.",
        "Lower /solver/time_limit_s, or solve the file on the command line.",
    ),
    "threads-fixed": (
        "The service solves with a fixed number of threads: {given}, not {asked}.",
        "Remove /solver/threads, or solve the file on the command line.",
    ),
    "request-not-an-object": (
        "This request is an object with keys; this is a {found}.",
        "Write an object with {known}.",
    ),
    "unknown-key-of-request": (
        'The key "{key}" is not part of this request.',
        "The request is an object with {known}; remove the key.",
    ),
}
"""Findings that only the service gives: message and cure."""

_PROBLEMS: dict[str, tuple[str, str, str]] = {
    "bad-query": (
        "Bad query",
        "The address has a query this service does not know: {keys}.",
        "The only query key is lang, once.",
    ),
    "unknown-language": (
        "Unknown language",
        'There are no texts in the language "{lang}".',
        "Ask for one of: {known}.",
    ),
    "not-found": ("Not found", "There is nothing at this address.", "See /openapi.json for the addresses there are."),
    "unknown-scenario": ("Unknown scenario", 'The library has no scenario "{id}".', "Ask for one of: {known}."),
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
        "Solve the file on the command line, or split it.",
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
        "All workers are busy and {waiting} requests are waiting already.",
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

_LABELS: dict[str, str] = {
    "F1": "sources equal uses",
    "F2": "the consortium's pledge and least share",
    "F3": "least public share",
    "B1": "size of the tier",
    "B2": "ceilings by year",
    "S1": "the tier's share of cost",
    "S2": "public share of cost",
    "S3": "matching",
    "S4": "tickets",
    "S5": "concentration",
    "S6": "eligibility",
    "S7": "award limits",
    "Y1": "whole sites, least fraction",
    "Q1": "phases in order",
    "N1": "number of sites",
    "G1": "money to a group",
    "A1": "total or average of an attribute",
    "A2": "floor on an attribute",
    "L1": "sites that exclude each other",
    "L2": "sites that need others",
    "L3": "locks and committed money",
    "T1": "start years",
    "O1": "order of tiers",
    "E1": "floor on a stage of the objective",
    "W1": "how the pool's losses are counted",
    "R1": "hurdle of the level",
    "R2": "limit on the average loss",
    "R3": "limit on the average of the worst losses",
    "objective": "the objective",
}

_CLI: dict[str, str] = {
    "batch.title": "Batch",
    "batch.succeeded": "All {total} scenarios have a result.",
    "batch.partially_failed": "{succeeded} of {total} scenarios have a result; {failed} have none.",
    "batch.failed": "None of the {total} scenarios has a result.",
    "batch.interrupted": "Stopped: {succeeded} of {total} scenarios have a result, {failed} failed, "
    "{unfinished} are left.",
    "batch.way.optimal": "optimal",
    "batch.way.infeasible": "no plan obeys all rules",
    "batch.way.time_limit": "stopped at the time limit",
    "batch.way.unbounded": "without bound",
    "batch.way.error": "the solver failed",
    "batch.way.failed": "no result",
    "batch.way.unfinished": "not begun or not finished",
    "batch.column.scenarios": "scenarios",
    "batch.column.scenario": "scenario",
    "batch.column.reason": "why there is no result",
    "batch.failures": "Without a result",
    "batch.more-failed": "… and {count} more; summary.csv has all.",
    "batch.took": "{new} solved, {skipped} known before, in {seconds} s ({rate} a second).",
    "batch.rate": "{rate} a second",
    "batch.resume": "Run the same command again to go on from here.",
    "batch.damaged": "{count} kept results were damaged and are solved again.",
    "usage.batch-empty": "there is no scenario here",
    # outcome
    "outcome.optimal": "The best plan, and proven: no other plan does better.",
    "outcome.within-gap": "As good as asked for: at most {gap} from the best possible.",
    "outcome.time_limit": "The time limit ended the search. This is the best plan found, at most {gap} from the best possible.",
    "outcome.time_limit-unknown": "The time limit ended the search. This is the best plan found; its distance from the best "
    "possible is not known.",
    "outcome.no-plan": "The time limit ended the search before a plan was found.",
    "outcome.infeasible": "No plan keeps every rule: together they ask for more than there is, or they contradict each other.",
    "outcome.unbounded": "There is no best plan: the objective can grow without limit.",
    "outcome.error": "The solver gave no answer that can be trusted.",
    "outcome.holds": "The plan is allowed: it keeps every rule.",
    "outcome.breaks": "The plan is not allowed: it breaks {count} of the rules.",
    "outcome.another.exists": "Other plans are just as good; fixed rules for ties chose this one.",
    "outcome.another.none": "No other plan is as good.",
    "outcome.another.unknown": "Whether another plan is as good is not known.",
    # headline
    "headline.sites": "Sites funded",
    "headline.of": "{count} of {all}",
    "headline.public_money": "Public money",
    "headline.private_money": "Private money",
    "headline.total_cost": "Public and private together",
    "headline.multiplier": "Multiplier",
    "headline.multiplier-unit": "total per euro of public money",
    "headline.million": "EUR million",
    "headline.maximised": "maximised",
    "headline.minimised": "minimised",
    "headline.weighted": "Objective",
    "headline.weighted-unit": "weighted sum of the above",
    "headline.bound": "Best possible",
    "headline.gap": "at most; {gap} away",
    "term.attribute": "{attribute}",
    "term.discounted_attribute": "{attribute}, discounted",
    "term.private_money": "Private money",
    "term.public_money": "Public money",
    "term.expected_return": "Expected return",
    "term.least_served": "Least served",
    "term.expected_loss": "Average loss",
    "term.cvar": "Average of the worst losses",
    "term.of-tier": "{term} of {tier}",
    # titles
    "title.funded": "Funded (EUR million)",
    "title.nobody": "Nothing is funded.",
    "title.not-funded": "Not funded, and why",
    "title.years": "Money by tier and year (EUR million)",
    "title.countries": "Money by country (EUR million)",
    "title.losses": "Losses (EUR million)",
    "title.returns": "Expected return a year, after losses",
    "title.levels": "Who loses first (EUR million)",
    "title.limits": "Limits on losses",
    "title.stresses": "Stress tests: the plan held fixed, the world changed (EUR million)",
    "title.stressed-tiers": "Average loss by tier under each stress (EUR million)",
    "title.stressed-rules": "Rules the plan no longer keeps under a stress",
    "title.aid": "Grant equivalents of public money (EUR million)",
    "title.unspent": "What stays unspent (EUR million)",
    "title.all-spent": "Every tier is spent in full.",
    "title.binding": "What binds, and what one more is worth",
    "title.nothing-binds": "No rule stands at its bound.",
    "title.certificate": "Certificate",
    "title.findings": "Findings",
    "title.scenarios": "Scenarios carried with this program",
    # columns
    "column.site": "Site",
    "column.country": "Country",
    "column.share": "Share",
    "column.phases": "Phases",
    "column.starts": "Starts",
    "column.total": "Total",
    "column.own": "consortium",
    "column.paid-by": "Paid by",
    "column.why": "Why",
    "column.amount": "Amount",
    "as-above": "as above",
    "column.tier": "Tier",
    "column.sites": "Sites",
    "column.public": "Public",
    "column.private": "Private",
    "column.exposed": "Exposed",
    "column.mean-loss": "Average loss",
    "column.chance": "Chance of a loss",
    "column.worst-5": "Worst 5 %",
    "column.worst-1": "Worst 1 %",
    "column.return": "Return",
    "column.hurdle": "Hurdle",
    "column.level": "Level",
    "column.tiers": "Tiers",
    "column.loses-from": "loses from",
    "column.loses-to": "to",
    "column.limits": "Limits on its losses",
    "column.case": "Case",
    "column.chance-of": "Chance {tiers} loses",
    "column.refused": "Not paid",
    "column.breaks": "What breaks",
    "column.share-of-cost": "Share of cost",
    "column.left": "Left",
    "column.kept-by": "What keeps it so",
    "column.rule": "Rule",
    "column.bound": "Bound",
    "column.worth": "Worth",
    "column.per": "per further",
    "column.broken-by": "Broken by",
    "column.allowed": "Allowed",
    "column.unit": "Unit",
    "column.id": "Id",
    "column.name": "Name",
    # sentences of the tables
    "phases.of": "{count} of {all}",
    "unspent.proven": "no plan can spend more unless another tier spends less: {rules}",
    "unspent.given-sites": "with these sites: {rules}; another plan could spend more, and would be worth less",
    "unspent.worth-less": "another plan could spend more, and would be worth less",
    "unspent.unlimited": "unlimited",
    "unspent.paid-in-full": "the sites are paid in full",
    "losses.none": "No money of this plan is exposed to losses.",
    "losses.pool": "all together",
    "losses.note": "Worst 5 %, 1 %: the average loss in the worst 5 % (1 %) of cases.",
    "losses.counted": "Counted draw by draw, over {draws} draws (seed {seed}); {sharing}.",
    "losses.counted-table": "Counted draw by draw, over the {draws} draws of the table; {sharing}.",
    "losses.waterfall": "junior levels lose first",
    "losses.pari_passu": "each tier loses its own money",
    "levels.note": "A level loses what the pool loses between the two amounts.",
    "limit.expected_loss": "average loss",
    "limit.cvar": "average loss in the worst {worst}",
    "limit.reached": "{what} at most {asked}, reached {reached}",
    "limit.own": "{what} at most {asked}, reached {reached} as the limit counts, {own} of its own money",
    "limit.empty": "{what} at most {asked}, no money in it",
    "limit.none": "none",
    "flip.one": "It takes one failure until the most senior level ({tiers}) loses its first euro: more than {loss} of "
    "{pool} must be lost, a chance of {chance}.",
    "flip.many": "It takes {failures} failures until the most senior level ({tiers}) loses its first euro: more than "
    "{loss} of {pool} must be lost, a chance of {chance}.",
    "flip.never": "The most senior level ({tiers}) loses nothing even where every site fails.",
    "stress.none": "as planned",
    "stress.holds": "The plan keeps every rule in each of these cases.",
    "stress.broken": "{what}, by {by} {unit}",
    "stress.more": "{count} more in the full result",
    "stress.refused": "{name}: public money that would not be paid, by year: {years} (sites: {sites}).",
    "stress.none-refused": "{name}: no public money of this plan waits on that budget.",
    "stress.term": "{name}: {term} {value} instead of {before}.",
    "aid.note": "What the sites are given: grants and purchases whole; money that is to come back less what it is expected "
    "to bring back, discounted at {rate} a year. From the year it is paid; not discounted to a common year.",
    "aid.not-counted": "Not counted: {tiers}.",
    "bound.at_least": "at least",
    "bound.at_most": "at most",
    "bound.equal": "equal",
    "per.million": "EUR million",
    "per.site": "site",
    "per.unit": "unit",
    "binding.note": "Worth: what the objective gains by one more euro (in millions), site or unit allowed by the rule.",
    "binding.whole": "It holds with the chosen sites fixed.",
    "binding.no-prices": "This solver gives no prices: only what stands at its bound is listed.",
    "binding.free": "At their bound without being worth anything more: {rules}.",
    "binding.more": "{count} more are in the full result (--json, --out) or shown with --verbose.",
    "certificate.exact": "All rules hold exactly: {rules} rules, recomputed on the plan in whole euros at {checked} places.",
    "certificate.holds": "All rules hold: {rules} rules, recomputed on the plan in whole euros at {checked} places. "
    "The largest deviation is {largest}, no more than rounding explains.",
    "certificate.fails": "Certificate: these rules are broken by more than rounding explains",
    "findings.counts": "Errors: {errors}, warnings: {warnings}, notes: {notes}.",
    "findings.notes-hidden": "Notes are shown with --verbose.",
    "findings.severity.error": "error",
    "findings.severity.warning": "warning",
    "findings.severity.note": "note",
    "took": "Solved in {seconds} s with {solver}.",
    "took-study": "Took {seconds} s.",
    "progress.of": "{done} of {all}",
    "progress.found": "{done} found so far",
    "more-rows": "{count} more are in the full answer (--json, --out) or shown with --verbose.",
    "yes": "yes",
    "no": "no",
    "title.frontier": "Frontier",
    "title.open": "Left open",
    "column.given-up": "Given up per unit",
    "column.proven": "Proven",
    "column.against-above": "Against the line above",
    "frontier.in": "in: {names}",
    "frontier.out": "out: {names}",
    "frontier.proven": "Plans on the frontier: {count}, proven: {proven}.",
    "frontier.one": "One plan is best in both terms: there is nothing to trade.",
    "frontier.complete.steps": "These are all: every other plan is beaten by one of them, or is as good.",
    "frontier.complete.breakpoints": "These are all corners: between neighbours the frontier is a straight line.",
    "frontier.note": "Given up: of {first}, for each further unit of {second} (fewer where it is minimised), against the line above.",
    "frontier.open": "Between these values of {term} the time limit left open whether there are further plans:",
    "frontier.interval": "{low} to {high}",
    "took-evaluate": "Checked in {seconds} s.",
    # the command
    "valid": "The scenario is valid.",
    "invalid": "The scenario cannot be used.",
    "invalid-question": "The question does not fit the scenario.",
    "invalid-plan": "The plan does not fit the scenario.",
    "saved": "Saved: {file}",
    "cannot-save": "{file} cannot be saved: {reason}.",
    "exported": "{file}: {columns} columns ({integers} whole), {rows} rows.",
    "exported-stages": "The file holds the first of {stages} stages: {stage}.",
    "no-such-file": "There is no file {file}, and no carried scenario of that name; there are: {known}.",
    "interrupted": "Interrupted.",
    "unexpected": "Something went wrong inside the program: {reason}. Run it again with --debug and report what it shows.",
    "problem": "Error: {reason}",
    "missing-part": "This needs a part that is not installed: {part}.",
    "usage.language": "there is no language {language}; there are: {known}.",
    "usage.setting": "{setting} is not POINTER=VALUE, as in /fund/tiers/union/size=5000.",
    "usage.csv-format": "there is no CSV format {format}; there are: en, fr.",
    "usage.out": "{file} must end in .json or .csv, or in / for a folder.",
    "usage.export": "say where to write: --lp PATH, --mps PATH or both.",
    "usage.one-stdin": "only one of the two can come from standard input.",
    "usage.solver": "there is no solver {solver} on this machine; there are: {known}.",
    "use-scenario": "Use one by its id: investai allocate {id}",
}

TEXTS: dict[str, str] = (
    {f"finding.{code}": message for code, (message, _) in _FINDINGS.items()}
    | {f"cure.{code}": cure for code, (_, cure) in _FINDINGS.items()}
    | {f"reason.{code}": reason for code, reason in _REASONS.items()}
    | {"reason-starts": "Decided start: {starts}."}
    | {f"label.{label}": words for label, words in _LABELS.items()}
    | {f"cli.{code}": words for code, words in _CLI.items()}
    | {f"finding.{code}": message for code, (message, _) in _SERVICE.items()}
    | {f"cure.{code}": cure for code, (_, cure) in _SERVICE.items()}
    | {f"problem.{code}": title for code, (title, _, _) in _PROBLEMS.items()}
    | {f"problem.{code}.detail": detail for code, (_, detail, _) in _PROBLEMS.items()}
    | {f"problem.{code}.cure": cure for code, (_, _, cure) in _PROBLEMS.items()}
)
